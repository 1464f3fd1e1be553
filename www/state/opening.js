/** What the page opens with: a link's program, the last session, or the first example that does not end. */
import { readLink } from './link.js';

/** @typedef {import('./page-state.js').PageState} PageState */
/** @typedef {import('./page-state.js').Kept} Kept */
/** @typedef {import('./session.js').Saved} Saved */

/**
 * @param {import('../engine/types.js').Example[]} examples
 * @param {Saved | null} saved
 * @returns {Kept} what the page shows unless a link says otherwise
 */
export function beginning(examples, saved) {
  const first = examples.find(({ endless }) => endless) ?? examples[0];
  const chosen = saved?.example ? examples.find(({ name }) => name === saved.example) : undefined;
  if (saved && saved.example === null && saved.source.trim() !== '') return saved;
  const { name, source } = chosen ?? first ?? { name: '', source: '' };
  return { title: name, source };
}

/**
 * Takes over the program and the settings of the address, and takes them out of it: a reload is then about what
 * has become of them.
 *
 * @param {import('./store.js').Store<PageState>} store
 * @param {import('./commands.js').Commands} commands
 * @returns {Promise<Kept | null>} null when the address is not about a program
 * @throws {import('./link.js').LinkError} when it is, wrongly
 */
export async function takeLink(store, commands) {
  const shared = await readLink(location.hash);
  if (!shared) return null;
  history.replaceState(null, '', location.pathname + location.search);
  await commands.applySettings(shared.settings);
  return shared;
}
