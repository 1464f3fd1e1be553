/** The machine that everything is measured on, and the theme. */
import { duration, plural } from '../data/format.js';
import { byId, setText } from './dom.js';

const KEY = 'safepoint-lab.theme';

/** @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} store */
export function headerView(store) {
  const machine = byId('machine');
  store.watch(['step', 'cores'], ({ step, cores }) =>
    setText(machine, `${plural(cores, 'core')} · clock step ${duration(step, step)}`),
  );
  const update = byId('update');
  byId('reload').addEventListener('click', () => location.reload());
  store.watch(['updated'], ({ updated }) => {
    update.hidden = !updated;
  });
  const select = /** @type {HTMLSelectElement} */ (byId('theme'));
  const apply = (/** @type {string} */ theme) => {
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
