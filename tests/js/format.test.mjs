import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, compact, count, duration, microseconds, plural } from '../../www/data/format.js';

const plain = (/** @type {string} */ text) => text.replaceAll('\u202f', ' ');

test('a duration shows three digits at most', () => {
  assert.equal(plain(duration(3824, 5)), '3.82 ms');
  assert.equal(plain(duration(12_404, 5)), '12.4 ms');
  assert.equal(plain(duration(124_040, 5)), '124 ms');
  assert.equal(plain(duration(1_240_400, 5)), '1.24 s');
  assert.equal(plain(duration(999.6, 5)), '1.00 ms');
});

test('a duration is never more precise than the clock', () => {
  assert.equal(plain(duration(63.2, 5)), '65 µs');
  assert.equal(plain(duration(63.2, 20)), '60 µs');
  assert.equal(plain(duration(3, 5)), '< 5 µs');
  assert.equal(plain(duration(0, 5)), '< 5 µs');
  assert.equal(plain(duration(3824, 100)), '3.8 ms');
  assert.equal(plain(duration(3824, 1000)), '4 ms');
});

test('what has not ended has no figure', () => {
  assert.equal(duration(null, 5), '–');
  assert.equal(duration(NaN, 5), '–');
});

test('a log speaks in whole microseconds, in steps of the clock', () => {
  assert.equal(microseconds(3824, 5), '3825 us');
  assert.equal(microseconds(2, 5), '<5 us');
  assert.equal(microseconds(null, 5), '-');
});

test('sizes, counts and plurals', () => {
  assert.equal(plain(bytes(999)), '999 B');
  assert.equal(plain(bytes(12_345)), '12.3 kB');
  assert.equal(plain(bytes(268_435_456)), '268 MB');
  assert.equal(plain(count(312)), '312');
  assert.equal(plain(count(18_212_345)), '18.2 M');
  assert.equal(plural(1, 'worker'), '1 worker');
  assert.equal(plural(0, 'worker'), '0 workers');
});

test('a count in a margin is as short as it gets', () => {
  const shown = [0, 312, 999, 1000, 1249, 9960, 12_345, 999_700, 18_212_345, 3e9].map(compact);
  assert.deepEqual(shown, ['0', '312', '999', '1.0k', '1.2k', '10k', '12k', '1.0M', '18M', '3.0G']);
});
