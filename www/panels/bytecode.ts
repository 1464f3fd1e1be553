/** The program as the machine sees it: offsets, bytes, instructions, where it polls and which workers stopped where. */
import { compact } from '../words/format.ts';
import { isOfRun } from '../app/page-state.ts';
import { byId, make, setText, table } from './dom.ts';
import { arrivals, placement, polled, siteOf } from './evidence.ts';
import { READABLE, readable } from './pace.ts';
import { isSamePassage, statementAt } from '../run/passages.ts';
import type { PageState } from '../app/page-state.ts';
import type { TextPlace } from '../run/passages.ts';
import type { ListingRow } from '../run/types.ts';
import type { Store } from '../app/store.ts';
import type { Frames } from '../draw/frame.ts';
import type { Standing } from '../app/standing.ts';

/** a row, and its changing cells */
type Line = { row: ListingRow; element: HTMLTableRowElement; poll: Shown; stopped: Shown };
type Shown = { cell: HTMLTableCellElement; shown: string };

/** Rows that are added at a time: a module may hold many thousands. */
const CHUNK = 500;

export class BytecodeView {
  store;
  box;
  /** The rows that are shown. */
  lines: Line[] = [];
  body;
  /** Adds more rows; null while there are none. */
  more: HTMLButtonElement | null = null;
  /** Which place's rows are marked. */
  marked: Record<'linked' | 'cursor', TextPlace | null> = { linked: null, cursor: null };
  /** Where the task stands that steps move, in the program that runs. */
  here: Pick<Standing, 'function' | 'instruction'> | null = null;
  /** Hears that rows have come or gone. */
  onRows = () => {};

  constructor(store: Store<PageState>, frames: Frames) {
    this.store = store;
    this.box = byId('pane-bytecode');
    this.body = make('tbody');
    const figures = frames.add(() => this.fill(), READABLE);
    figures.within(this.box);
    store.on(['program'], () => this.build());
    store.on(['policy', 'run'], () => this.fill());
    store.watch((state) => figures.setInterval(readable(state)));
  }

  build() {
    const { program } = this.store.state;
    this.lines = [];
    if (!program) {
      const text = 'The bytecode appears here when the program has no errors.';
      this.box.replaceChildren(make('p', { class: 'hint', text }));
      this.onRows();
      return;
    }
    this.body = make('tbody');
    const heads = [
      { figure: 'Offset' },
      'Bytes',
      'Instruction',
      'Poll',
      { figure: 'Polled' },
      { figure: 'Stopped here' },
    ];
    this.box.replaceChildren(table('Bytecode and its poll sites', heads, this.body));
    this.more = make('button', { type: 'button', class: 'ghost', onclick: () => this.extend(CHUNK) });
    this.box.append(this.more);
    this.extend(CHUNK);
  }

  /** Shows as many more rows. */
  extend(count: number) {
    const listing = this.store.state.program?.listing ?? [];
    const from = this.lines.length;
    for (const row of listing.slice(from, from + count)) {
      if (row.function !== this.lines.at(-1)?.row.function) {
        const head = make('th', { scope: 'rowgroup', colspan: 6, text: row.function });
        this.body.append(make('tr', { class: 'part' }, head));
      }
      this.lines.push(this.line(row));
    }
    const left = listing.length - this.lines.length;
    if (this.more) {
      this.more.hidden = left === 0;
      setText(this.more, `Show ${Math.min(left, CHUNK)} more of ${left}`);
    }
    this.marked = { linked: null, cursor: null };
    this.fill();
    this.onRows();
  }

  line(row: ListingRow): Line {
    const poll = make('td');
    const stopped = make('td', { class: 'figure stopped' });
    const element = make(
      'tr',
      { 'data-line': row.line, title: row.bytes },
      make('td', { class: 'figure', text: row.offset.toString(16).padStart(4, '0') }),
      make('td', { class: 'bytes', text: row.bytes }),
      make('td', { class: 'code', text: row.text }),
      poll,
      make('td', { class: 'figure' }),
      stopped,
    );
    this.body.append(element);
    return { row, element, poll: { cell: poll, shown: '' }, stopped: { cell: stopped, shown: '' } };
  }

