const SAMPLES = 12;
// 100 us is the coarsest step of any current browser; this bounds the loop where the clock stands still.
const LIMIT_MS = 5;

/**
 * How finely this browser's clock tells time: no figure taken with it is more precise.
 *
 * @returns {number} microseconds
 */
export function measureClockStep() {
  const began = performance.now();
  let last = began;
  let step = Infinity;
  for (let seen = 0; seen < SAMPLES && last - began < LIMIT_MS;) {
    const now = performance.now();
    if (now === last) continue;
    step = Math.min(step, now - last);
    last = now;
    seen++;
  }
  // Differences of binary fractions of milliseconds: 0.00499999 is 5 us.
  return Math.max(1, Math.round(step * 1000));
}
