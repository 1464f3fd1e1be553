/** Who hears of what: watchers, and drawings. */
import assert from 'node:assert/strict';
import { afterEach, test, vi } from 'vitest';
import { Store } from '../../www/app/store.ts';
import { tracked } from '../../www/draw/tracked.ts';

afterEach(() => void vi.unstubAllGlobals());

test('a watcher hears of what it read last, and of nothing else', () => {
  const store = new Store({ which: 'a', a: 1, b: 2 });
  const heard: number[] = [];
  store.watch(({ which, ...rest }) => void heard.push(which === 'a' ? rest.a : rest.b));
  const few: number[] = [];
  store.watch((state) => void few.push(state.which === 'a' ? state.a : state.b));
  store.set({ b: 3 });
  assert.deepEqual(few, [1], 'it has not read b');
  store.set({ which: 'b' });
  store.set({ a: 7 });
  store.set({ b: 4 });
  assert.deepEqual(few, [1, 3, 4]);
  assert.deepEqual(heard, [1, 1, 3, 3, 4], 'a rest reads everything');
});

test('equal values tell nobody; a value that was changed inside does when it is said', () => {
  const list: number[] = [];
  const store = new Store({ list, other: 0 });
  const heard: number[] = [];
  store.watch((state) => void heard.push(state.list.length));
  store.set({ list });
  list.push(1);
  store.set({ other: 1 }, 'list');
  assert.deepEqual(heard, [0, 1]);
});

test('watchers are told in their order, in rounds, and once for what was set together', () => {
  const store = new Store({ a: 0, b: 0, c: 0 });
  const told: string[] = [];
  store.watch(({ a }) => {
    told.push(`first ${a}`);
    store.set({ b: a * 10 });
  });
  store.watch(({ b, c }) => void told.push(`second ${b} ${c}`));
  store.watch(({ a }) => void told.push(`third ${a}`));
  told.length = 0;
  store.set({ c: 1, a: 1 });
  assert.deepEqual(told, ['first 1', 'second 10 1', 'third 1']);
});

test('a watcher with keys hears of these alone, whatever it reads', () => {
  const store = new Store({ a: 0, b: 0 });
  const heard: number[] = [];
  store.on(['a'], ({ a, b }) => void heard.push(a + b));
  store.set({ b: 5 });
  store.set({ a: 1 });
  assert.deepEqual(heard, [0, 6]);
});

test('a watcher that throws silences none of the others', () => {
  const reported: unknown[] = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
  const store = new Store({ a: 0, b: 0 });
  const heard: number[] = [];
  store.watch(({ a }) => {
    if (a > 0) throw new Error('mine');
  });
  store.watch(({ a }) => void (a > 0 && store.set({ b: a })));
  store.watch(({ b }) => void heard.push(b));
  store.set({ a: 7 });
  store.set({ a: 8 });
  assert.deepEqual(heard, [0, 7, 8]);
  assert.equal(reported.length, 2);
});

test('a drawing is told of a change and runs only when it is called; what it sets is told after it', async () => {
  const store = new Store({ a: 0, said: '' });
  const said: string[] = [];
  store.watch((state) => void said.push(state.said));
  let stale = 0;
  let drawn = 0;
  const draw = tracked(
    () => {
      drawn += 1;
      if (store.state.a > 0) store.set({ said: `a is ${store.state.a}` });
    },
    () => (stale += 1),
  );
  store.set({ a: 1 });
  assert.deepEqual([drawn, stale], [0, 0], 'it has read nothing yet');
  draw();
  assert.deepEqual([drawn, stale], [1, 0]);
  await Promise.resolve();
  assert.deepEqual(said, ['', 'a is 1']);
  store.set({ a: 2 });
  store.set({ a: 3 });
  assert.deepEqual([drawn, stale], [1, 1], 'it is out of date once');
});
