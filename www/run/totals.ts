/**
 * What the pauses of a run took together: how long the world stood still, and how much of any stretch of time the
 * program had. `src/lab/accounts.rs` has the same of a run in progress, and `tests/totals.json` holds both to it.
 */
import { instants, isCompleted } from './pause-parts.ts';
import type { Pause, Totals } from './types.ts';

/** a stretch in which the world stood still */
type Stop = [from: number, to: number];

/** The lengths of windows, in milliseconds. */
export const WINDOWS_MS = Object.freeze([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);

/** @param pauses in the order of time; those that are over count */
export function totalsOf(pauses: Pause[], { begin, end }: { begin: number; end: number }): Totals {
  const run = Math.max(0, end - begin) || 0;
  const share = (stopped: number) => (run === 0 ? 0 : Math.min(1, stopped / run));
  const byReason = {
    gc: { pauses: 0, stopped: 0, share: 0 },
    snapshot: { pauses: 0, stopped: 0, share: 0 },
    debug: { pauses: 0, stopped: 0, share: 0 },
  };
  const stops: Stop[] = [];
  for (const pause of pauses) {
    const { stopped: from, released: to } = instants(pause);
    if (!isCompleted(pause) || to === null) continue;
    stops.push([from, to]);
    const of = byReason[pause.reason];
    of.pauses += 1;
    of.stopped += to - from;
    of.share = share(of.stopped);
  }
  const stopped = stops.reduce((sum, [from, to]) => sum + to - from, 0);
  const utilisation = WINDOWS_MS.map((window) => ({ window, least: leastShare(stops, window * 1000) }));
  return {
    run,
    stopped,
    share: share(stopped),
    byReason,
    utilisation,
    window: Math.min(run, longestHalf(stops)),
  };
}

/**
 * Minimum mutator utilisation (Cheng and Blelloch, "A Parallel, Real-Time Garbage Collector", 2001).
 *
 * @param stops in the order of time; they do not overlap
 * @param window its length
 * @returns the least share of any such window that the program had
 */
export function leastShare(stops: Stop[], window: number): number {
  const ends = [0];
  for (const [from, to] of stops) ends.push((ends.at(-1) as number) + to - from);
  const stoppedUntil = (at: number) => {
    const begun = countWhere(stops, ([from]) => from < at);
    const over = begun > 0 ? Math.max(0, stops[begun - 1][1] - at) : 0;
    return ends[begun] - over;
  };
  let most = 0;
  // The worst window begins with a stop or ends with one.
  for (const [from, to] of stops) {
    const after = stoppedUntil(from + window) - stoppedUntil(from);
    const before = stoppedUntil(to) - stoppedUntil(to - window);
    most = Math.max(most, after, before);
  }
  return 1 - most / window;
}

/**
 * The longest window of which at least half was stopped: the longest stretch over which twice what was stopped, minus
 * what has passed, has not fallen.
 *
 * @param stops in the order of time; they do not overlap
 * @returns its length
 */
export function longestHalf(stops: Stop[]): number {
  let stopped = 0;
  let longest = 0;
  /** Where stops begin with less than all before. */
  const lows: { at: number; height: number }[] = [];
  for (const [from, to] of stops) {
    const before = 2 * stopped - from;
    if (lows.length === 0 || before < lows[lows.length - 1].height) lows.push({ at: from, height: before });
    stopped += to - from;
    const after = 2 * stopped - to;
    const begin = lows[countWhere(lows, ({ height }) => height > after)];
    // What it has risen may be spent on time in which the world ran.
    if (begin) longest = Math.max(longest, to - begin.at + after - begin.height);
  }
  return longest;
}

/** @param holds for the first ones, and not for those behind them */
function countWhere<T>(list: T[], holds: (item: T) => boolean) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(list[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
