/**
 * Where the lines of the program are in the editor's text. A program is made of the text as it was a moment
 * ago, and stays when no program can be made of what the text has become: until the next one, its lines are
 * those of the former text, wherever they have moved. Lines count from 1.
 */
import { TextVersion } from './text-version.js';

/** @typedef {import('@codemirror/state').Text} Text */

export class ProgramLines {
  /** What the program was made of. @type {TextVersion | null} */
  #program = null;
  /** What the next programs may come of, oldest first. @type {TextVersion[]} */
  #handedOver = [];
  /** All that follow the text. @type {Set<TextVersion>} */
  #versions = new Set();

  /** @param {Text} text of the editor */
  constructor(text) {
    this.text = text;
  }

  /**
   * @param {import('@codemirror/state').ChangeDesc} changes
   * @param {Text} text what they have made of the editor's
   */
  follow(changes, text) {
    this.text = text;
    for (const version of this.#versions) version.follow(changes, text);
  }

  /** Another text has taken the place of the former one, which the program has come of. */
  forget() {
    this.#program = null;
    this.#handedOver = [];
    this.#versions.clear();
  }

  /** A program is being made of the text as it is now. */
  handOver() {
    if (this.#handedOver.at(-1)?.then !== this.text) this.#handedOver.push(this.#version());
  }

  /** Nothing will come any more of what was handed over. */
  settle() {
    for (const version of this.#handedOver.splice(0)) this.#versions.delete(version);
  }

  /**
   * Lines are those of another program from now on, if it has come of this text.
   *
   * @param {string} source
   * @returns {boolean} whether it has
   */
  take(source) {
    const is = (/** @type {TextVersion | null} */ version) => version?.then.toString() === source;
    const at = this.#handedOver.findLastIndex(is);
    if (at < 0 && is(this.#program)) return true;
    if (at < 0 && this.text.toString() !== source) return false;
    const found = this.#handedOver[at] ?? this.#version();
    for (const version of [this.#program, ...this.#handedOver.splice(0, at + 1)])
      if (version && version !== found) this.#versions.delete(version);
    this.#program = found;
    return true;
  }

  /**
   * Where a line of the program stands.
   *
   * @param {number} line
   * @returns {number | null} null when it is not in the text
   */
  toText(line) {
    return this.#program?.lineNow(line) ?? null;
  }

  /** The line of the text that stands there now, or where it was. @param {number} line of the program */
  nearest(line) {
    return this.#program?.place(line) ?? line;
  }

  /**
   * The line of the program that a line of the text is, or stands before.
   *
   * @param {number} line of the text
   */
  toProgram(line) {
    return this.#program?.lineThen(line) ?? line;
  }

  /**
   * Follows a line until the text that it is in has been read.
   *
   * @param {number} line of the text as it is now
   * @returns {() => number | null} to be asked once: its line of the program then; null when it is gone
   */
  toProgramThen(line) {
    const version = this.#version();
    return () => {
      const now = this.#versions.delete(version) ? version.lineNow(line) : null;
      return now === null ? null : this.toProgram(now);
    };
  }

  #version() {
    const version = new TextVersion(this.text);
    this.#versions.add(version);
    return version;
  }
}
