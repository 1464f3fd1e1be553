/** Programs of the user's own: a name, New and Save. Whatever was in the editor before stays in the list. */
import { isAssembler } from '../run/language-of.ts';
import { fileStem } from '../words/file-name.ts';
import { byId, set } from './dom.ts';
import { download } from './download.ts';
import type { Page } from './page.ts';

/** It runs until it is stopped, so that every button does something. */
const TEMPLATE = `// What it shows.

function work(): void {
  for (let i = 0; ; i++) {
    if (i === 1000000) i = 0;
  }
}

work();
`;

export function panel({ store, program }: Page) {
  const name = byId<HTMLInputElement>('program-name');
  store.watch(({ example, title, replay }) => {
    set(name, { hidden: example >= 0 || replay !== null });
    if (document.activeElement !== name) set(name, { value: title });
  });
  name.addEventListener('change', () => {
    const title = name.value.trim();
    if (title) store.set({ title });
    else name.value = store.state.title;
  });
  byId('new').addEventListener('click', () => {
    void program.open({ source: TEMPLATE, title: 'New program' }).then(() => {
      name.focus();
      name.select();
    });
  });
  byId('save').addEventListener('click', () => {
    const { text } = program.editor;
    const stem = fileStem(store.state.title.replace(/\.(?:sasm|ts)$/, ''));
    download(new TextEncoder().encode(text), `${stem}.${isAssembler(text.split('\n')) ? 'sasm' : 'ts'}`);
  });
}
