/** The page in a frame: less of it, and a way into a tab of its own. */
import { SETTINGS } from '../state/settings.js';
import { byId } from './dom.js';

/** How long nothing changes before the link is made anew, milliseconds. */
const QUIET = 200;

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
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let soon;
  const keys = /** @type {const} */ ([
    ...SETTINGS,
    ...['title', 'program', 'errors'],
    // A pause that is looked at goes along, once it is over with all that came of it.
    ...['selected', 'view', 'status', 'replay'],
  ]);
  const make = async () => {
    const number = ++asked;
    // Without a link to what is shown, it leads to the lab, not to what was shown before.
    const address = await link().catch(() => './');
    if (number === asked) own.href = address;
  };
  store.watch([...keys], () => {
    clearTimeout(soon);
    soon = setTimeout(() => void make(), QUIET);
  });
}
