/** A recorded run is replayed in bounded time, whatever stands in it. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { replayed, replaying } from '../../www/run/replayed.ts';
import { Shares, WIDTHS } from '../../www/run/shares.ts';
import { runOfThree } from './made.ts';

test('a long stretch is the same as its parts', () => {
  const [whole, parts] = [new Shares(), new Shares()];
  const width = WIDTHS[0] ?? 1;
  let time = 3.25 * width;
  for (const [state, buckets] of [
    [1, 0.5],
    [2, 700.25],
    [5, 900],
    [3, 2500.75],
    [1, 1],
    [4, 3.5],
  ]) {
    const end = time + (buckets ?? 0) * width;
    whole.add(state ?? 0, time, end);
    for (let at = time; at < end; at += width / 4) parts.add(state ?? 0, at, Math.min(end, at + width / 4));
    time = end;
  }
  whole.levels.forEach((level, i) => {
    const other = parts.levels[i];
    assert.ok(other);
    assert.deepEqual([level.newest, level.oldest], [other.newest, other.oldest]);
    for (let bucket = level.oldest; bucket <= level.newest; bucket += 1)
      for (let state = 1; state <= 4; state += 1)
        assert.ok(
          Math.abs(level.share(bucket, state) - other.share(bucket, state)) < 1 / 200,
          `${i} ${bucket} ${state}`,
        );
  });
});

test('events that are hours apart cost as much as others', () => {
  let writes = 0;
  const shares = new Shares();
  for (const level of shares.levels) {
    const advance = level.advance.bind(level);
    level.advance = (bucket) => {
      writes += 1;
      advance(bucket);
    };
  }
  for (let i = 0; i < 100; i += 1) shares.add(1 + (i % 2), i * 1e11, (i + 1) * 1e11);
  assert.ok(writes <= 100 * WIDTHS.length * 3, `${writes} buckets were written one by one`);
});

test('a replay can be interrupted again and again, and comes to the same', () => {
  const run = runOfThree();
  const slices = replaying(run);
  let slice = slices.next();
  let yields = 0;
  for (; !slice.done; yields += 1) slice = slices.next();
  assert.ok(yields >= run.pauses.length);
  const whole = replayed(run);
  assert.deepEqual(slice.value.pauses, whole.pauses);
  assert.equal(slice.value.latest, whole.latest);
});
