/** A recorded run in place of a live one: what it is, and the way out. */
import { recordedText } from '../words/recorded-text.ts';
import { byId, setText } from './dom.ts';
import type { PageState } from '../app/page-state.ts';
import type { Page } from './page.ts';

export function panel({ store, commands, program }: Page) {
  const box = byId('recorded');
  const button = byId<HTMLButtonElement>('run-here');
  button.addEventListener('click', () => {
    const why = hindrance(store.state);
    if (why) store.set({ spoken: `${why} ` });
    else void commands.run(program.editor.text);
  });
  store.watch((state) => {
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

/** Why it cannot be run here, empty when it can. */
function hindrance({ cannot, status }: PageState) {
  if (cannot) return `It cannot run here: ${cannot.message} ${cannot.advice}`;
  return status === 'loading' ? 'The engine is still loading.' : '';
}
