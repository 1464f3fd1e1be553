/** Runs that were kept to be compared: in this visit and in the next, whichever tab keeps them. */
import { readSummary } from '../data/run-summary.js';
import { Shelf } from './shelf.js';

/** @typedef {import('../data/run-summary.js').RunSummary} RunSummary */

export const MOST = 8;

/**
 * @param {import('./store.js').Store<import('./page-state.js').PageState>} store
 * @param {Storage | null} browser
 */
export function keptRuns(store, browser) {
  const shelf = new Shelf(browser, 'run', readSummary, MOST);
  const show = () => store.set({ runs: shelf.all });
  shelf.watch(show);
  show();
  return {
    /** @param {RunSummary} run */
    add(run) {
      shelf.add(run);
      show();
    },
    /** @param {number} index of the shown ones */
    remove(index) {
      const gone = JSON.stringify(store.state.runs[index]);
      shelf.remove((run) => JSON.stringify(run) === gone);
      show();
    },
  };
}

/** @typedef {ReturnType<typeof keptRuns>} KeptRuns */
