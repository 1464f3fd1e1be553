/**
 * When each worker ran its first instruction after a pause. A worker's `resumed` does not say after which
 * pause: it is the one at which it arrived last. A worker in a safe region runs on when it leaves that.
 * Bounded: the oldest pauses are forgotten.
 */

/** @typedef {import('../engine/types.js').RunEvent} RunEvent */

export class Resumptions {
  /**
   * @param {number} workers
   * @param {number} kept pauses
   */
  constructor(workers, kept) {
    this.workers = workers;
    this.kept = kept;
    /** Noted so far, over all pauses. */
    this.count = 0;
    /** The pause at which each worker stands, 0 for none. */
    this.at = new Float64Array(workers);
    /** By pause, then by worker; NaN where it is not known. @type {Map<number, Float64Array>} */
    this.rows = new Map();
    /** Pauses that found a worker in a safe region which it has not left yet. @type {{ pause: number, released: number }[][]} */
    this.asleep = Array.from({ length: workers }, () => []);
  }

  /** @param {RunEvent} event of a worker */
  event({ worker, kind, pause, time }) {
    if (worker >= this.workers) return;
    if (kind === 'arrived') this.at[worker] = pause;
    else if (kind === 'resumed' || kind === 'safe-leave') {
      if (this.at[worker] > 0) this.note(this.at[worker], worker, time);
      this.at[worker] = 0;
      // A region that was left before the pause was over was another one.
      this.asleep[worker] = this.asleep[worker].filter((slept) => {
        if (slept.released > time) return true;
        this.note(slept.pause, worker, time);
        return false;
      });
    }
  }

  /**
   * A pause is over, and found these workers in safe regions.
   *
   * @param {number} pause
   * @param {number} released when they were free to go
   * @param {{ worker: number, since: number | null }[]} sleepers with the instant at which each ran again
   *   since then, null for those that have not yet
   */
  over(pause, released, sleepers) {
    for (const { worker, since } of sleepers) {
      if (since !== null) this.note(pause, worker, Math.max(since, released));
      else {
        this.asleep[worker].push({ pause, released });
        if (this.asleep[worker].length > this.kept) this.asleep[worker].shift();
      }
    }
  }

  /**
   * @param {number} pause
   * @param {number} worker
   * @param {number} time
   */
  note(pause, worker, time) {
    let row = this.rows.get(pause);
    if (!row) {
      row = new Float64Array(this.workers).fill(NaN);
      this.rows.set(pause, row);
      if (this.rows.size > this.kept + 16) this.rows.delete(this.rows.keys().next().value ?? 0);
    }
    row[worker] = time;
    this.count += 1;
  }

  /** @param {number} oldest pause that is still kept elsewhere */
  forgetBefore(oldest) {
    for (const id of this.rows.keys()) {
      if (id >= oldest) break;
      this.rows.delete(id);
    }
  }
}
