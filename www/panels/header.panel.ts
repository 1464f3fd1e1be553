/** The machine that everything is measured on, and the theme. */
import { duration, plural } from '../words/format.ts';
import { keepText, recallText } from '../app/storage.ts';
import { byId, setText } from './dom.ts';
import type { Page } from './page.ts';

const KEY = 'safepoint-lab.theme';

export function panel({ store, browser }: Page) {
  const machine = byId('machine');
  store.watch(({ step, cores }) =>
    setText(machine, `${plural(cores, 'core')} · clock step ${duration(step, step)}`),
  );
  const update = byId('update');
  byId('reload').addEventListener('click', () => location.reload());
  store.watch(({ updated }) => {
    update.hidden = !updated;
  });
  const select = byId<HTMLSelectElement>('theme');
  const apply = (theme: string) => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  };
  const kept = recallText(browser, KEY);
  select.value = kept === 'light' || kept === 'dark' ? kept : '';
  apply(select.value);
  select.addEventListener('change', () => {
    apply(select.value);
    keepText(browser, KEY, select.value);
  });
}
