/**
 * When each worker ran its first instruction after a pause. A worker in a safe region runs on when it leaves that.
 * Bounded: the oldest pauses are forgotten.
 */
export class Resumptions {
  workers;
  kept;
  /** Noted so far, over all pauses. */
  count = 0;
  /** By pause, then by worker; NaN where it is not known. */
  rows: Map<number, Float64Array> = new Map();
  /** Pauses that found a worker in a safe region which it has not left yet. */
  asleep: { pause: number; released: number }[][];

  /** @param kept pauses */
  constructor(workers: number, kept: number) {
    this.workers = workers;
    this.kept = kept;
    this.asleep = Array.from({ length: workers }, () => []);
  }

  /** @param pause at which the worker stood before it ran on, 0 for none */
  ran(worker: number, pause: number, time: number) {
    if (pause > 0) this.note(pause, worker, time);
    // A region that was left before the pause was over was another one.
    this.asleep[worker] = this.asleep[worker].filter((slept) => {
      if (slept.released > time) return true;
      this.note(slept.pause, worker, time);
      return false;
    });
  }

  /**
   * A pause is over, and found these workers in safe regions.
   *
   * @param released when they were free to go
   * @param sleepers with the instant at which each ran again
   * since then, null for those that have not yet
   */
  over(pause: number, released: number, sleepers: { worker: number; since: number | null }[]) {
    for (const { worker, since } of sleepers) {
      if (since !== null) this.note(pause, worker, Math.max(since, released));
      else {
        this.asleep[worker].push({ pause, released });
        if (this.asleep[worker].length > this.kept) this.asleep[worker].shift();
      }
    }
  }

  note(pause: number, worker: number, time: number) {
    let row = this.rows.get(pause);
    if (!row) {
      row = new Float64Array(this.workers).fill(NaN);
      this.rows.set(pause, row);
      if (this.rows.size > this.kept + 16) this.rows.delete(this.rows.keys().next().value ?? 0);
    }
    row[worker] = time;
    this.count += 1;
  }

  /** @param oldest pause that is still kept elsewhere */
  forgetBefore(oldest: number) {
    for (const id of this.rows.keys()) {
      if (id >= oldest) break;
      this.rows.delete(id);
    }
  }
}
