/**
 * The pauses of a run as columns, for charts over time: a ring, the oldest are forgotten.
 */

/** @type {import('../engine/types.js').Reason[]} */
export const REASONS = ['gc', 'snapshot', 'debug'];

export class PauseColumns {
  /** @param {number} capacity pauses that are kept */
  constructor(capacity) {
    this.capacity = capacity;
    /** Pauses ever added. */
    this.written = 0;
    this.id = new Float64Array(capacity);
    this.at = new Float64Array(capacity);
    this.ttsp = new Float64Array(capacity);
    this.reason = new Uint8Array(capacity);
    /** Bytes in the heap, of collections; NaN of other pauses. */
    this.before = new Float64Array(capacity).fill(NaN);
    this.after = new Float64Array(capacity).fill(NaN);
  }

  /** Number of the oldest row that is kept. */
  get first() {
    return Math.max(0, this.written - this.capacity);
  }

  /** @param {import('../engine/types.js').Pause} pause */
  add(pause) {
    const slot = this.written % this.capacity;
    this.id[slot] = pause.id;
    this.at[slot] = pause.at;
    this.ttsp[slot] = pause.ttsp;
    this.reason[slot] = REASONS.indexOf(pause.reason);
    this.written += 1;
    this.complete(pause);
  }

  /** What the newest pause has done is known. @param {import('../engine/types.js').Pause} pause */
  complete({ id, outcome }) {
    const slot = (this.written - 1) % this.capacity;
    if (this.written === 0 || this.id[slot] !== id) return;
    this.before[slot] = outcome?.kind === 'gc' ? outcome.before : NaN;
    this.after[slot] = outcome?.kind === 'gc' ? outcome.after : NaN;
  }
}
