/** The clock's step is the clock's alone, whatever else the machine does while it is measured. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { measureClockStep } from '../../www/engine/clock-step.ts';

/** What one look at the clock takes, milliseconds. */
const LOOK = 0.0001;

/**
 * A clock that tells time in steps.
 *
 * @param step milliseconds
 * @param away milliseconds for which another thread has the core before this look
 */
function clockOf(step: number, away: (look: number) => number = () => 0) {
  let time = 1234.5678;
  let looks = 0;
  return () => {
    time += LOOK + away(looks++);
    return Math.floor(time / step) * step;
  };
}

for (const step of [1, 5, 20, 100, 1000, 16_667]) {
  test(`a step of ${step} µs is found`, () => {
    assert.equal(measureClockStep(clockOf(step / 1000)), step);
  });
}

test('a loop that loses its core at once measures the clock and not its absence', () => {
  assert.equal(measureClockStep(clockOf(0.005, (look) => (look === 1 ? 6 : 0))), 5);
});

test('nor does one that loses its core again and again', () => {
  // Half a millisecond's looks, then 6 ms of another thread's.
  assert.equal(measureClockStep(clockOf(0.005, (look) => (look % 5000 === 1 ? 6 : 0))), 5);
  assert.equal(measureClockStep(clockOf(0.02, (look) => (look % 500 === 1 ? 6 : 0))), 20);
});

test('a clock that stands still is given up, and is not said to be fine', () => {
  assert.equal(
    measureClockStep(() => 42),
    100_000,
  );
});
