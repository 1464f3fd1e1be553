/** The object that is watched: its fields, what refers to it, what has changed since it was read before. */
import { bytes, count, plural } from '../words/format.ts';
import { PAGE } from '../app/watched-object.ts';
import { byId, fill, make, set, setText, table } from './dom.ts';
import { mark, valueOf, wasText } from './values.ts';
import type { HeapObject } from '../run/types.ts';
import type { Store } from '../app/store.ts';
import type { PageState } from '../app/page-state.ts';
import type { Link, Watched, WatchedObject } from '../app/watched-object.ts';

/** Names that a sentence lists. */
const NAMED = 5;

export function objectView(store: Store<PageState>, watched: WatchedObject) {
  const box = byId('object');
  const title = byId('object-title');
  const content = byId('object-content');
  const back = byId<HTMLButtonElement>('object-back');
  /** The way whose end was shown last. */
  let reached: Link[] = [];
  store.watch(({ watched: now }) => {
    if (!now) {
      // The focus stays in this part of the page.
      if (box.contains(document.activeElement)) byId('tab-tasks').focus();
      set(box, { hidden: true });
      reached = [];
      return;
    }
    const { way, object, isOld } = now;
    set(box, { hidden: false });
    box.classList.toggle('old', isOld);
    setText(
      title,
      `${object ? titleOf(object) : `Object @${way.at(-1)?.reference}`}${isOld ? ', as it was' : ''}`,
    );
    set(back, { disabled: way.length < 2 });
    fill(byId('object-way'), ...wayOf(way));
    setText(byId('object-said'), now.said || changedText(now));
    fill(content, ...(object ? contentOf(object, now) : []));
    const [changed] = object ? changedOf(object, now.before) : [];
    if (object && changed) {
      const index = object.from + object.entries.indexOf(changed);
      content.querySelector(`tr[data-index="${index}"]`)?.scrollIntoView({ block: 'nearest' });
    }
    if (!object && !isOld) return; // it is being read
    // The user has gone there, and not a step of the program.
    if (reached.map(({ text }) => text).join() !== way.map(({ text }) => text).join()) {
      content.scrollTop = 0;
      title.focus();
    }
    reached = way;
  });
  back.addEventListener('click', () => watched.back(reached.length - 1));
  byId('object-close').addEventListener('click', () => watched.close());
  box.addEventListener('click', ({ target }) => {
    const button = target instanceof Element && target.closest('button');
    if (!button) return;
    const { object, name: text = '', to, from } = button.dataset;
    if (to) watched.back(Number(to));
    if (from) watched.turn(Number(from));
    if (!object) return;
    const link = { reference: Number(object), from: 0, text };
    const index = button.closest('tr')?.dataset.index;
    watched.enter(index ? { ...link, by: 'field', index: Number(index) } : { ...link, by: 'holder' });
  });
  content.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement && target.reportValidity()) watched.turn(target.valueAsNumber);
  });
}

function titleOf({ kind, object, text }: HeapObject) {
  return kind === 'string' ? `String @${object}` : text.endsWith(`@${object}`) ? text : `${text} @${object}`;
}

/** @returns earlier steps lead back */
function wayOf(way: Link[]) {
  return way.map(({ text, by }, i) => {
    const said = by === 'holder' ? `held by ${text}` : text;
    const isLast = i === way.length - 1;
    return make(
      'li',
      {},
      isLast
        ? make('span', { 'aria-current': 'true', text: said })
        : make('button', { type: 'button', class: 'link', 'data-to': i + 1, text: said }),
    );
  });
}

/** What has changed of what is shown. */
function changedOf({ entries }: HeapObject, before: HeapObject | null) {
  return before ? entries.filter(({ value }, i) => before.entries[i]?.value !== value) : [];
}

/** That in words. */
function changedText({ object, before }: Watched) {
  if (!object || !before) return '';
  const changed = changedOf(object, before);
  const names = changed.slice(0, NAMED).map(({ name }) => name);
  if (changed.length > NAMED) names.push(`${changed.length - NAMED} more`);
  const [were, are] = [before.length, object.length];
  const length = were === are ? '' : `It was ${count(were)} long and is ${count(are)} now. `;
  return `${length}${changed.length === 0 ? 'No value shown here has changed.' : `Changed: ${names.join(', ')}.`}`;
}

function contentOf(object: HeapObject, { before, isOld }: Watched) {
  const { kind, length, characters, entries } = object;
  const unit = {
    object: 'field',
    array: 'element',
    list: 'element',
    string: 'character',
    mutex: '',
    task: '',
  }[kind];
  const facts = [kind === 'list' ? 'array' : kind, unit && plural(length, unit), bytes(object.bytes)]
    .filter(Boolean)
    .join(' · ');
  return [
    make('p', { class: 'hint', text: facts }),
    ...(characters ? [make('pre', { tabindex: 0, text: characters })] : []),
    ...(entries.length === 0 ? [] : [entriesOf(object, before, !isOld)]),
    ...(length > PAGE && unit === 'element' && !isOld ? [pages(object)] : []),
    ...holdersOf(object, before, !isOld),
  ];
}

function entriesOf(
  { entries, kind, from, length }: HeapObject,
  before: HeapObject | null,
  canFollow: boolean,
) {
  const rows = entries.map(({ name, value, object }, i) =>
    make(
      'tr',
      { 'data-index': from + i },
      make('th', { scope: 'row', text: name }),
      make(
        'td',
        { class: 'code' },
        valueOf(name, value, canFollow ? object : null),
        wasText(before?.entries[i]?.value, value),
      ),
    ),
  );
  const all = entries.length === length;
  const caption =
    kind === 'array' || kind === 'list'
      ? `Elements${all ? '' : ` ${from} to ${from + entries.length - 1} of ${length}`}`
      : 'Fields';
  return table(caption, ['Name', 'Value'], make('tbody', {}, ...rows));
}

function pages({ from, length }: HeapObject) {
  const page = (text: string, to: number) =>
    make('button', { type: 'button', disabled: to < 0 || to >= length, 'data-from': Math.max(0, to), text });
  const at = make('input', {
    type: 'number',
    min: 0,
    max: length - 1,
    step: 1,
    value: from,
    inputmode: 'numeric',
  });
  return make(
    'div',
    { class: 'row' },
    page('Elements before', from === 0 ? -1 : Math.max(0, from - PAGE)),
    page('Elements behind', from + PAGE),
    make('label', { class: 'field' }, make('span', { class: 'label', text: 'from element' }), at),
  );
}

function holdersOf(
  { holders, holders_omitted: omitted }: HeapObject,
  before: HeapObject | null,
  canFollow: boolean,
) {
  if (holders.length === 0)
    return [make('p', { class: 'hint', text: 'Nothing refers to it: the next collection frees it.' })];
  // Of very many not all are told: which of them is new is not known.
  const isWhole = before !== null && omitted + before.holders_omitted === 0;
  const then = isWhole ? before.holders.map(({ text }) => text) : null;
  const list = holders.map(({ text, object }) =>
    make(
      'li',
      {},
      valueOf(text, text, canFollow ? object : null),
      then && !then.includes(text) ? mark('new') : null,
    ),
  );
  const now = holders.map(({ text }) => text);
  for (const text of then ?? []) if (!now.includes(text)) list.push(make('li', {}, text, mark('no longer')));
  if (omitted > 0) list.push(make('li', { text: `and ${count(omitted)} more` }));
  return [make('h4', { text: 'Held by' }), make('ul', { class: 'holders' }, ...list)];
}
