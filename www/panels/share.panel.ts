/** Share: makes the link and copies it, or shows it where the browser does not let it be copied. */
import { count } from '../words/format.ts';
import { SETTINGS } from '../app/settings.ts';
import { byId, setText } from './dom.ts';
import type { Page } from './page.ts';

/** Beyond this some programs cut addresses off, characters. */
const LONG = 8000;

export function panel({ store, commands, link }: Page) {
  const note = byId('share-note');
  const dialog = byId<HTMLDialogElement>('share-dialog');
  const field = byId<HTMLTextAreaElement>('share-link');
  const share = async () => {
    const { address, pause, lesson, lacks } = await link();
    const also = lesson ? ', and the lesson' : '';
    const content =
      pause === null
        ? `this program${also ? ',' : ' and'} these settings${also}`
        : `pause ${pause} as it was recorded here, with this program${also ? ',' : ' and'} these settings${also}`;
    const length =
      address.length > LONG
        ? ` It has ${count(address.length)} characters: some mail programs cut it off.`
        : '';
    const isCopied = await navigator.clipboard?.writeText(address).then(
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
    field.value = address;
    dialog.showModal();
    field.select();
  };
  byId('share').addEventListener('click', () => void commands.attempt(share));
  byId('share-close').addEventListener('click', () => dialog.close());
  // What is said of a link holds until something in it changes.
  store.on(
    [...SETTINGS, 'title', 'example', 'program', 'errors', 'selected', 'view', 'lessonOpen', 'job'],
    () => setText(note, ''),
  );
}
