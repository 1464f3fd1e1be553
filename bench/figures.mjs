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

/** @param {Figures} figure @param {number} [digits] after the point */
export function range({ median, least, most }, digits = 1) {
  return `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

/**
 * @param {number[]} values at least one
 * @param {number} share 0 to 1
 * @returns {number} the smallest value that so many are at most
 */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return /** @type {number} */ (sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]);
}
