/** What the page opens with: a link's program, the last session, or the first example that does not end. */
import { readBeside } from './beside.js';
import { LinkError, isLink } from './link.js';

/** @typedef {import('./page-state.js').PageState} PageState */
/** @typedef {import('./page-state.js').Kept} Kept */
/** @typedef {import('./session.js').Saved} Saved */
/** @typedef {import('./embedding.js').Embedding} Embedding */
/** @typedef {import('../engine/types.js').Example} Example */

/**
 * @param {Example[]} examples
 * @param {Saved | null} saved
 * @param {Embedding | null} embedding
 * @returns {Kept} what the page shows unless a link says otherwise
 */
export function beginning(examples, saved, embedding) {
  if (embedding?.text) return { title: 'Program', source: embedding.text };
  if (saved && saved.example === null && saved.source.trim() !== '') return saved;
  const wanted = embedding?.program || saved?.example || '';
  const chosen = called(examples, wanted) ?? examples.find(({ endless }) => endless) ?? examples[0];
  return { title: chosen?.name ?? '', source: chosen?.source ?? '' };
}

/**
 * @param {PageState} state
 * @param {Embedding | null} embedding
 * @returns {LinkError | null} what to say when the page around wants an example that there is not
 */
export function unknownExample({ examples }, embedding) {
  if (!embedding?.program || called(examples, embedding.program)) return null;
  return new LinkError(
    `There is no example called "${embedding.program}".`,
    'Another one is shown; the list of programs has all there are.',
  );
}

/** @param {Example[]} examples @param {string} wanted */
function called(examples, wanted) {
  const is = (/** @type {string | null} */ name) => name?.toLowerCase() === wanted.toLowerCase();
  return examples.find(({ name }) => is(name)) ?? examples.find(({ formerly }) => is(formerly));
}

/** What is said of a program that came with a link. */
export const UNSEEN = {
  message: 'This program came with a link, and nothing of it has run yet.',
  advice: 'Look at it, then press Run.',
};

/**
 * Takes over the program and the settings of the address.
 *
 * @param {import('./store.js').Store<PageState>} store
 * @param {import('./commands.js').Commands} commands
 * @returns {Promise<import('./link.js').Opened | null>} null when the address is not about a program
 * @throws {import('./link.js').LinkError} when it is, wrongly
 */
export async function takeLink(store, commands) {
  const { hash } = location;
  if (!isLink(hash)) return null;
  const shared = await readBeside({ hash });
  commands.applySettings(shared.settings);
  return shared;
}
