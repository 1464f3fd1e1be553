/** Share: makes the link and copies it, or shows it where the browser does not let it be copied. */
import { count } from '../data/format.js';
import { byId, setText } from './dom.js';

/** Beyond this some programs cut addresses off, characters. */
const LONG = 8000;

/**
 * @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} store
 * @param {import('../state/commands.js').Commands} commands
 */
export function shareView(store, commands) {
  const note = byId('share-note');
  const dialog = /** @type {HTMLDialogElement} */ (byId('share-dialog'));
  const field = /** @type {HTMLTextAreaElement} */ (byId('share-link'));
  byId('share').addEventListener('click', async () => {
    const link = await commands.attempt(() => commands.lab.link());
    if (link === null) return;
    const length =
      link.length > LONG ? ` It has ${count(link.length)} characters: some mail programs cut it off.` : '';
    const isCopied = await navigator.clipboard?.writeText(link).then(
      () => true,
      () => false,
    );
    if (isCopied) {
      const said = `Link copied. Whoever opens it gets this program and these settings.${length}`;
      setText(note, said);
      store.set({ spoken: said });
      return;
    }
    setText(byId('share-text'), `The browser does not let the page copy it: copy it by hand.${length}`);
    field.value = link;
    dialog.showModal();
    field.select();
  });
  byId('share-close').addEventListener('click', () => dialog.close());
  // What is said of a link holds until something in it changes.
  store.watch(['title', 'example', 'program', 'errors', 'workers', 'policy', 'automatic', 'timeouts'], () =>
    setText(note, ''),
  );
}
