/** One place for what the page shows: an object whose properties are signals. No other part holds state. */
import { batch, signal, untracked } from '@preact/signals-core';
import { tracked } from '../draw/tracked.ts';
import type { Signal } from '@preact/signals-core';

export class Store<State extends object> {
  /** A watcher or a drawing that reads a property hears when it has another value. */
  readonly state: State;
  /** Each value in a box of its own: a value that was changed inside gets a new box. */
  #signals: Map<keyof State, Signal<{ value: unknown }>> = new Map();
  #watchers: (() => void)[] = [];
  /** Watchers that are out of date. */
  #stale: Set<() => void> = new Set();
  #isTelling = false;

  constructor(initial: State) {
    const state = {};
    for (const [key, value] of Object.entries(initial)) {
      const box = signal<{ value: unknown }>({ value });
      this.#signals.set(key as keyof State, box);
      Object.defineProperty(state, key, { get: () => box.value.value, enumerable: true });
    }
    this.state = state as State;
  }

  /** Calls back now and whenever something that it read has another value. */
  watch(changed: (state: State) => void) {
    const watcher = tracked(
      () => changed(this.state),
      () => {
        // In a drawing that sets something, the rest of it comes first.
        if (this.#stale.size === 0) queueMicrotask(() => this.#tell());
        this.#stale.add(watcher);
      },
    );
    this.#watchers.push(watcher);
    watcher();
  }

  /** Calls back now and whenever one of these has another value, whatever else it reads. */
  on(keys: (keyof State)[], changed: (state: State) => void) {
    this.watch((state) => {
      for (const key of keys) void state[key];
      untracked(() => changed(state));
    });
  }

  /**
   * Sets properties, then tells those who have read them.
   *
   * @param changed properties that were changed inside
   */
  set(patch: Partial<State>, ...changed: (keyof State)[]) {
    batch(() => {
      for (const key of Object.keys(patch) as (keyof State)[]) {
        const box = this.#signals.get(key);
        if (box && !Object.is(box.peek().value, patch[key])) box.value = { value: patch[key] };
      }
      for (const key of changed) {
        const box = this.#signals.get(key);
        if (box) box.value = { ...box.peek() };
      }
    });
    this.#tell();
  }

  /** In rounds, and in each in the order in which they came: a watcher that sets something has its turn first. */
  #tell() {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      while (this.#stale.size > 0) {
        const stale = this.#stale;
        this.#stale = new Set();
        // One that is out of date is not told again before its turn: it then reads what was set meanwhile.
        for (const watcher of this.#watchers) if (stale.has(watcher)) watcher();
      }
    } finally {
      this.#isTelling = false;
    }
  }
}
