/**
 * Where the lines of a program are in the editor's text. A program is made from the text as it was a moment ago,
 * and stays while the edited text has errors; the program that runs may be from an older text. The lines of a
 * program are those of its text, wherever they have moved since. Lines count from 1.
 */
import { TextVersion } from './text-version.js';

/** @typedef {import('@codemirror/state').Text} Text */
/** @typedef {'loaded' | 'ran'} Which the program that is loaded, or the one that runs or ran last */

export class ProgramLines {
  /** What they were made of. @type {Record<Which, TextVersion | null>} */
  #of = { loaded: null, ran: null };
  /** What the next programs may be made of, oldest first. @type {TextVersion[]} */
  #handedOver = [];
  /** In which a line is followed. @type {Set<TextVersion>} */
  #pressed = new Set();

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
    const { loaded, ran } = this.#of;
    for (const version of new Set([loaded, ran, ...this.#handedOver, ...this.#pressed]))
      version?.follow(changes, text);
  }

  /** Another text takes the place of this one: nothing of it is in the editor any more. */
  forget() {
    this.#of = { loaded: null, ran: null };
    this.#handedOver = [];
    this.#pressed.clear();
  }

  /** A program is being made of the text as it is now. */
  handOver() {
    if (this.#handedOver.at(-1)?.then !== this.text) this.#handedOver.push(new TextVersion(this.text));
  }

  /** Nothing will come any more of what was handed over. */
  settle() {
    this.#handedOver = [];
  }

  /**
   * A program takes the place of the one before, if it was made of this text.
   *
   * @param {Which} which
   * @param {string} source
   * @returns {boolean} whether it was
   */
  take(which, source) {
    const is = (/** @type {TextVersion | null} */ version) => version?.then.toString() === source;
    const at = this.#handedOver.findLastIndex(is);
    const here = () => (this.text.toString() === source ? new TextVersion(this.text) : null);
    const found = this.#handedOver[at] ?? [this.#of.loaded, this.#of[which]].find(is) ?? here();
    this.#of[which] = found;
    if (which === 'loaded') this.#handedOver.splice(0, at + 1);
    return found !== null;
  }

  /**
   * Where a line of a program stands.
   *
   * @param {Which} which
   * @param {number} line
   * @returns {number | null} null when it is not in the text
   */
  toText(which, line) {
    return this.#of[which]?.lineNow(line) ?? null;
  }

  /**
   * The line of the text that stands where a line of a program stands, or stood.
   *
   * @param {Which} which
   * @param {number} line
   */
  nearest(which, line) {
    return this.#of[which]?.place(line) ?? line;
  }

  /**
   * The line of the loaded program that a line of the text is, or stands before.
   *
   * @param {number} line of the text
   */
  toProgram(line) {
    return this.#of.loaded?.lineThen(line) ?? line;
  }

  /**
   * Follows a line until the text that it is in has been read.
   *
   * @param {number} line of the text as it is now
   * @returns {() => number | null} to be asked once: its line of the program then; null when it is gone
   */
  toProgramThen(line) {
    const version = new TextVersion(this.text);
    this.#pressed.add(version);
    return () => {
      const now = this.#pressed.delete(version) ? version.lineNow(line) : null;
      return now === null ? null : this.toProgram(now);
    };
  }
}
