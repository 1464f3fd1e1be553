/** Figures of several rounds, and how they are written down. */

/**
 * @typedef {{ median: number, least: number, most: number }} Figures
 */

/**
 * @param {number[]} values at least one
 * @returns {Figures}
 */
export function figures(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ index) => /** @type {number} */ (sorted[index]);
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(0),
    most: at(sorted.length - 1),
  };
}

/**
 * The median of the ratios of rounds that were run in pairs: what disturbed one of a pair probably
 * disturbed the other.
 *
 * @param {number[]} ours
 * @param {number[]} theirs
 */
export function pairedRatio(ours, theirs) {
  return figures(ours.map((value, round) => value / /** @type {number} */ (theirs[round]))).median;
}

/** @param {Figures} figure in milliseconds */
export function range({ median, least, most }) {
  return `${median.toFixed(1)} (${least.toFixed(1)} to ${most.toFixed(1)})`;
}