  /** Writes what changes while the program stays: what polls, how often, and who stopped where. */
  fill() {
    const { state } = this.store;
    const { selected, recording } = state;
    const ran = isOfRun(state);
    const late = ran && selected !== null ? recording.pause(selected)?.stragglers[0]?.site : null;
    const here = ran ? this.here : null;
    for (const { row, element, poll, stopped } of this.lines) {
      const isNext = here !== null && isAt(row, here);
      if (element.classList.contains('here') !== isNext) {
        element.classList.toggle('here', isNext);
        if (isNext) element.setAttribute('aria-current', 'step');
        else element.removeAttribute('aria-current');
      }
      const at = late?.function === row.function && late.instruction === row.index;
      if (element.classList.contains('at') !== at) element.classList.toggle('at', at);
      if (row.poll !== null) fillPoll(poll, row, siteOf(state, row));
      const place = ran ? recording.heat.places.get(`${row.index} ${row.function}`) : undefined;
      const times = place ? place.stopped + place.away : 0;
      if (stopped.shown === String(times)) continue;
      stopped.shown = String(times);
      setText(stopped.cell, times === 0 ? '' : compact(times));
      stopped.cell.title = place && times > 0 ? arrivals(place) : '';
    }
  }

  /** Marks the rows of the statement at a place, or of the line where no statement is known. */
  mark(place: TextPlace | null, mark: 'linked' | 'cursor') {
    const before = this.marked[mark];
    if (before?.line === place?.line && before?.column === place?.column) return;
    this.marked[mark] = place;
    const statement = place && statementAt(this.store.state.program?.listing ?? [], place);
    for (const { row, element } of this.lines) {
      const isOfLine = place !== null && row.line === place.line;
      const on = statement ? isSamePassage(row.statement, statement) : isOfLine;
      if (element.classList.contains(mark) !== on) element.classList.toggle(mark, on);
    }
  }

  /** Shows rows up to those of a line, if there are any. */
  reach(line: number) {
    this.#extendTo((row) => row.line === line);
  }

  #extendTo(isIt: (row: ListingRow) => boolean) {
    const index = (this.store.state.program?.listing ?? []).findIndex(isIt);
    if (index >= this.lines.length) this.extend(Math.ceil((index + 1) / CHUNK) * CHUNK - this.lines.length);
  }

  /** Marks the instruction that comes next in the task that steps move. */
  showHere(place: Pick<Standing, 'function' | 'instruction'> | null) {
    this.here = place;
    if (place) this.#extendTo((row) => isAt(row, place));
    this.fill();
  }

  /** Has the instruction in sight that is marked as the next. */
  revealHere() {
    const { here } = this;
    if (here) this.#show(this.lines.find(({ row }) => isAt(row, here))?.element);
  }

  /** Has the row of a line in sight, with as little scrolling as possible. */
  reveal(line: number) {
    this.reach(line);
    this.#show(this.lines.find(({ row }) => row.line === line)?.element);
  }

  #show(row: HTMLElement | undefined) {
    const { box } = this;
    if (!row || box.hidden) return;
    const top = topIn(box, row);
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + row.offsetHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = top + row.offsetHeight - box.clientHeight;
  }

  /** The rows that belong to a line, with their place in the pane. */
  places(): { line: number; top: number }[] {
    return this.lines.flatMap(({ row, element }) =>
      row.line === null ? [] : { line: row.line, top: topIn(this.box, element) },
    );
  }
}

function isAt(row: ListingRow, place: Pick<Standing, 'function' | 'instruction'>) {
  return row.function === place.function && row.index === place.instruction;
}

function fillPoll(shown: Shown, row: ListingRow, { on, hits }: { on: boolean; hits: number | null }) {
  const { poll: kind, placed } = row;
  const now = `${on} ${hits}`;
  if (shown.shown === now) return;
  shown.shown = now;
  const { cell } = shown;
  cell.className = on ? 'poll' : 'poll off';
  cell.replaceChildren(
    on ? '● ' : '○ ',
    make('span', {
      class: 'kind',
      text: `${kind}${on ? '' : ', off'}${placed && placed > 1 ? `, every ${placed}th` : ''}`,
    }),
  );
  const figure = cell.nextElementSibling as HTMLTableCellElement;
  setText(figure, hits === null ? '' : compact(hits));
  cell.title =
    figure.title = `Poll site: ${kind}${placement(row) ?? (on ? '' : ', switched off')}${hits === null ? '' : `, ${polled(hits)} in this run`}`;
}

/** @param element in it */
function topIn(box: HTMLElement, element: HTMLElement) {
  return (
    element.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - box.clientTop
  );
}
