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
  }
}
