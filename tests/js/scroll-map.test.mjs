import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interpolate } from '../../www/views/scroll-map.js';

test('a place between two pairs lies between theirs, and nowhere else', () => {
  /** @type {[number, number][]} */
  const pairs = [
    [0, 0],
    [100, 50],
    [200, 250],
  ];
  assert.deepEqual(
    [0, 50, 100, 150, 200, 300].map((place) => interpolate(pairs, place)),
    [0, 25, 50, 150, 250, 250],
  );
  assert.equal(interpolate([[0, 0]], 40), 0);
});
