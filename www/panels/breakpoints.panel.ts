/** The list of breakpoints: where each is, when it stops, and what was wrong with what was asked for. */
import { count } from '../words/format.ts';
import { byId, make, setText } from './dom.ts';
import type { PageState } from '../app/page-state.ts';
import type { Wish } from '../app/breakpoints.ts';
import type { Commands } from '../app/commands.ts';
import type { Page } from './page.ts';

/** what a row shows */
interface Item {
  key: string;
  place: string;
  line: number | null;
  wish: Wish;
  counted: string | null;
  problem: string | null;
  change: (wish: Wish) => void;
  remove: () => void;
}

export function panel({ store, commands, program: { showLine } }: Page) {
  const list = byId('breakpoint-list');
  const trap = byId<HTMLInputElement>('break-on-trap');
  const rows: Map<string, ReturnType<typeof rowOf>> = new Map();
  trap.addEventListener('change', () => void commands.breakpoints.breakOnTrap(trap.checked));
  store.watch(({ breakOnTrap }) => {
    trap.checked = breakOnTrap;
  });
  store.watch((state) => {
    const items = itemsOf(state, commands);
    byId('breakpoints-hint').hidden = items.length > 0;
    byId('conditions-hint').hidden = items.length === 0;
    for (const [key, row] of rows) {
      if (items.some((item) => item.key === key)) continue;
      const hadFocus = row.element.contains(document.activeElement);
      row.element.remove();
      rows.delete(key);
      // A row that is gone takes the focus with it; the list's switch is next to it.
      if (hadFocus) trap.focus();
    }
    items.forEach((item, at) => {
      let row = rows.get(item.key);
      if (!row) rows.set(item.key, (row = rowOf(item.key, showLine)));
      row.show(item);
      if (list.children[at] !== row.element) list.insertBefore(row.element, list.children[at] ?? null);
    });
  });
}

/** @returns in the order of the text */
function itemsOf({ breakpoints, drafts }: PageState, { breakpoints: commands }: Commands): Item[] {
  const set = breakpoints.map((breakpoint) => {
    const { id, line, column, places, condition, hits } = breakpoint;
    const draft = drafts.find((one) => one.id === id);
    const [place] = places;
    return {
      place:
        line === null
          ? `${place?.function}, instruction ${place?.instruction}`
          : `line ${line}${column ? `, column ${column}` : ''}`,
      line,
      wish: draft ?? { condition: condition ?? '', hits },
      counted: breakpoint.count === 0 ? null : `come to ${times(breakpoint.count)}`,
      problem: draft ? `${draft.message} It stops as before until this is right.` : null,
      change: (wish: Wish) => void commands.change(breakpoint, wish),
      remove: () => void commands.remove(breakpoint),
    };
  });
  const refused = drafts
    .filter(({ id }) => id === null)
    .map((draft) => ({
      place: `line ${draft.line}`,
      line: draft.line,
      wish: draft,
      counted: null,
      problem: `${draft.message} It stops no task until this is right.`,
      change: (wish: Wish) => void commands.retry(draft, wish),
      remove: () => void commands.discard(draft),
    }));
  const all = [...set, ...refused].sort((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity));
  // By place, so that a row outlasts its breakpoint where another one is set at the same place.
  const before = (at: number) => all.slice(0, at).filter(({ place }) => place === all[at]?.place);
  return all.map((item, at) => ({ ...item, key: `${item.place} ${before(at).length}`.replace(/\W+/g, '-') }));
}

function times(n: number) {
  return n === 1 ? 'once' : `${count(n)} times`;
}

function rowOf(key: string, showLine: (line: number) => void) {
  let shown: Item | null = null;
  const where = make('button', { type: 'button', class: 'link where' });
  const problem = make('p', { class: 'problem', id: `problem-${key}` });
  const condition = make('input', {
    type: 'text',
    class: 'code',
    placeholder: 'always',
    spellcheck: 'false',
  });
  const hits = make('input', {
    ...{ type: 'number', min: 1, step: 1, inputmode: 'numeric' },
    title: 'A hit is each time that a task comes there.',
  });
  const counted = make('small', {});
  const remove = make('button', { type: 'button', class: 'ghost icon', text: '×' });
  for (const [name, value] of [
    ['autocapitalize', 'off'],
    ['autocomplete', 'off'],
    ['maxlength', '1000'],
    ['aria-describedby', `${problem.id} conditions-hint`],
  ]) {
    condition.setAttribute(name ?? '', value ?? '');
  }
  const element = make(
    'li',
    {},
    make(
      'div',
      { class: 'row' },
      where,
      make('label', { class: 'field grows' }, make('span', { class: 'label', text: 'if' }), condition),
      make('label', { class: 'field' }, make('span', { class: 'label', text: 'from hit' }), hits),
      counted,
      remove,
    ),
    problem,
  );
  where.addEventListener('click', () => {
    if (shown?.line) showLine(shown.line);
  });
  remove.addEventListener('click', () => shown?.remove());
  const changed = () => {
    const from = Math.max(1, Math.round(Number(hits.value)) || 1);
    hits.value = String(from);
    shown?.change({ condition: condition.value, hits: from });
  };
  condition.addEventListener('change', changed);
  hits.addEventListener('change', changed);
  return {
    element,
    show(item: Item) {
      const before = shown?.wish;
      shown = item;
      setText(where, item.place);
      where.disabled = item.line === null;
      condition.setAttribute('aria-label', `Condition of the breakpoint at ${item.place}`);
      hits.setAttribute('aria-label', `First hit at which the breakpoint at ${item.place} stops`);
      remove.setAttribute('aria-label', `Remove the breakpoint at ${item.place}`);
      remove.title = 'Remove';
      // What is being typed stays: only what has changed elsewhere is put in.
      if (before?.condition !== item.wish.condition) condition.value = item.wish.condition;
      if (before?.hits !== item.wish.hits) hits.value = String(item.wish.hits);
      setText(counted, item.counted ?? '');
      setText(problem, item.problem ?? '');
      if (item.problem) condition.setAttribute('aria-invalid', 'true');
      else condition.removeAttribute('aria-invalid');
    },
  };
}
