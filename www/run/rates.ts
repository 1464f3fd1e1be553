/** How fast each worker executes: instructions per second, over the last half second or since it last told. */

/** Between two samples, milliseconds: shorter ones would flicker. */
const EVERY = 500;
/** A worker that runs and has told nothing for so long does not poll, milliseconds. */
const SILENT = 1000;

export class Rates {
  local;
  taken = -Infinity;
  counts: number[] = [];
  /** When each count was seen to be another one. */
  told: number[] = [];
  /** Instructions per second, by worker; NaN where not known; empty until there are two samples. */
  perSecond: number[] = [];

  /** @param local milliseconds */
  constructor(local: () => number = () => performance.now()) {
    this.local = local;
  }

  /**
   * Takes a sample when it is time for one.
   *
   * @param counts instructions that each worker has executed so far
   * @param runs whether a worker executes at all
   */
  sample(counts: () => number[], runs: (worker: number) => boolean = () => true) {
    const now = this.local();
    if (now - this.taken < EVERY) return;
    const fresh = counts();
    if (fresh.length !== this.counts.length || !Number.isFinite(this.taken)) {
      this.told = fresh.map(() => now);
      this.perSecond = [];
    } else {
      this.perSecond = fresh.map((n, i) => {
        const since = (now - this.told[i]) / 1000;
        const before = this.counts[i];
        // A count that went back belongs to another run.
        if (n === before && runs(i)) return since * 1000 < SILENT ? (this.perSecond[i] ?? 0) : NaN;
        this.told[i] = now;
        return Math.max(0, n - before) / since;
      });
    }
    this.counts = fresh;
    this.taken = now;
  }

  /** Workers that run and have told nothing of what they execute. */
  get silent() {
    return this.perSecond.reduce((sum, rate) => sum + (Number.isNaN(rate) ? 1 : 0), 0);
  }

  /** The world stands still, or another run begins. */
  reset() {
    this.taken = -Infinity;
    this.counts = [];
    this.told = [];
    this.perSecond = [];
  }
}
