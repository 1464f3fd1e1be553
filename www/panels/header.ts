/** The machine that everything is measured on, and the theme. */
import { duration, plural } from '../words/format.ts';
import { byId, setText } from './dom.ts';
import type { Store } from '../app/store.ts';
import type { PageState } from '../app/page-state.ts';

const KEY = 'safepoint-lab.theme';

export function headerView(store: Store<PageState>) {
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
  select.value = remembered();
  apply(select.value);
  select.addEventListener('change', () => {
    apply(select.value);
    try {
      localStorage.setItem(KEY, select.value);
    } catch {
      // Storage may be switched off; the choice then lasts until the page is left.
    }
  });
}

function remembered() {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : '';
  } catch {
    return '';
  }
}
