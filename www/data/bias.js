/**
 * Whether somebody is late more often than chance explains. As `src/safepoint/bias.rs` judges: if no
 * worker were slower than another, each of the n that a pause awaits would be its last with probability
 * 1/n. Who is expected last m times and was last k > m times is judged by Chernoff's bound, times the
 * number judged at once. The bound is never too small, so a verdict is never too bold.
 */

/** Pauses below which there is no verdict. */
export const ENOUGH_PAUSES = 30;
/** The probability of chance above which there is none. */
const SIGNIFICANCE = 0.001;
/** Workers or places that are told apart; what comes later counts but is not named. */
const CANDIDATES = 4096;

/** @typedef {{ who: string, last: number, expected: number, arrivals: number }} Share */

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
  add({ arrivals }) {
    // Latest first.
    const awaited = arrivals.filter(({ safe }) => !safe);
    if (awaited.length < 2) return;
    this.pauses += 1;
    awaited.forEach(({ worker, site }, i) => {
      count(this.workers, `Worker ${worker}`, 1 / awaited.length, i === 0);
      if (site) count(this.places, site.text, 1 / awaited.length, i === 0);
    });
  }

  /** Who is last more often than by chance, most often first. @returns {{ workers: Share[], places: Share[] }} */
  verdicts() {
    return { workers: this.#biased(this.workers), places: this.#biased(this.places) };
  }

  /** @param {Map<string, Share>} candidates */
  #biased(candidates) {
    if (this.pauses < ENOUGH_PAUSES) return [];
    return [...candidates.values()]
      .filter(({ last, expected }) => chance(last, expected) * candidates.size < SIGNIFICANCE)
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
    share = { who, last: 0, expected: 0, arrivals: 0 };
    shares.set(who, share);
  }
  share.arrivals += 1;
  share.expected += expected;
  if (last) share.last += 1;
}

/**
 * @param {number} times
 * @param {number} mean
 * @returns {number} at most the probability that what is expected `mean` times happens `times` times or more
 */
export function chance(times, mean) {
  if (times <= mean || mean <= 0) return 1;
  return Math.exp(times - mean - times * Math.log(times / mean));
}
