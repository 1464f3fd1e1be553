import assert from 'node:assert/strict';
import { test } from 'vitest';
import cases from '../totals.json' with { type: 'json' };
import { WINDOWS_MS, longestHalf, totalsOf } from '../../www/run/totals.ts';
import { totalsText } from '../../www/panels/totals.panel.ts';
import { givenUp, heldPause, pauseOf } from './made.ts';

const MS = 1000;

/** A pause that let the world stand from one millisecond to another. */
function pauseFrom([from = 0, to = 0]: number[], id: number) {
  const times = { queue: 0, ttsp: 0, noticing: 0, held: 0, release: 0 };
  return pauseOf({ id, at: from * MS, ...times, operation: (to - from) * MS, total: (to - from) * MS });
}

test('the totals of a run are those that the engine counts', () => {
  for (const { stops, run, stopped, least, window } of cases) {
    const pauses = stops.map((stop, i) => pauseFrom(stop, i + 1));
    const totals = totalsOf(pauses, { begin: 0, end: run * MS });
    const where = JSON.stringify(stops);
    assert.equal(totals.stopped, stopped * MS, where);
    assert.equal(totals.share, run === 0 ? 0 : stopped / run, where);
    assert.equal(totals.window, window * MS, where);
    totals.utilisation.forEach((of, i) => {
      assert.equal(of.window, WINDOWS_MS[i]);
      assert.ok(Math.abs(of.least - (least[i] ?? NaN)) < 1e-9, `${of.window} ms of ${where}: ${of.least}`);
    });
  }
});

test('the longest window with less than half is found among all', () => {
  let seed = 7;
  const random = (most: number) => (seed = (seed * 48_271) % 2_147_483_647) % most;
  for (let round = 0; round < 300; round += 1) {
    const stops: [number, number][] = [];
    for (let at = random(9), i = 0; i < 6; i += 1, at += 1 + random(12))
      stops.push([at, (at += 1 + random(9))]);
    const stopped = (a: number, b: number) =>
      stops.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(b, to) - Math.max(a, from)), 0);
    let longest = 0;
    for (let a = -60; a < 130; a += 1)
      for (let b = a + 1; b < 190; b += 1) if (2 * stopped(a, b) >= b - a) longest = Math.max(longest, b - a);
    assert.equal(longestHalf(stops), longest, JSON.stringify(stops));
  }
});

test('what is held counts, what was given up or is in force does not', () => {
  const pauses = [
    pauseOf({ id: 1, at: 0, held: 10e6, total: 10_005_000 }),
    givenUp({ id: 2, at: 20e6 }),
    pauseOf({ id: 3, at: 30e6, reason: 'debug' }),
    heldPause({ id: 4, at: 40e6 }),
  ];
  const { stopped, byReason } = totalsOf(pauses, { begin: 0, end: 50e6 });
  const each = 30 + 1100 + 40;
  assert.equal(Math.round(stopped), 10e6 + 2 * each);
  assert.deepEqual([byReason.gc.pauses, byReason.debug.pauses, byReason.snapshot.pauses], [1, 1, 0]);
  assert.equal(Math.round(byReason.debug.stopped), each);
});

test('the totals in words', () => {
  const totals = totalsOf([pauseFrom([100, 120], 1)], { begin: 0, end: 10e6 });
  assert.equal(
    totalsText(totals, false, 5),
    'In 10.0\u202fs the world stood still for 20.0\u202fms, 0.2\u202f% of the time, held time included. ' +
      'For 40.0\u202fms at a stretch the program had less than half of its time.',
  );
  assert.equal(totalsText(null, false, 5), 'Not all pauses of this run are known.');
  assert.match(totalsText(totalsOf([], { begin: NaN, end: 0 }), false, 5), /^Nothing has stopped/);
});
