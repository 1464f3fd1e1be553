/** The job of comparing: policies by turns, runs that were kept, two stops beside each other. */
import { keptRuns, partOf } from '../app/kept-runs.ts';
import { compareView } from './compare.ts';
import { turnsView } from './turns.ts';
import { twoStopsView } from './two-stops.ts';
import type { RunSummary } from '../run/run-summary.ts';
import type { Page } from './page.ts';

/** @param final summary of a run that has just ended */
export function comparison(page: Page, final: () => RunSummary | null) {
  const { store, browser, program, shown } = page;
  turnsView({ ...page, summary: final, source: () => program.editor.text });
  compareView({ ...page, kept: keptRuns(store, browser), part: () => partOf(store.state, shown) });
  twoStopsView(page);
}
