/** A text as it was at one time, and where its lines are in what has become of it. Lines count from 1. */
import { ChangeSet } from '@codemirror/state';

/** @typedef {import('@codemirror/state').Text} Text */
/** @typedef {import('@codemirror/state').ChangeDesc} ChangeDesc */

export class TextVersion {
  /** @param {Text} text as it is now */
  constructor(text) {
    this.then = text;
    this.now = text;
    /** From one to the other. @type {ChangeDesc} */
    this.changes = ChangeSet.empty(text.length);
  }

  /**
   * @param {ChangeDesc} changes of the text as it was last
   * @param {Text} text what they have made of it
   */
  follow(changes, text) {
    this.changes = this.changes.composeDesc(changes);
    this.now = text;
  }

  /**
   * Where a line of this version stands now.
   *
   * @param {number} line
   * @returns {number | null} null when it was deleted
   */
  lineNow(line) {
    if (line < 1 || line > this.then.lines) return null;
    const { from, to } = this.then.line(line);
    // What is put in front of a line's first character moves it; what is put behind its end does not.
    const begin = this.changes.mapPos(from, 1);
    if (line < this.then.lines && this.changes.mapPos(to + 1, 1) <= begin) return null;
    return this.now.lineAt(begin).number;
  }

  /** The line that stands where a line of this version stands now, or stood. @param {number} line */
  place(line) {
    const { from } = this.then.line(Math.min(Math.max(line, 1), this.then.lines));
    return this.now.lineAt(this.changes.mapPos(from, 1)).number;
  }

  /**
   * Which line of this version a line is that stands there now, or stands before.
   *
   * @param {number} line
   */
  lineThen(line) {
    const { from } = this.now.line(Math.min(Math.max(line, 1), this.now.lines));
    return this.then.lineAt(this.changes.invertedDesc.mapPos(from, 1)).number;
  }
}
