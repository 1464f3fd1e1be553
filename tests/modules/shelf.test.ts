/** What the browser keeps for all tabs. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Shelf } from '../../www/app/shelf.ts';
import { text as textCheck } from '../../www/run/checks.ts';
import { memoryStorage } from './storage.ts';

const text = textCheck();

test('two tabs that add and remove at the same time lose nothing', () => {
  const storage = memoryStorage();
  const [one, other] = [new Shelf(storage, 'program', text), new Shelf(storage, 'program', text)];
  one.add('a');
  other.add('b');
  assert.deepEqual(new Set(one.all), new Set(['a', 'b']));
  one.remove((value) => value === 'b');
  other.add('c');
  assert.deepEqual(new Set(other.all), new Set(['a', 'c']));
});

test('the oldest goes, an entry of one’s own is replaced, others’ keys are left alone', () => {
  const storage = memoryStorage();
  storage.setItem('safepoint-lab.programs', 'mine');
  storage.setItem('safepoint-lab.program:x', '{');
  const shelf = new Shelf(storage, 'program', text, 3);
  for (const value of ['a', 'b', 'c', 'd']) shelf.add(value);
  assert.deepEqual(shelf.all, ['b', 'c', 'd']);
  shelf.add('e', 'own');
  shelf.add('f', 'own');
  assert.deepEqual(shelf.all, ['c', 'd', 'f']);
  shelf.remove(() => true);
  assert.deepEqual(shelf.all, []);
  assert.equal(storage.getItem('safepoint-lab.programs'), 'mine');
});

test('what an older page has kept as a list is taken over once, in its order', () => {
  const storage = memoryStorage();
  storage.setItem('old', '["newest","oldest"]');
  const shelf = new Shelf(storage, 'program', text);
  shelf.adopt('old');
  shelf.adopt('old');
  assert.deepEqual(shelf.all, ['oldest', 'newest']);
  assert.equal(storage.getItem('old'), null);
});

test('what a storage does not take lasts until the page is left', () => {
  const full = memoryStorage();
  full.setItem = () => {
    throw new Error('full');
  };
  for (const storage of [null, full]) {
    const shelf = new Shelf(storage, 'program', text, 2);
    assert.equal(shelf.add('a'), false);
    shelf.add('b');
    shelf.add('c');
    assert.deepEqual(shelf.all, ['b', 'c']);
  }
});
