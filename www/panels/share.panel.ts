/** Share: makes the link and copies it, or shows it where the browser does not let it be copied. */
import { count } from '../words/format.ts';
import { SETTINGS } from '../app/settings.ts';
import { byId, setText } from './dom.ts';
import type { Store } from '../app/store.ts';
import type { PageState } from '../app/page-state.ts';
import type { Commands } from '../app/commands.ts';
import type { Panel } from './page.ts';

export const panel: Panel = ({ store, commands, link }) => shareView(store, commands, link);

/** Beyond this some programs cut addresses off, characters. */
const LONG = 8000;

export function shareView(
  store: Store<PageState>,
  commands: Commands,
  make: () => ReturnType<typeof import('../app/share-link.ts').shareLink>,
) {
  const note = byId('share-note');
  const dialog = byId<HTMLDialogElement>('share-dialog');
  const field = byId<HTMLTextAreaElement>('share-link');
  const share = async () => {
    const { address: link, pause, lesson, lacks } = await make();
    const also = lesson ? ', and the lesson' : '';
    const content =
      pause === null
        ? `this program${also ? ',' : ' and'} these settings${also}`
        : `pause ${pause} as it was recorded here, with this program${also ? ',' : ' and'} these settings${also}`;
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
  store.on(
    [...SETTINGS, 'title', 'example', 'program', 'errors', 'selected', 'view', 'lessonOpen', 'job'],
    () => setText(note, ''),
  );
}
