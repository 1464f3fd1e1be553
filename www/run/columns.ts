/**
 * The pauses of a run as columns, for charts over time: a ring, the oldest are forgotten.
 */
import type { Pause, Reason } from './types.ts';

export const REASONS: Reason[] = ['gc', 'snapshot', 'debug'];

export class PauseColumns {
  capacity;
  /** Pauses ever added. */
  written = 0;
  id;
  at;
  ttsp;
  reason;
  /** Bytes in the heap, of collections; NaN of other pauses. */
  before;
  after;

  /** @param capacity pauses that are kept */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.id = new Float64Array(capacity);
    this.at = new Float64Array(capacity);
    this.ttsp = new Float64Array(capacity);
    this.reason = new Uint8Array(capacity);
    this.before = new Float64Array(capacity).fill(NaN);
    this.after = new Float64Array(capacity).fill(NaN);
  }

  /** Number of the oldest row that is kept. */
  get first() {
    return Math.max(0, this.written - this.capacity);
  }

  add(pause: Pause) {
    const slot = this.written % this.capacity;
    this.id[slot] = pause.id;
    this.at[slot] = pause.at;
    this.ttsp[slot] = pause.ttsp;
    this.reason[slot] = REASONS.indexOf(pause.reason);
    this.written += 1;
    this.complete(pause);
  }

  /** What the newest pause has done is known. */
  complete({ id, outcome }: Pause) {
    const slot = (this.written - 1) % this.capacity;
    if (this.written === 0 || this.id[slot] !== id) return;
    this.before[slot] = outcome?.kind === 'gc' ? outcome.before : NaN;
    this.after[slot] = outcome?.kind === 'gc' ? outcome.after : NaN;
  }
}
