/** What stands beside the program: one of several views of the run, by tabs. */
import { byId } from './dom.ts';
import { tabs } from './tabs.ts';
import type { Page } from './page.ts';

export function panel({ store }: Page) {
  const sections = [...document.querySelectorAll<HTMLElement>('#details [data-tab]')];
  const all = sections.map(({ id, dataset }) => ({ name: id, label: dataset.tab ?? id, pane: id }));
  const list = byId('detail-tabs');
  const show = tabs(list, all, (detail) => store.set({ detail }));
  store.watch(({ detail }) => show(detail));
  // Where each task stands is what a stop for the debugger is for.
  let shownFor: number | null = null;
  store.on(['status', 'recording'], ({ status, job, recording, detail }) => {
    const pause = status === 'stopped' ? recording.held : null;
    const held = pause?.reason === 'debug' && pause.by !== 'timer' ? pause.id : null;
    if (held === shownFor) return;
    shownFor = held;
    // A famous pause speaks of the pause itself.
    if (held !== null && detail === 'pause' && job !== 'famous') store.set({ detail: 'tasks' });
    else if (held === null && detail === 'tasks' && job !== 'debug') store.set({ detail: 'pause' });
  });
}
