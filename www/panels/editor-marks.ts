/** What stands beside the text, and what marks its lines: poll sites, arrivals, breakpoints, late workers. */
import { RangeSet, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, GutterMarker, gutter } from '@codemirror/view';
import { make } from './dom.ts';
import type { LineMark } from '../words/finding-text.ts';
import type { Mark } from '../app/breakpoints.ts';
import type { EditorState, Extension, StateEffectType } from '@codemirror/state';

/** the poll sites of a line */
export interface PollMark {
  /** from 1 */
  line: number;
  title: string;
  /** whether any of them polls */
  on: boolean;
  /** how often, as short as possible; empty when that is not known */
  hits: string;
}

/** the arrivals at a line */
export interface HeatMark {
  /** from 1 */
  line: number;
  title: string;
  /** of the line with the most, above 0 and up to 1 */
  share: number;
}

/** `set`: not refused */
export type BreakMark = Mark & { set: boolean };

class PollMarker extends GutterMarker {
  mark;

  constructor(mark: PollMark) {
    super();
    this.mark = mark;
  }

  /** @override */
  eq(other: GutterMarker) {
    return other instanceof PollMarker && other.mark.title === this.mark.title;
  }

  /** @override */
  toDOM() {
    const { title, on, hits } = this.mark;
    return make(
      'span',
      { title },
      make('span', { class: on ? 'poll' : 'poll off', text: on ? '●' : '○' }),
      make('span', { class: 'hits', text: hits }),
    );
  }
}

class HeatMarker extends GutterMarker {
  mark;

  constructor(mark: HeatMark) {
    super();
    this.mark = mark;
  }

  /** @override */
  eq(other: GutterMarker) {
    return (
      other instanceof HeatMarker &&
      other.mark.title === this.mark.title &&
      other.mark.share === this.mark.share
    );
  }

  /** @override */
  toDOM() {
    const bar = make('i', { title: this.mark.title });
    // A bar so short that it could be overlooked would say that no worker was there.
    bar.style.width = `${Math.max(12, Math.round(this.mark.share * 100))}%`;
    return bar;
  }
}

class BreakMarker extends GutterMarker {
  mark;

  constructor(mark: BreakMark) {
    super();
    this.mark = mark;
  }

  /** @override */
  eq(other: GutterMarker) {
    if (!(other instanceof BreakMarker)) return false;
    const { set, column, condition, hits, draft } = other.mark;
    const { mark } = this;
    const sameWish = column === mark.column && condition === mark.condition && hits === mark.hits;
    return set === mark.set && sameWish && draft?.message === mark.draft?.message;
  }

  /** @override */
  toDOM() {
    const { set, column, condition, hits } = this.mark;
    const when = `${condition && ` if ${condition}`}${hits > 1 ? ` from hit ${hits}` : ''}`;
    const title = set
      ? `Breakpoint${column ? ` in column ${column}` : ''}: a task that comes here stops all workers${when}`
      : 'This breakpoint was refused: see the list of breakpoints';
    return make('span', { class: set ? 'break' : 'break refused', title, text: set ? '◆' : '◇' });
  }
}

/** Marks beside lines, which stay with their lines until the next ones come. */
function besideLines<Mark extends { line: number }>(marker: (mark: Mark) => GutterMarker) {
  const set: StateEffectType<Mark[]> = StateEffect.define();
  const field = StateField.define({
    create: () => RangeSet.empty as RangeSet<GutterMarker>,
    update(markers, transaction) {
      let next = markers.map(transaction.changes);
      for (const effect of transaction.effects) {
        if (!effect.is(set)) continue;
        const { doc } = transaction.state;
        const inside = effect.value.filter(({ line }) => line >= 1 && line <= doc.lines);
        inside.sort((a, b) => a.line - b.line);
        next = RangeSet.of(inside.map((mark) => marker(mark).range(doc.line(mark.line).from)));
      }
      return next;
    },
  });
  return { set, field };
}

/**
 * A line that is marked until another is, or none.
 *
 * @param name of the class
 * @param attribute that has what is said of it
 */
function markedLine(name: string, attribute: string) {
  const set: StateEffectType<(Pick<LineMark, 'line'> & Partial<LineMark>) | null> = StateEffect.define();
  const field = StateField.define({
    create: () => Decoration.none,
    update(marks, transaction) {
      let next = marks.map(transaction.changes);
      for (const effect of transaction.effects) {
        if (!effect.is(set)) continue;
        const { doc } = transaction.state;
        const { line = 0, note = '', isCause = false } = effect.value ?? {};
        const decoration = Decoration.line({
          class: isCause ? `${name} cause` : name,
          attributes: note ? { [attribute]: note } : {},
        });
        next =
          line >= 1 && line <= doc.lines
            ? Decoration.set(decoration.range(doc.line(line).from))
            : Decoration.none;
      }
      return next;
    },
    provide: (own) => EditorView.decorations.from(own),
  });
  return { set, field };
}

/** A passage that is marked until another is, or none. */
function markedPassage(name: string) {
  const set: StateEffectType<{ from: number; to: number } | null> = StateEffect.define();
  const field = StateField.define({
    create: () => Decoration.none,
    update(marks, transaction) {
      let next = marks.map(transaction.changes);
      for (const effect of transaction.effects) {
        if (!effect.is(set)) continue;
        const { value } = effect;
        const isInside = value !== null && value.to <= transaction.state.doc.length;
        next = isInside
          ? Decoration.set(Decoration.mark({ class: name }).range(value.from, value.to))
          : Decoration.none;
      }
      return next;
    },
    provide: (own) => EditorView.decorations.from(own),
  });
  return { set, field };
}

export const polls = besideLines((mark: PollMark) => new PollMarker(mark));
export const heat = besideLines((mark: HeatMark) => new HeatMarker(mark));
export const breaks = besideLines((mark: BreakMark) => new BreakMarker(mark));
export const late = markedLine('cm-late', 'data-note');
export const here = markedLine('cm-here', 'data-task');
/** The line that belongs to what the pointer is on elsewhere. */
export const linked = markedLine('cm-linked', 'data-note');
/** The statement before which the task stands, and the one that belongs to what the pointer is on. */
export const herePassage = markedPassage('cm-here-passage');
export const linkedPassage = markedPassage('cm-linked-passage');

/** The breakpoints where they are in the text now. */
export function breakpointsOf(state: EditorState): Mark[] {
  const found = [];
  for (const at = state.field(breaks.field).iter(); at.value; at.next()) {
    if (at.value instanceof BreakMarker)
      found.push({ ...at.value.mark, line: state.doc.lineAt(at.from).number });
  }
  return found;
}

/** The gutters right of the line numbers. */
export function evidenceGutters(): Extension {
  return [
    gutter({ class: 'cm-polls', markers: (view) => view.state.field(polls.field) }),
    gutter({ class: 'cm-heat', markers: (view) => view.state.field(heat.field) }),
  ];
}

export const marks: Extension = [
  polls.field,
  heat.field,
  breaks.field,
  late.field,
  here.field,
  linked.field,
  herePassage.field,
  linkedPassage.field,
];
