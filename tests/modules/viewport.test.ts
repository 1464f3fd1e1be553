import assert from 'node:assert/strict';
import { test } from 'vitest';
import { timeLabel, rangeScale } from '../../www/draw/scale.ts';
import { between, panned, whole, zoomed } from '../../www/app/viewport.ts';

const extent = { begin: 1e6, end: 61e6, step: 5 };

test('the instant under the pointer stays where it is', () => {
  const range = { from: 10e6, to: 20e6 };
  const closer = zoomed(range, 0.5, 12e6, extent);
  assert.deepEqual(closer, { from: 11e6, to: 16e6 });
  assert.deepEqual(zoomed(closer, 2, 12e6, extent), range);
});

test('zooming ends at what the clock can tell and at the whole run', () => {
  const range = { from: 10e6, to: 20e6 };
  const close = zoomed(range, 1e-9, 15e6, extent);
  assert.ok(Math.abs(close.to - close.from - 40) < 1e-6);
  const far = zoomed(range, 1e9, 15e6, extent);
  assert.ok(Math.abs(far.to - far.from - 72e6) < 1);
  assert.ok(far.from <= extent.begin && far.to >= extent.end);
});

test('moving never loses the run', () => {
  const range = { from: 10e6, to: 20e6 };
  assert.deepEqual(panned(range, 5e6, extent), { from: 15e6, to: 25e6 });
  assert.deepEqual(panned(range, -1e9, extent), { from: 0, to: 10e6 });
  assert.deepEqual(panned(range, 1e9, extent), { from: 52e6, to: 62e6 });
});

test('a marked stretch is shown, whichever end came first, and no less than can be seen', () => {
  assert.deepEqual(between(20e6, 12e6, extent), { from: 12e6, to: 20e6 });
  assert.deepEqual(between(12e6, 12e6, extent), { from: 12e6 - 20, to: 12e6 + 20 });
});

test('all of a run, also of one that has just begun', () => {
  const all = whole(extent);
  assert.ok(all.from < extent.begin && all.to > extent.end);
  const none = whole({ begin: 0, end: 0, step: 5 });
  assert.ok(none.to > none.from);
});

test('instants are named in what people count, no finer than their marks', () => {
  assert.equal(timeLabel(12.5e6, 0.5e6), '12.5 s');
  assert.equal(timeLabel(12_345_678, 20), '12.34568 s');
  assert.equal(timeLabel(300e6, 60e6), '5 min');
  assert.equal(timeLabel(5400e6, 600e6), '1 h 30 min');
  assert.equal(timeLabel(754e6, 1e6), '12 min 34 s');
  assert.equal(timeLabel(0, 60e6), '0 s');
  for (const span of [50, 3000, 1e6, 70e6, 900e6, 3600e6, 40_000e6]) {
    const { marks } = rangeScale(100e6, 100e6 + span, 1e6, 0, 1000);
    assert.ok(marks.length >= 2 && marks.length <= 11, `${marks.length} marks in ${span}`);
    assert.equal(new Set(marks.map(({ label }) => label)).size, marks.length, 'each has a name of its own');
  }
});
