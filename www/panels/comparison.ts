/** The job of comparing: policies by turns, runs that were kept, two stops beside each other. */
import { partOf } from '../app/kept-runs.ts';
import { compareView } from './compare.ts';
import { turnsView } from './turns.ts';
import { twoStopsView } from './two-stops.ts';
import type { Commands } from '../app/commands.ts';
import type { KeptRuns } from '../app/kept-runs.ts';
import type { PageState } from '../app/page-state.ts';
import type { ShownRun } from '../app/shown-run.ts';
import type { Store } from '../app/store.ts';
import type { Frames } from '../draw/frame.ts';
import type { Theme } from '../draw/theme.ts';
import type { RunSummary } from '../run/run-summary.ts';

export function comparison({
  store,
  commands,
  frames,
  theme,
  summary,
  final,
  kept,
  shown,
  editor,
}: {
  store: Store<PageState>;
  commands: Commands;
  frames: Frames;
  theme: { value: Theme };
  /** of the run in progress, or the last one */
  summary: () => RunSummary | null;
  /** of one that has just ended */
  final: () => RunSummary | null;
  kept: KeptRuns;
  shown: ShownRun;
  editor: { text: string };
}) {
  turnsView({ store, commands, summary: final, source: () => editor.text });
  const part = () => partOf(store.state, shown);
  compareView({ store, frames, theme, commands, summary, kept, part });
  twoStopsView({ store, commands, frames, theme });
}
