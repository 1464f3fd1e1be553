/** Runs that were kept to be compared: in this visit and in the next, whichever tab keeps them. */
import { readSummary } from '../run/run-summary.ts';
import { Shelf } from './shelf.ts';
import type { RunSummary } from '../run/run-summary.ts';
import type { Store } from './store.ts';
import type { PageState } from './page-state.ts';

export const MOST = 8;

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

export type KeptRuns = ReturnType<typeof keptRuns>;
