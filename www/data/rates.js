/** How fast each worker executes: instructions per second, over the last half second. */

/** Between two samples, milliseconds: shorter ones would flicker. */
const EVERY = 500;

export class Rates {
  /** @param {() => number} [local] milliseconds */
  constructor(local = () => performance.now()) {
    this.local = local;
    this.taken = -Infinity;
    /** @type {number[]} */
    this.counts = [];
    /** Instructions per second, by worker; empty until there are two samples. @type {number[]} */
    this.perSecond = [];
  }

  /**
   * Takes a sample when it is time for one.
   *
   * @param {() => number[]} counts instructions that each worker has executed so far
   */
  sample(counts) {
    const now = this.local();
    if (now - this.taken < EVERY) return;
    const fresh = counts();
    const seconds = (now - this.taken) / 1000;
    const same = fresh.length === this.counts.length && Number.isFinite(seconds);
    // A count that went back belongs to another run.
    this.perSecond = same ? fresh.map((n, i) => Math.max(0, n - this.counts[i]) / seconds) : [];
    this.counts = fresh;
    this.taken = now;
  }

  /** The world stands still, or another run begins. */
  reset() {
    this.taken = -Infinity;
    this.counts = [];
    this.perSecond = [];
  }
}
