/** What the program printed. Bounded: beyond the limit the beginning is forgotten and counted. */
import { signal } from '@preact/signals-core';

export class Output {
  limit;
  #text = signal('');
  /** Characters that were forgotten. */
  dropped = 0;

  /** @param limit characters that are kept */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** A signal, as the properties of the store are. */
  get text() {
    return this.#text.value;
  }

  add(text: string) {
    const all = this.#text.peek() + text;
    if (all.length > this.limit) {
      // At a line end, so that the first line shown is a whole one.
      const cut = all.indexOf('\n', all.length - this.limit) + 1 || all.length - this.limit;
      this.dropped += cut;
      this.#text.value = all.slice(cut);
    } else this.#text.value = all;
  }

  clear() {
    this.dropped = 0;
    this.#text.value = '';
  }
}
