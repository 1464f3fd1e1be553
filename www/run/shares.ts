/**
 * What one worker did, coarsely and for hours: which share of its time went to which state, in buckets
 * of several widths. Each width is a ring of as many buckets, so the memory is the same however long the
 * run is, and a picture of any span finds a width that fits its pixels.
 */

/** States that are counted: running, idle, safe, stopped, as `STATE` numbers them from 1. */
const COUNTED = 4;
const BUCKETS = 2048;
/** Microseconds. The widest keep nine hours. */
export const WIDTHS = Object.freeze([0, 1, 2, 3, 4, 5].map((n) => 16_000 * 4 ** n));
const FULL = 255;
/** A bucket that was in one state all the time, by state. */
const FILLED = Array.from({ length: COUNTED }, (_, state) => {
  const shares = new Uint8Array(COUNTED);
  shares[state] = FULL;
  return new Uint32Array(shares.buffer)[0];
});

class Level {
  width;
  closed = new Uint8Array(BUCKETS * COUNTED);
  /** The same, a bucket at a time. */
  whole;
  /** Microseconds in each state of the newest bucket. */
  open = new Float64Array(COUNTED);
  /** Number of the newest bucket, and of the first there ever was; -1 before. */
  newest = -1;
  begun = -1;

  /** @param width of a bucket, microseconds */
  constructor(width: number) {
    this.width = width;
    this.whole = new Uint32Array(this.closed.buffer);
  }

  /** Number of the oldest bucket that is kept. */
  get oldest() {
    return Math.max(this.begun, this.newest - BUCKETS + 1);
  }

  add(state: number, from: number, to: number) {
    const last = Math.floor(to / this.width);
    const first = Math.max(Math.floor(from / this.width), last - BUCKETS + 1);
    this.advance(first);
    const end = Math.min(to, (first + 1) * this.width);
    this.open[state - 1] += end - Math.max(from, first * this.width);
    if (last === first) return;
    if (last > first + 1) {
      this.advance(first + 1);
      this.fill(first + 1, last, FILLED[state - 1] ?? 0);
      this.newest = last - 1;
      this.open[state - 1] = this.width;
    }
    this.advance(last);
    this.open[state - 1] += to - last * this.width;
  }

  /** @param bucket the one that is written next */
  advance(bucket: number) {
    if (bucket <= this.newest) return;
    if (this.begun < 0) this.begun = bucket;
    else {
      const slot = (this.newest % BUCKETS) * COUNTED;
      // Rounded up: what has happened is not rounded away.
      for (let i = 0; i < COUNTED; i += 1)
        this.closed[slot + i] = Math.min(FULL, Math.ceil((this.open[i] / this.width) * FULL));
      this.fill(Math.max(this.newest + 1, bucket - BUCKETS), bucket, 0);
    }
    this.open.fill(0);
    this.newest = bucket;
  }

  /**
   * Says the same of many buckets at once: a stretch may be hours long.
   *
   * @param end behind the last, at most as many as there are
   */
  fill(from: number, end: number, value: number) {
    const [first, behind] = [from % BUCKETS, (from % BUCKETS) + (end - from)];
    this.whole.fill(value, first, Math.min(behind, BUCKETS));
    this.whole.fill(value, 0, Math.max(0, behind - BUCKETS));
  }

  /** @returns from 0 to 1 */
  share(bucket: number, state: number): number {
    if (bucket > this.newest || bucket < this.oldest) return 0;
    if (bucket === this.newest) return Math.min(1, this.open[state - 1] / this.width);
    return this.closed[(bucket % BUCKETS) * COUNTED + state - 1] / FULL;
  }
}

export class Shares {
  levels;

  constructor() {
    this.levels = WIDTHS.map((width) => new Level(width));
  }

  /** A worker was in a state for a while. Calls come in the order of time. */
  add(state: number, from: number, to: number) {
    if (state < 1 || state > COUNTED || to <= from) return;
    for (const level of this.levels) level.add(state, from, to);
  }

  /**
   * The narrowest buckets that are no narrower than wanted and still reach back.
   *
   * @param width wanted, microseconds
   * @param from instant that should be kept
   */
  level(width: number, from: number) {
    const fits = this.levels.find(
      (level) => level.width >= width && (level.oldest === level.begun || level.oldest * level.width <= from),
    );
    return fits ?? this.levels[this.levels.length - 1];
  }

  /** Bytes that it takes, whatever it holds. */
  get size() {
    return this.levels.reduce((sum, level) => sum + level.closed.byteLength + level.open.byteLength, 0);
  }
}
