/**
 * Cancels pauses while the control worker is blocked in one, or has their commands still before it.
 *
 * Two words: `cancelled` says up to which ticket the page cancelled (a command that is still under way
 * finds its ticket there), and the engine's own cancel word wakes the pause that is being waited for.
 */

/** Above every ticket: cancels whatever comes until {@link Cancellation.admitAgain}. */
export const ALL_TICKETS = 0xffffffff;

export class Cancellation {
  /** For the control worker. */
  cancelled = new Uint32Array(new SharedArrayBuffer(4));
  #memory;
  #lastTicket = 0;
  /** Address of the engine's cancel word, null while there is none. */
  address = /** @type {number | null} */ (null);

  /** @param {WebAssembly.Memory} memory */
  constructor(memory) {
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

  /** @param {number} ticket */
  #cancelUpTo(ticket) {
    // In this order: see `admit` in the control worker.
    Atomics.store(this.cancelled, 0, ticket);
    if (this.address === null) return;
    const word = new Int32Array(this.#memory.buffer, this.address, 1);
    Atomics.store(word, 0, 1);
    Atomics.notify(word, 0);
  }
}
