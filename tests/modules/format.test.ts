import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'vitest';
import { bytes, compact, count, duration, microseconds, plural } from '../../www/words/format.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

test('figures have three digits at most, are never finer than the clock, and are those of sentences', async () => {
  const figures = JSON.parse(await readFile(new URL('../figures.json', import.meta.url), 'utf8'));
  for (const [us, step, text] of figures.durations)
    assert.equal(plain(duration(us, step)), text, `${us} us in steps of ${step}`);
  for (const [size, text] of figures.bytes) assert.equal(plain(bytes(size)), text);
  for (const [n, text] of figures.counts) assert.equal(plain(count(n)), text);
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

test('plurals', () => {
  assert.equal(plural(1, 'worker'), '1 worker');
  assert.equal(plural(0, 'worker'), '0 workers');
});

test('a count in a margin is as short as it gets', () => {
  const shown = [0, 312, 999, 1000, 1249, 9960, 12_345, 999_700, 18_212_345, 3e9].map(compact);
  assert.deepEqual(shown, ['0', '312', '999', '1.0k', '1.2k', '10k', '12k', '1.0M', '18M', '3.0G']);
});
