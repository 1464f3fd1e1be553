/** The job of comparing: policies by turns, runs that were kept, two stops beside each other. */
import { keptRuns, partOf } from '../app/kept-runs.ts';
import { byId, set } from './dom.ts';
import { tabs } from './tabs.ts';
import { compareView } from './compare.ts';
import { turnsView } from './turns.ts';
import { twoStopsView } from './two-stops.ts';
import type { Tab } from './tabs.ts';
import type { PageState } from '../app/page-state.ts';
import type { RunSummary } from '../run/run-summary.ts';
import type { Page } from './page.ts';

const TABS: Tab<PageState['compared']>[] = [
  { name: 'turns', label: 'Policies by turns', pane: 'compare-turns' },
  { name: 'kept', label: 'Kept runs', pane: 'compare-kept' },
  { name: 'stops', label: 'Two stops', pane: 'stops' },
];

/** @param final summary of a run that has just ended */
export function comparison(page: Page, final: () => RunSummary | null) {
  const { store, browser, program, shown } = page;
  const part = () => partOf(store.state, shown);
  const show = tabs(byId('compare-tabs'), TABS, (compared) => store.set({ compared }));
  store.watch(({ compared }) => {
    show(compared);
    set(byId('turns'), { hidden: compared !== 'turns' });
  });
  // Of a turn the longest stop is kept, whatever is looked at.
  const longest = () => partOf({ ...store.state, view: 'live' }, shown);
  turnsView({ ...page, summary: final, part: longest, source: () => program.editor.text });
  compareView({ ...page, kept: keptRuns(store, browser), part });
  twoStopsView(page);
}
