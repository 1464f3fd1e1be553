/**
 * Cancels pauses while the control worker is blocked in one, or before it has begun their commands.
 *
 * A word, `cancelled`, says up to which ticket the page cancelled (a command that is still under way
 * finds its ticket there), and the engine's own cancel flag and bells wake the pause that is being waited for.
 */
import type { Layout } from '../run/types.ts';

/** Above every ticket: cancels whatever comes until {@link Cancellation.admitAgain}. */
export const ALL_TICKETS = 0xffffffff;

export class Cancellation {
  /** For the control worker. */
  cancelled = new Uint32Array(new SharedArrayBuffer(4));
  #memory;
  #lastTicket = 0;
  /** where the engine hears of it, null while nothing runs */
  target: Layout['cancel'] | null = null;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** A ticket for a pause that is about to be asked for. */
  issue() {
    return ++this.#lastTicket;
  }

  /** Cancels every pause asked for so far, and one that the timer may be in. */
  cancelPending() {
    this.#cancelUpTo(this.#lastTicket);
  }

  /** Cancels those and all that follow. */
  close() {
    this.#cancelUpTo(ALL_TICKETS);
  }

  /** Ends what {@link close} began. */
  admitAgain() {
    Atomics.store(this.cancelled, 0, this.#lastTicket);
  }

  #cancelUpTo(ticket: number) {
    // In this order: see `admit` in the control worker.
    Atomics.store(this.cancelled, 0, ticket);
    if (this.target === null) return;
    const words = new Int32Array(this.#memory.buffer);
    Atomics.store(words, this.target.flag / 4, 1);
    for (const bell of this.target.bells) {
      Atomics.add(words, bell / 4, 1);
      Atomics.notify(words, bell / 4);
    }
  }
}
