/** A recorded run in place of a live one: what it is, and the way out. */
import { recordedText } from '../data/recorded-text.js';
import { byId, setText } from './dom.js';

/** @typedef {import('../state/page-state.js').PageState} PageState */

/**
 * @param {import('../state/store.js').Store<PageState>} store
 * @param {() => Promise<void>} run the program, here
 */
export function recordedView(store, run) {
  const box = byId('recorded');
  const button = /** @type {HTMLButtonElement} */ (byId('run-here'));
  button.addEventListener('click', () => {
    const why = hindrance(store.state);
    if (why) store.set({ spoken: `${why} ` });
    else void run();
  });
  store.watch(['replay', 'cannot', 'status'], (state) => {
    const { replay } = state;
    // The focus of the user who pressed it does not go back to the top of the page.
    if (!replay && box.contains(document.activeElement)) byId('state').focus();
    box.hidden = !replay;
    if (!replay) return;
    const { facts, missing } = recordedText(replay.recorded);
    setText(byId('recorded-facts'), missing ? `${facts} · ${missing}` : facts);
    const why = hindrance(state);
    // Not disabled: it can be reached, and says why not.
    button.setAttribute('aria-disabled', String(why !== ''));
    setText(byId('run-here-why'), why);
  });
}

/** Why it cannot be run here, empty when it can. @param {PageState} state */
function hindrance({ cannot, status }) {
  if (cannot) return `It cannot run here: ${cannot.message} ${cannot.advice}`;
  return status === 'loading' ? 'The engine is still loading.' : '';
}
