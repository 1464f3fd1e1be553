/** Which stretch of the run the timeline shows, once the user has moved it. All in microseconds. */

export type Range = { from: number; to: number };
/** of what was recorded, and the clock's step */
type Extent = { begin: number; end: number; step: number };

/** Steps of the clock below which nothing is to be seen. */
const LEAST_STEPS = 8;
/** A share of the picture that may stay empty at either end. */
const SLACK = 0.1;

/**
 * @param factor below 1 shows a shorter stretch
 * @param at the instant that stays where it is
 */
export function zoomed(range: Range, factor: number, at: number, extent: Extent): Range {
  const span = range.to - range.from;
  const wanted = Math.min(Math.max(span * factor, LEAST_STEPS * extent.step), longest(extent));
  const from = at - (at - range.from) * (wanted / span);
  return kept({ from, to: from + wanted }, extent);
}

/** @param by towards what is later */
export function panned({ from, to }: Range, by: number, extent: Extent): Range {
  return kept({ from: from + by, to: to + by }, extent);
}

/**
 * A stretch that was marked by its two ends, in whatever order.
 *
 * @returns it, or the least around its middle that can be shown
 */
export function between(a: number, b: number, extent: Extent): Range {
  const span = Math.min(Math.max(Math.abs(b - a), LEAST_STEPS * extent.step), longest(extent));
  const middle = (a + b) / 2;
  return kept({ from: middle - span / 2, to: middle + span / 2 }, extent);
}

/** All of it. */
export function whole({ begin, end, step }: Extent): Range {
  const span = Math.max(end - begin, LEAST_STEPS * step);
  return { from: begin - span * 0.01, to: begin + span * 1.01 };
}

function longest({ begin, end, step }: Extent) {
  return Math.max((end - begin) * (1 + 2 * SLACK), LEAST_STEPS * step);
}

/** The run never gets out of sight. */
function kept({ from, to }: Range, { begin, end }: Extent): Range {
  const span = to - from;
  const first = begin - span * SLACK;
  const last = Math.max(end + span * SLACK, first + span);
  const start = Math.min(Math.max(from, first), last - span);
  return { from: start, to: start + span };
}
