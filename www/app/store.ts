/** One place for what the page shows. Views subscribe to the keys they draw; no other part holds state. */

export class Store<State extends object> {
  state;
  subscribers: { keys: (keyof State)[]; changed: (state: State) => void }[] = [];
  pending: Set<keyof State> = new Set();
  telling = false;

  constructor(initial: State) {
    this.state = initial;
  }

  /** Calls back now and whenever one of the keys has another value. */
  watch(keys: (keyof State)[], changed: (state: State) => void) {
    this.subscribers.push({ keys, changed });
    changed(this.state);
  }

  /** What one of them throws is no business of the others. */
  tell({ changed }: { changed: (state: State) => void }) {
    try {
      changed(this.state);
    } catch (thrown) {
      reportError(thrown);
    }
  }

  set(patch: Partial<State>) {
    for (const key of Object.keys(patch) as (keyof State)[]) {
      if (Object.is(this.state[key], patch[key])) continue;
      this.state[key] = patch[key] as State[keyof State];
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
