/** Runs that were kept to be compared: in this visit and in the next, whichever tab keeps them. */
import { readSummary } from '../run/run-summary.ts';
import { readBeside } from './beside.ts';
import { shareLink } from './share-link.ts';
import { Shelf } from './shelf.ts';
import type { RunSummary } from '../run/run-summary.ts';
import type { Store } from './store.ts';
import type { PageState } from './page-state.ts';
import type { ShownRun } from './shown-run.ts';

export const MOST = 12;

export function keptRuns(store: Store<PageState>, browser: Storage | null) {
  const shelf = new Shelf(browser, 'run', readSummary, MOST);
  const show = () => store.set({ runs: shelf.all });
  shelf.watch(show);
  show();
  return {
    add(run: RunSummary) {
      shelf.add(run);
      show();
    },
    /** @param index of the shown ones */
    remove(index: number) {
      const gone = JSON.stringify(store.state.runs[index]);
      shelf.remove((run) => JSON.stringify(run) === gone);
      show();
    },
  };
}

/**
 * What happened around one pause of the run that is shown: the one that is looked at, or the longest.
 *
 * @returns the fragment of a link; null where there is none, or where it is too long to be kept
 */
export async function partOf(state: PageState, run: ShownRun): Promise<string | null> {
  const pause = pauseToKeep(state);
  const program = state.run?.program;
  if (pause === null || !program) return null;
  const source = program.source;
  const named = { ...state, title: program.name || state.title };
  const link = await shareLink({ page: location.href, state: named, source, run, pause });
  return link.pause === null ? null : new URL(link.address).hash;
}

/** @param part as `partOf` made it */
export async function recordedPart(part: string) {
  return (await readBeside({ hash: part })).recorded;
}

function pauseToKeep({ view, selected, recording: { pauses } }: PageState) {
  const over = pauses.filter(({ total }) => total !== null);
  if (view === 'pause' && over.some(({ id }) => id === selected)) return selected;
  const [first, ...others] = over;
  return first ? others.reduce((most, pause) => (pause.ttsp > most.ttsp ? pause : most), first).id : null;
}

export type KeptRuns = ReturnType<typeof keptRuns>;
