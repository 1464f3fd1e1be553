import assert from 'node:assert/strict';
import { test } from 'vitest';
import { interpolate } from '../../www/panels/scroll-map.ts';

test('a place between two pairs lies between theirs, and nowhere else', () => {
  const pairs: [number, number][] = [
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
