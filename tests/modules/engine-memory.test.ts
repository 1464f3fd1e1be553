import assert from 'node:assert/strict';
import { test } from 'vitest';
import { DEFAULT_HEAP_BYTES, createMemory, pagesFor } from '../../www/engine/memory-plan.ts';
import { memoryLimits } from '../../www/engine/module-memory.ts';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

const section = (id = 0, bytes: number[] = [] as number[]) => [id, bytes.length, ...bytes];
const imported = (...rest: number[]) => [1, 0x61, 1, 0x62, ...rest];
const module = (...parts: number[][]) => new Uint8Array([...HEADER, ...parts.flat()]);

const FUNCTION = imported(0, 0);
const TABLE = imported(1, 0x70, 1, 1, 2);
const GLOBAL = imported(3, 0x7f, 0);
/** 18 pages, at most 16384 */
const SHARED_MEMORY = imported(2, 3, 18, 0x80, 0x80, 1);
const TYPES = section(1, [1, 0x60, 0, 0]);

test('finds the memory behind other sections and imports', () => {
  const bytes = module(
    TYPES,
    section(2, [4, ...FUNCTION, ...TABLE, ...GLOBAL, ...SHARED_MEMORY]),
    section(3, [0]),
  );
  assert.deepEqual(memoryLimits(bytes), { minimum: 18, maximum: 16384 });
});

test('agrees with the browser about what a module is', () => {
  const bytes = module(TYPES, section(2, [4, ...FUNCTION, ...TABLE, ...GLOBAL, ...SHARED_MEMORY]));
  assert.ok(WebAssembly.validate(bytes));
});

for (const [what, bytes, message] of [
  ['no module', new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]), /does not start like/],
  ['nothing', new Uint8Array(), /ends too early/],
  ['no import', module(TYPES), /imports no memory/],
  ['no memory', module(section(2, [1, ...FUNCTION])), /imports no memory/],
  ['memory of one thread', module(section(2, [1, ...imported(2, 1, 18, 20)])), /not shared/],
  ['unknown import', module(section(2, [1, ...imported(9)])), /unknown kind 9/],
  ['endless number', module(section(2, [255, 255, 255, 255, 255, 255])), /number that is too long/],
  ['cut off', module(section(2, [4, ...FUNCTION, ...SHARED_MEMORY])).subarray(0, 20), /ends too early/],
] as [string, Uint8Array, RegExp][]) {
  test(`refuses in words: ${what}`, () => {
    assert.throws(() => memoryLimits(bytes), message);
  });
}

const LIMITS = { minimum: 18, maximum: 16384 };

test('an ordinary run stays within 256 MiB', () => {
  const pages = pagesFor({ workers: 8, heap: DEFAULT_HEAP_BYTES }, LIMITS);
  assert.ok(pages * 65536 <= 256 << 20, `${pages} pages`);
});

test('more workers and a larger heap get more', () => {
  const small = pagesFor({ workers: 1, heap: 1 << 20 }, LIMITS);
  assert.ok(pagesFor({ workers: 128, heap: 1 << 20 }, LIMITS) > small);
  assert.ok(pagesFor({ workers: 1, heap: 1 << 28 }, LIMITS) > small);
});

test('a heap that cannot fit is refused with the largest that can', () => {
  const heap = 1024 << 20;
  assert.throws(
    () => pagesFor({ workers: 4, heap }, LIMITS),
    (error: any) => {
      assert.equal(error.code, 'invalid');
      const most = Number(/at most (\d+) MiB/.exec(error.advice)?.[1]);
      assert.ok(most > 100 && most < 1024, error.advice);
      pagesFor({ workers: 4, heap: most << 20 }, LIMITS);
      return true;
    },
  );
});

test('a memory that the browser does not give is an error in words', () => {
  assert.throws(() => createMemory({ minimum: 20, maximum: 20 }, 10), /does not give/);
});
