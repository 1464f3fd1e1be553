/**
 * Things that the browser keeps for all tabs of the page, each under a key of its own: two tabs that add and remove
 * at the same time never overwrite each other, and no tab has to hear of the other first.
 */

import { forget, keepText, keysOf, recallText } from './storage.ts';
import type { Check } from '../run/checks.ts';
import type { Storing } from './storage.ts';

export class Shelf<Value> {
  #storage;
  #prefix;
  #check;
  #most;
  /** What the storage does not take; it then lasts until the page is left. */
  #here: Map<string, string> = new Map();
  #last = 0;

  /**
   * @param storage null where it is switched off
   * @param name of what is kept
   * @param check throws at what is no such thing
   * @param most of them; the oldest goes
   */
  constructor(storage: Storing | null, name: string, check: Check<Value>, most: number = Infinity) {
    this.#storage = storage;
    this.#prefix = `safepoint-lab.${name}:`;
    this.#check = check;
    this.#most = most;
  }

  /** What is kept, oldest first. */
  get all(): Value[] {
    return this.#entries().map(({ value }) => value);
  }

  /**
   * @param id whose value it takes the place of
   * @returns whether it outlasts the page
   */
  add(value: Value, id: string = crypto.randomUUID()): boolean {
    this.#last = Math.max(Date.now(), this.#last + 1);
    const text = JSON.stringify({ at: this.#last, value });
    const key = this.#prefix + id;
    const isKept = keepText(this.#storage, key, text);
    if (isKept) this.#here.delete(key);
    else this.#here.set(key, text);
    const entries = this.#entries();
    for (const old of entries.slice(0, Math.max(0, entries.length - this.#most))) this.#forget(old.key);
    return isKept;
  }

  remove(which: (value: Value, id: string) => boolean) {
    for (const { key, value } of this.#entries())
      if (which(value, key.slice(this.#prefix.length))) this.#forget(key);
  }

  /** Takes over what an older page has kept as one list. */
  adopt(key: string, idOf?: (value: Value) => string) {
    try {
      const list = JSON.parse(recallText(this.#storage, key) ?? '[]');
      for (const value of Array.isArray(list) ? list.reverse() : []) {
        const checked = this.#check(value, '');
        this.add(checked, idOf?.(checked));
      }
      forget(this.#storage, key);
    } catch {
      // Nothing that could be read.
    }
  }

  /**
   * Hears when another tab has changed something.
   *
   * @param changed null for anything
   */
  watch(changed: (id: string | null) => void) {
    addEventListener('storage', ({ key }) => {
      if (key === null) changed(null);
      else if (key.startsWith(this.#prefix)) changed(key.slice(this.#prefix.length));
    });
  }

  #forget(key: string) {
    this.#here.delete(key);
    forget(this.#storage, key);
  }

  /** @returns oldest first */
  #entries(): { key: string; at: number; value: Value }[] {
    const texts: Map<string, string | null> = new Map(this.#here);
    for (const key of keysOf(this.#storage))
      if (key.startsWith(this.#prefix) && !texts.has(key)) texts.set(key, recallText(this.#storage, key));
    return [...texts]
      .flatMap(([key, text]) => {
        try {
          const { at, value } = JSON.parse(text ?? '');
          return [{ key, at: Number(at) || 0, value: this.#check(value, '') }];
        } catch {
          return []; // whatever it is, other code has written it
        }
      })
      .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
  }
}
