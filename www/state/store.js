/** One place for what the page shows. Views subscribe to the keys they draw; no other part holds state. */

/**
 * @template {object} State
 */
export class Store {
  /** @param {State} initial */
  constructor(initial) {
    this.state = initial;
    /** @type {{ keys: (keyof State)[], changed: (state: State) => void }[]} */
    this.subscribers = [];
    /** @type {Set<keyof State>} */
    this.pending = new Set();
    this.telling = false;
  }

  /**
   * Calls back now and whenever one of the keys has another value.
   *
   * @param {(keyof State)[]} keys
   * @param {(state: State) => void} changed
   */
  watch(keys, changed) {
    this.subscribers.push({ keys, changed });
    changed(this.state);
  }

  /** What one of them throws is no business of the others. @param {{ changed: (state: State) => void }} subscriber */
  tell({ changed }) {
    try {
      changed(this.state);
    } catch (thrown) {
      reportError(thrown);
    }
  }

  /** @param {Partial<State>} patch */
  set(patch) {
    for (const key of /** @type {(keyof State)[]} */ (Object.keys(patch))) {
      if (Object.is(this.state[key], patch[key])) continue;
      this.state[key] = /** @type {State[keyof State]} */ (patch[key]);
      this.pending.add(key);
    }
    if (this.telling) return;
    this.telling = true;
    try {
      // A subscriber may itself change something: its subscribers are told after this round.
      while (this.pending.size > 0) {
        const changed = this.pending;
        this.pending = new Set();
        for (const subscriber of this.subscribers) {
          if (subscriber.keys.some((key) => changed.has(key))) this.tell(subscriber);
        }
      }
    } finally {
      this.telling = false;
    }
  }
}
