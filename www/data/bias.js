/**
 * Whether a worker is late more often than chance explains. If no worker were slower than another, each of the n
 * that a pause awaits would be its last with probability 1/n. A worker that was awaited in N pauses and is expected last m times
 * is judged by the tail of the binomial distribution of N trials of probability m/N, times the number judged at once.
 * Where n differs from pause to pause that is more than the exact tail (Hoeffding 1956, "On the distribution of the
 * number of successes in independent trials"), so a verdict is never too bold.
 */
import { lateAt } from './late.js';

/** Pauses below which there is no verdict. */
export const ENOUGH_PAUSES = 30;
/** The probability of chance above which there is none. */
const SIGNIFICANCE = 0.001;
/** Workers or places that are told apart; what comes later counts but is not named. */
const CANDIDATES = 4096;

/** `trials`: pauses in which it was awaited. @typedef {{ who: string, last: number, expected: number, trials: number }} Share */

export class Bias {
  constructor() {
    /** Pauses that waited for at least two. */
    this.pauses = 0;
    /** @type {Map<string, Share>} */
    this.workers = new Map();
    /** @type {Map<string, Share>} */
    this.places = new Map();
  }

  /** @param {import('../engine/types.js').Pause} pause */
  add(pause) {
    // Latest first.
    const awaited = pause.arrivals.filter(({ safe }) => !safe);
    if (awaited.length < 2) return;
    this.pauses += 1;
    /** How many workers were at each place, and whether the last one was. @type {Map<string, { here: number, last: boolean }>} */
    const places = new Map();
    awaited.forEach((arrival, i) => {
      count(this.workers, `Worker ${arrival.worker}`, 1 / awaited.length, i === 0);
      const place = lateAt(pause, arrival)?.text;
      if (place === undefined) return;
      const { here = 0, last = false } = places.get(place) ?? {};
      places.set(place, { here: here + 1, last: last || i === 0 });
    });
    for (const [place, { here, last }] of places) count(this.places, place, here / awaited.length, last);
  }

  /** Workers and places that are last more often than by chance, most often first. @returns {{ workers: Share[], places: Share[] }} */
  verdicts() {
    return { workers: this.#biased(this.workers), places: this.#biased(this.places) };
  }

  /** @param {Map<string, Share>} candidates */
  #biased(candidates) {
    if (this.pauses < ENOUGH_PAUSES) return [];
    return [...candidates.values()]
      .filter(({ last, trials, expected }) => chance(last, trials, expected) * candidates.size < SIGNIFICANCE)
      .sort((a, b) => b.last - a.last);
  }
}

/**
 * @param {Map<string, Share>} shares
 * @param {string} who
 * @param {number} expected
 * @param {boolean} last
 */
function count(shares, who, expected, last) {
  let share = shares.get(who);
  if (!share) {
    if (shares.size >= CANDIDATES) return;
    share = { who, last: 0, expected: 0, trials: 0 };
    shares.set(who, share);
  }
  share.trials += 1;
  share.expected += expected;
  if (last) share.last += 1;
}

/**
 * The probability that of `trials` that each succeed with probability `mean / trials` as many or more succeed.
 *
 * @param {number} times
 * @param {number} trials
 * @param {number} mean
 */
export function chance(times, trials, mean) {
  if (times <= mean || mean <= 0) return 1;
  const p = mean / trials;
  if (p >= 1) return 1;
  const choose = logFactorial(trials) - logFactorial(times) - logFactorial(trials - times);
  let term = Math.exp(choose + times * Math.log(p) + (trials - times) * Math.log1p(-p));
  let sum = 0;
  // Above the mean each term is smaller than the one before.
  for (let k = times; k <= trials && term > sum * 1e-16; k += 1) {
    sum += term;
    term *= ((trials - k) / (k + 1)) * (p / (1 - p));
  }
  return Math.min(1, sum);
}

/** The logarithm of n!, by Stirling's series where the product is long. @param {number} n */
function logFactorial(n) {
  if (n < 20) {
    let product = 1;
    for (let i = 2; i <= n; i += 1) product *= i;
    return Math.log(product);
  }
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + 1 / (12 * x) - 1 / (360 * x ** 3);
}
