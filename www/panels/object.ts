/** A dialog with the object behind a reference: its fields, what refers to it, and on from there. */
import { bytes, count, plural } from '../words/format.ts';
import { byId, make, setText, table } from './dom.ts';
import type { HeapObject } from '../run/types.ts';
import type { Store } from '../app/store.ts';
import type { PageState } from '../app/page-state.ts';
import type { Lab } from '../engine/lab.ts';

type Step = { reference: number; from: number };

/** Fields or elements that are shown at a time. */
const PAGE = 100;

/** @returns opens it */
export function objectDialog(store: Store<PageState>, lab: Lab): (reference: number) => void {
  const dialog = byId<HTMLDialogElement>('object-dialog');
  const title = byId('object-title');
  const content = byId('object-content');
  const back = byId<HTMLButtonElement>('object-back');
  /** The way here, the last one shown. */
  let way: Step[] = [];
  byId('object-close').addEventListener('click', () => dialog.close());
  back.addEventListener('click', () => {
    way.pop();
    void show();
  });
  dialog.addEventListener('close', () => {
    way = [];
  });
  // Objects are those of a stopped world.
  store.watch(({ status }) => {
    if (status !== 'stopped' && dialog.open) dialog.close();
  });

  const open = (reference: number, from = 0) => {
    way.push({ reference, from });
    void show();
  };

  async function show() {
    const step = way.at(-1);
    if (!step) return;
    const { reference, from } = step;
    let shown: Node[];
    let name = `Object @${reference}`;
    try {
      const object = await lab.object(reference, { from, count: PAGE });
      name = titleOf(object);
      shown = contentOf(object, open, (other) => {
        step.from = other;
        void show();
      });
    } catch (thrown) {
      shown = [
        make('p', { class: 'problem', text: thrown instanceof Error ? thrown.message : String(thrown) }),
      ];
    }
    if (way.at(-1) !== step) return;
    setText(title, name);
    content.replaceChildren(...shown);
    back.disabled = way.length < 2;
    if (!dialog.open) dialog.showModal();
    content.scrollTop = 0;
    title.focus();
  }
  return open;
}

function titleOf({ kind, object, text }: HeapObject) {
  return kind === 'string' ? `String @${object}` : `${text} @${object}`;
}

/** A value, as a way to what it refers to if it is a reference. */
export function valueOf(value: string, object: number | null, open: (reference: number) => void) {
  if (object === null) return make('span', { text: value });
  return make('button', {
    type: 'button',
    class: 'link',
    title: 'Its fields, and what refers to it',
    onclick: () => open(object),
    text: value,
  });
}

/** @param turn to the entries from that one on */
function contentOf(object: HeapObject, open: (reference: number) => void, turn: (from: number) => void) {
  const { kind, length, characters, entries } = object;
  const unit = { object: 'field', array: 'element', string: 'character', mutex: '', task: '' }[kind];
  const facts = [kind, unit && plural(length, unit), bytes(object.bytes)].filter(Boolean).join(' · ');
  return [
    make('p', { class: 'hint', text: facts }),
    ...(characters === null ? [] : [make('pre', { text: characters })]),
    ...(entries.length === 0 ? [] : [entriesOf(object, open)]),
    ...(length > PAGE && kind === 'array' ? [pages(object, turn)] : []),
    holdersOf(object, open),
  ];
}

function entriesOf({ entries, kind, from, length }: HeapObject, open: (reference: number) => void) {
  const rows = entries.map(({ name, value, object }) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row', text: name }),
      make('td', { class: 'code' }, valueOf(value, object, open)),
    ),
  );
  const all = entries.length === length;
  const caption =
    kind === 'array'
      ? `Elements${all ? '' : ` ${count(from)} to ${count(from + entries.length - 1)} of ${count(length)}`}`
      : 'Fields';
  return table(caption, ['Name', 'Value'], make('tbody', {}, ...rows));
}

function pages({ from, length }: HeapObject, turn: (from: number) => void) {
  const page = (text: string, to: number) =>
    make('button', {
      type: 'button',
      disabled: to < 0 || to >= length || to === from,
      onclick: () => turn(to),
      text,
    });
  return make(
    'div',
    { class: 'row' },
    page('Elements before', from === 0 ? -1 : Math.max(0, from - PAGE)),
    page('Elements behind', from + PAGE),
  );
}

function holdersOf({ holders, holders_omitted: omitted }: HeapObject, open: (reference: number) => void) {
  if (holders.length === 0) return make('p', { text: 'Nothing refers to it: the next collection frees it.' });
  const list = holders.map(({ text, object }) => make('li', {}, valueOf(text, object, open)));
  if (omitted > 0) list.push(make('li', { text: `and ${count(omitted)} more` }));
  return make('div', {}, make('h3', { text: 'Held by' }), make('ul', { class: 'holders' }, ...list));
}
