/**
 * Where the lines of a program are in the editor's text. A program is made from the text as it was a moment ago,
 * and stays while the edited text has errors; the program that runs may be from an older text. The lines of a
 * program are those of its text, wherever they have moved since. Lines count from 1.
 */
import { TextVersion } from './text-version.ts';
import type { ChangeDesc, Text } from '@codemirror/state';
import type { Passage } from '../run/types.ts';
import type { TextPlace } from '../run/passages.ts';

/** the program that is loaded, or the one that runs or ran last */
export type Which = 'loaded' | 'ran';

export class ProgramLines {
  text;

  /** What they were made of. */
  #of: Record<Which, TextVersion | null> = { loaded: null, ran: null };
  /** What the next programs may be made of, oldest first. */
  #handedOver: TextVersion[] = [];
  /** In which a line is followed. */
  #pressed: Set<TextVersion> = new Set();

  /** @param text of the editor */
  constructor(text: Text) {
    this.text = text;
  }

  /** @param text what they have made of the editor's */
  follow(changes: ChangeDesc, text: Text) {
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
   * @returns whether it was
   */
  take(which: Which, source: string): boolean {
    const is = (version: TextVersion | null) => version?.then.toString() === source;
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
   * @returns null when it is not in the text
   */
  toText(which: Which, line: number): number | null {
    return this.#of[which]?.lineNow(line) ?? null;
  }

  /**
   * Where a passage of a program stands, as offsets.
   *
   * @returns null when it is not in the text
   */
  toPassage(which: Which, passage: Passage): { from: number; to: number } | null {
    return this.#of[which]?.passageNow(passage) ?? null;
  }

  /**
   * The place of the loaded program that an offset of the text is, or stands before.
   *
   * @param offset of the text as it is now
   */
  placeOf(offset: number): TextPlace {
    const { loaded } = this.#of;
    return loaded?.placeThen(offset) ?? { line: this.text.lineAt(offset).number, column: null };
  }

  /** The line of the text that stands where a line of a program stands, or stood. */
  nearest(which: Which, line: number) {
    return this.#of[which]?.place(line) ?? line;
  }

  /**
   * The line of the loaded program that a line of the text is, or stands before.
   *
   * @param line of the text
   */
  toProgram(line: number) {
    return this.#of.loaded?.lineThen(line) ?? line;
  }

  /**
   * Follows a line until the text that it is in has been read.
   *
   * @param line of the text as it is now
   * @returns to be asked once: its line of the program then; null when it is gone
   */
  toProgramThen(line: number): () => number | null {
    const version = new TextVersion(this.text);
    this.#pressed.add(version);
    return () => {
      const now = this.#pressed.delete(version) ? version.lineNow(line) : null;
      return now === null ? null : this.toProgram(now);
    };
  }
}
