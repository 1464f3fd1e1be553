/** Share: makes the link and copies it, or shows it where the browser does not let it be copied. */
import { count } from '../data/format.js';
import { SETTINGS } from '../state/settings.js';
import { byId, setText } from './dom.js';

/** Beyond this some programs cut addresses off, characters. */
const LONG = 8000;

/**
 * @param {import('../state/store.js').Store<import('../state/page-state.js').PageState>} store
 * @param {import('../state/commands.js').Commands} commands
 * @param {() => ReturnType<typeof import('../state/share-link.js').shareLink>} make
 */
export function shareView(store, commands, make) {
  const note = byId('share-note');
  const dialog = /** @type {HTMLDialogElement} */ (byId('share-dialog'));
  const field = /** @type {HTMLTextAreaElement} */ (byId('share-link'));
  const share = async () => {
    const { address: link, pause, lacks } = await make();
    const content =
      pause === null
        ? 'this program and these settings'
        : `pause ${pause} as it was recorded here, with this program and these settings`;
    const length =
      link.length > LONG ? ` It has ${count(link.length)} characters: some mail programs cut it off.` : '';
    const isCopied = await navigator.clipboard?.writeText(link).then(
      () => true,
      () => false,
    );
    if (isCopied) {
      const said = `Link copied. It opens ${content}. ${lacks}${length}`.trim();
      setText(note, said);
      store.set({ spoken: said });
      return;
    }
    setText(byId('share-title'), `Link to ${content}`);
    setText(
      byId('share-text'),
      `The browser does not let the page copy it: copy it by hand. ${lacks}${length}`.trim(),
    );
    field.value = link;
    dialog.showModal();
    field.select();
  };
  byId('share').addEventListener('click', () => void commands.attempt(share));
  byId('share-close').addEventListener('click', () => dialog.close());
  // What is said of a link holds until something in it changes.
  store.watch([...SETTINGS, 'title', 'example', 'program', 'errors', 'selected', 'view'], () =>
    setText(note, ''),
  );
}
