/**
 * How long requests waited until all workers had stopped, each from when it was due. Pauses that come by themselves are due
 * in equal steps; while one waits for a worker the next are not even made, and a count of only those that were made
 * finds the worst policy the best (Tene, "How not to measure latency"). A request that was given up would have waited
 * at least as long as it did.
 */
import type { Pause } from './types.ts';

/** Values that differ by less count as the greatest of them: a hundredth. */
const RESOLUTION = Math.log(1.01);
/** What may be greater than it is known to be by less than this factor is as it is known. */
const UNSURE = 1.1;
/** Requests that one pause stands for, at most. */
const MOST = 100_000;

/** microseconds */
interface WaitFigures {
  p50: number;
  p99: number;
  max: number;
  /** what is not below may have been longer; null where all is known */
  atLeast: number | null;
  /** whether half of them may have waited longer than `p50` */
  isHalfOpen: boolean;
  /** how many requests these are, made or not */
  due: number;
}

/** By their size. */
type Buckets = Map<number, { most: number; count: number }>;

export class Waits {
  #answered: Buckets = new Map();
  /** Those that were given up: they would have waited longer. */
  #open: Buckets = new Map();

  /** @param every microseconds from one to the next, of those that come by themselves */
  add({ ttsp, ended }: Pause, every: number | null) {
    // Of those that were due meanwhile no answer is known either.
    const buckets = ended === 'completed' ? this.#answered : this.#open;
    for (const wait of dues(ttsp, every)) put(buckets, wait);
  }

  /**
   * @param pending one that waits still
   * @returns null before the first one
   */
  figures(pending: { waited: number; every: number | null } | null = null): WaitFigures | null {
    const open: Buckets = new Map([...this.#open].map(([key, bucket]) => [key, { ...bucket }]));
    for (const wait of pending ? dues(pending.waited, pending.every) : []) put(open, wait);
    const due = sum(this.#answered) + sum(open);
    if (due === 0) return null;
    const least = sorted([...this.#answered.values(), ...open.values()]);
    const most = [...sorted([...this.#answered.values()]), { most: Infinity, count: sum(open) }];
    const at = (share: number) => rank(least, share * due);
    // It may have been longer where it were, had those without an answer waited for ever.
    const unsure = [0.5, 0.99, 1].find((share) => rank(most, share * due) > at(share) * UNSURE);
    const atLeast = unsure === undefined ? null : at(unsure);
    return { p50: at(0.5), p99: at(0.99), max: at(1), atLeast, isHalfOpen: unsure === 0.5, due };
  }
}

function put(buckets: Buckets, wait: number) {
  const key = Math.ceil(Math.log(Math.max(wait, 1e-3)) / RESOLUTION);
  const { most, count } = buckets.get(key) ?? { most: 0, count: 0 };
  buckets.set(key, { most: Math.max(most, wait), count: count + 1 });
}

function sum(buckets: Buckets) {
  return [...buckets.values()].reduce((all, { count }) => all + count, 0);
}

function sorted(buckets: { most: number; count: number }[]) {
  return buckets.sort((a, b) => a.most - b.most);
}

/** The value of so many values, in their order. */
function rank(buckets: { most: number; count: number }[], number: number) {
  let left = Math.ceil(number);
  for (const { most, count } of buckets) if ((left -= count) <= 0) return most;
  return buckets.at(-1)?.most ?? 0;
}

/** What a request waited, and those that were due meanwhile. */
function dues(wait: number, every: number | null) {
  const waits = [wait];
  if (every) for (let left = wait - every; left > 0 && waits.length < MOST; left -= every) waits.push(left);
  return waits;
}
