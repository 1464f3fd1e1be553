/** What every panel is given, and how it registers. */
import type { Signal } from '@preact/signals-core';
import type { Commands } from '../app/commands.ts';
import type { Log } from '../app/log.ts';
import type { Output } from '../app/output.ts';
import type { PageLab } from '../app/page-lab.ts';
import type { PageState } from '../app/page-state.ts';
import type { recordedRuns } from '../app/recorded-runs.ts';
import type { shareLink } from '../app/share-link.ts';
import type { ShownRun } from '../app/shown-run.ts';
import type { Store } from '../app/store.ts';
import type { Frames } from '../draw/frame.ts';
import type { Theme } from '../draw/theme.ts';
import type { RunSummary } from '../run/run-summary.ts';
import type { programView } from './program.ts';

export interface Page {
  lab: PageLab;
  store: Store<PageState>;
  commands: Commands;
  frames: Frames;
  theme: Signal<Theme>;
  log: Log;
  output: Output;
  /** keeps what outlasts the page; null where nothing is kept */
  browser: Storage | null;
  program: ReturnType<typeof programView>;
  recorded: ReturnType<typeof recordedRuns>;
  /** the run that is shown, live or recorded */
  shown: ShownRun;
  summary: () => RunSummary | null;
  /** microseconds of the engine's clock */
  now: () => number;
  /** shows a line of the program that ran */
  showRan: (line: number) => void;
  /** to the page with this program, these settings, and the pause that is looked at */
  link: () => ReturnType<typeof shareLink>;
}

/**
 * A part of the page. A file `NAME.panel.ts` that exports one as `panel` is a part: nothing else has to name it. Its
 * elements stand in `index.html`, where a detail's tab is `data-tab` and a chart that can be saved `data-chart`.
 */
export type Panel = (page: Page) => void;
