/**
 * How long requests waited until all workers had stopped, each from when it was due. Pauses that come by themselves are due
 * in equal steps; while one waits for a worker the next are not even made, and a count of only those that were made
 * finds the worst policy the best (Tene, "How not to measure latency"). A request that was given up would have waited
 * at least as long as it did.
 */
import type { Pause } from './types.ts';

/** Values that differ by less count as the greatest of them: a hundredth. */
const RESOLUTION = Math.log(1.01);
/** Requests that one pause stands for, at most. */
const MOST = 100_000;

/**
 * microseconds; whatever is not below `atLeast` may have been longer; `due`: how many requests these are, made or not
 */
type WaitFigures = { p50: number; p99: number; max: number; atLeast: number | null; due: number };

export class Waits {
  /** By their size. */
  #buckets: Map<number, { most: number; count: number }> = new Map();
  #count = 0;
  /** The least of those that were not answered: they would have waited longer. */
  #inVain = Infinity;

  /** @param every microseconds from one to the next, of those that come by themselves */
  add({ ttsp, ended }: Pause, every: number | null) {
    const waits = dues(ttsp, every);
    for (const wait of waits) this.#put(this.#buckets, wait);
    this.#count += waits.length;
    // Of those that were due meanwhile no answer is known either.
    if (ended !== 'completed') this.#inVain = Math.min(this.#inVain, waits.at(-1) ?? ttsp);
  }

  /**
   * @param pending one that waits still
   * @returns null before the first one
   */
  figures(pending: { waited: number; every: number | null } | null = null): WaitFigures | null {
    const buckets = new Map([...this.#buckets].map(([key, bucket]) => [key, { ...bucket }]));
    const more = pending ? dues(pending.waited, pending.every) : [];
    for (const wait of more) this.#put(buckets, wait);
    const total = this.#count + more.length;
    if (total === 0) return null;
    const sorted = [...buckets.values()].sort((a, b) => a.most - b.most);
    const at = (share: number) => {
      let left = Math.ceil(share * total);
      for (const { most, count } of sorted) if ((left -= count) <= 0) return most;
      return sorted.at(-1)?.most ?? 0;
    };
    const least = Math.min(this.#inVain, more.at(-1) ?? Infinity);
    const atLeast = Number.isFinite(least) ? least : null;
    return { p50: at(0.5), p99: at(0.99), max: at(1), atLeast, due: total };
  }

  #put(buckets: Map<number, { most: number; count: number }>, wait: number) {
    const key = Math.ceil(Math.log(Math.max(wait, 1e-3)) / RESOLUTION);
    const { most, count } = buckets.get(key) ?? { most: 0, count: 0 };
    buckets.set(key, { most: Math.max(most, wait), count: count + 1 });
  }
}

/** What a request waited, and those that were due meanwhile. */
function dues(wait: number, every: number | null) {
  const waits = [wait];
  if (every) for (let left = wait - every; left > 0 && waits.length < MOST; left -= every) waits.push(left);
  return waits;
}
