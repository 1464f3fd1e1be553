/** Durations counted in buckets of equal ratio, so that microseconds and seconds fit one chart. */

/** Buckets for each factor of ten. */
const PER_DECADE = 8;
/** From 1 microsecond to 100 seconds. */
const DECADES = 8;

export class Histogram {
  counts = new Uint32Array(PER_DECADE * DECADES);
  total = 0;

  /** @param us duration in microseconds; below 1 it counts as 1 */
  add(us: number) {
    this.counts[bucketOf(us)] += 1;
    this.total += 1;
  }

  /** @returns the buckets that hold something, null when none does */
  range(): { first: number; last: number } | null {
    const first = this.counts.findIndex((n) => n > 0);
    if (first < 0) return null;
    let last = first;
    this.counts.forEach((n, i) => {
      if (n > 0) last = i;
    });
    return { first, last };
  }
}

/** @returns index of the bucket */
export function bucketOf(us: number): number {
  const index = Math.floor(Math.log10(Math.max(1, us)) * PER_DECADE + 1e-9);
  return Math.min(index, PER_DECADE * DECADES - 1);
}

/** @returns the least duration that falls in it, in microseconds */
export function bucketStart(bucket: number): number {
  return 10 ** (bucket / PER_DECADE);
}
