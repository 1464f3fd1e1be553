/** The page in a frame: less of it, and a way into a tab of its own. */
import { SETTINGS } from '../app/settings.ts';
import { byId } from './dom.ts';
import type { Store } from '../app/store.ts';
import type { PageState } from '../app/page-state.ts';

/** How long nothing changes before the link is made anew, milliseconds. */
const QUIET = 200;

/** @param link of the whole page, with this program and these settings */
export function embeddedView(store: Store<PageState>, link: () => Promise<string>) {
  document.documentElement.dataset.embedded = '';
  const own = byId<HTMLAnchorElement>('own-tab');
  own.hidden = false;
  own.href = './';
  let asked = 0;
  let soon: ReturnType<typeof setTimeout> | undefined;
  const keys = [
    ...SETTINGS,
    ...['title', 'program', 'errors'],
    // A pause that is looked at goes along, once it is over with all that came of it.
    ...['selected', 'view', 'status', 'replay'],
  ] as const;
  const make = async () => {
    const number = ++asked;
    // Without a link to what is shown, it leads to the lab, not to what was shown before.
    const address = await link().catch(() => './');
    if (number === asked) own.href = address;
  };
  store.on([...keys], () => {
    clearTimeout(soon);
    soon = setTimeout(() => void make(), QUIET);
  });
}
