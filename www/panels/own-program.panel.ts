/** Programs of the user's own: a name, New and Save. Whatever was in the editor before stays in the list. */
import { fileStem } from '../words/file-name.ts';
import { byId, set } from './dom.ts';
import { download } from './download.ts';
import type { Page } from './page.ts';

/** It runs until it is stopped, so that every button does something. */
const TEMPLATE = `; What it shows.

.module "new program"

.func main
.local i
    const 0
    store i
again:
    load i
    const 1
    add
    store i
    jmp again
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
    const { title } = store.state;
    download(new TextEncoder().encode(program.editor.text), `${fileStem(title.replace(/\.sasm$/, ''))}.sasm`);
  });
}
