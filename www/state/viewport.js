/** Which stretch of the run the timeline shows, once the user has moved it. All in microseconds. */

/** @typedef {{ from: number, to: number }} Range */
/** @typedef {{ begin: number, end: number, step: number }} Extent of what was recorded, and the clock's step */

/** Steps of the clock below which nothing is to be seen. */
const LEAST_STEPS = 8;
/** A share of the picture that may stay empty at either end. */
const SLACK = 0.1;

/**
 * @param {Range} range
 * @param {number} factor below 1 shows a shorter stretch
 * @param {number} at the instant that stays where it is
 * @param {Extent} extent
 * @returns {Range}
 */
export function zoomed(range, factor, at, extent) {
  const span = range.to - range.from;
  const wanted = Math.min(Math.max(span * factor, LEAST_STEPS * extent.step), longest(extent));
  const from = at - (at - range.from) * (wanted / span);
  return kept({ from, to: from + wanted }, extent);
}

/**
 * @param {Range} range
 * @param {number} by towards what is later
 * @param {Extent} extent
 * @returns {Range}
 */
export function panned({ from, to }, by, extent) {
  return kept({ from: from + by, to: to + by }, extent);
}

/** All of it. @param {Extent} extent @returns {Range} */
export function whole({ begin, end, step }) {
  const span = Math.max(end - begin, LEAST_STEPS * step);
  return { from: begin - span * 0.01, to: begin + span * 1.01 };
}

/** @param {Extent} extent */
function longest({ begin, end, step }) {
  return Math.max((end - begin) * (1 + 2 * SLACK), LEAST_STEPS * step);
}

/**
 * The run never gets out of sight.
 *
 * @param {Range} range
 * @param {Extent} extent
 * @returns {Range}
 */
function kept({ from, to }, { begin, end }) {
  const span = to - from;
  const first = begin - span * SLACK;
  const last = Math.max(end + span * SLACK, first + span);
  const start = Math.min(Math.max(from, first), last - span);
  return { from: start, to: start + span };
}
