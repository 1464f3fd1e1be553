/** A text as it was at one time, and where its lines are in what has become of it. Lines count from 1. */
import { ChangeSet } from '@codemirror/state';
import type { ChangeDesc, Text } from '@codemirror/state';
import type { Passage } from '../run/types.ts';
import type { TextPlace } from '../run/passages.ts';

export class TextVersion {
  then;
  now;
  /** From one to the other. */
  changes: ChangeDesc;

  /** @param text as it is now */
  constructor(text: Text) {
    this.then = text;
    this.now = text;
    this.changes = ChangeSet.empty(text.length);
  }

  /**
   * @param changes of the text as it was last
   * @param text what they have made of it
   */
  follow(changes: ChangeDesc, text: Text) {
    this.changes = this.changes.composeDesc(changes);
    this.now = text;
  }

  /**
   * Where a line of this version stands now.
   *
   * @returns null when it was deleted
   */
  lineNow(line: number): number | null {
    if (line < 1 || line > this.then.lines) return null;
    const { from, to } = this.then.line(line);
    // What is put in front of a line's first character moves it; what is put behind its end does not.
    const begin = this.changes.mapPos(from, 1);
    if (line < this.then.lines && this.changes.mapPos(to + 1, 1) <= begin) return null;
    return this.now.lineAt(begin).number;
  }

  /**
   * Where a passage of this version stands now, as offsets.
   *
   * @returns null when it was deleted
   */
  passageNow([line, column, endLine, endColumn]: Passage): { from: number; to: number } | null {
    const from = this.changes.mapPos(offsetOf(this.then, line, column), 1);
    const to = this.changes.mapPos(offsetOf(this.then, endLine, endColumn), -1);
    return from < to ? { from, to } : null;
  }

  /** The place of this version that stands at an offset now, or stood. */
  placeThen(offset: number): TextPlace {
    const then = this.changes.invertedDesc.mapPos(offset, 1);
    const { number, from, text } = this.then.lineAt(then);
    return { line: number, column: [...text.slice(0, then - from)].length + 1 };
  }

  /** The line that stands where a line of this version stands now, or stood. */
  place(line: number) {
    const { from } = this.then.line(Math.min(Math.max(line, 1), this.then.lines));
    return this.now.lineAt(this.changes.mapPos(from, 1)).number;
  }

  /** Which line of this version a line is that stands there now, or stands before. */
  lineThen(line: number) {
    const { from } = this.now.line(Math.min(Math.max(line, 1), this.now.lines));
    return this.then.lineAt(this.changes.invertedDesc.mapPos(from, 1)).number;
  }
}

/** @param column from 1, in characters */
function offsetOf(text: Text, line: number, column: number) {
  const { from, text: characters } = text.line(Math.min(Math.max(line, 1), text.lines));
  return from + [...characters].slice(0, Math.max(0, column - 1)).join('').length;
}
