/** A text as it was at one time, and where its lines are in what has become of it. Lines count from 1. */
import { ChangeSet } from '@codemirror/state';
import type { ChangeDesc, Text } from '@codemirror/state';

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
