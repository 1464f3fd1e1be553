/** Steps that are looked at. A loop that loses its core before each of them is as good as impossible. */
const ENOUGH = 32;
/** As many do for a coarse clock, beside whose step an absence is small. */
const FEW = 3;
/** Looks at the clock, some milliseconds of them, after which few are enough. */
const LOOKS = 100_000;
/** Looks after which the clock is taken to stand still: longer than the coarsest step that a browser has. */
const MOST_LOOKS = 10_000_000;
/** That step, microseconds. */
const COARSEST = 100_000;

/**
 * How finely this browser's clock tells time: no figure taken with it is more precise.
 *
 * Looks are counted and not time, which also passes while another thread has the core: then it says nothing about
 * how many steps were seen.
 *
 * @param now milliseconds
 * @returns microseconds
 */
export function measureClockStep(now: () => number = () => performance.now()): number {
  let last = now();
  let step = Infinity;
  for (let seen = 0, looks = 0; seen < ENOUGH && (seen < FEW || looks < LOOKS); looks++) {
    if (looks === MOST_LOOKS) return COARSEST;
    const time = now();
    if (time === last) continue;
    step = Math.min(step, time - last);
    last = time;
    seen++;
  }
  // Differences of binary fractions of milliseconds: 0.00499999 is 5 us.
  return Math.max(1, Math.round(step * 1000));
}
