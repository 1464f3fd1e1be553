/** The page in a frame: less of it, and a way into a tab of its own. */
import { byId } from './dom.js';

/**
 * @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} store
 * @param {() => Promise<string>} link of the whole page, with this program and these settings
 */
export function embeddedView(store, link) {
  document.documentElement.dataset.embedded = '';
  const own = /** @type {HTMLAnchorElement} */ (byId('own-tab'));
  own.hidden = false;
  own.href = './';
  let asked = 0;
  const keys = /** @type {const} */ ([
    ...['title', 'program', 'errors', 'workers', 'policy', 'timeouts', 'automatic'],
    // A pause that is looked at goes along, once it is over with all that came of it.
    ...['selected', 'view', 'status', 'replay'],
  ]);
  store.watch([...keys], async () => {
    const number = ++asked;
    const address = await link();
    if (number === asked) own.href = address;
  });
}
