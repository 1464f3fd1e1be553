import assert from 'node:assert/strict';
import { test } from 'vitest';
import { likeness, nameByOrder } from '../../scripts/function-order.mjs';

/** Bytes that no other seed gives. */
function body(seed: number, length = 400) {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = (state * 1_103_515_245 + 12_345) >>> 0) >>> 16);
}

test('functions that are alike stand side by side, each once', () => {
  const kinds = [1, 2, 3].map((seed) => body(seed));
  const functions = [0, 1, 2, 0, 1, 2, 0, 1, 2].map((kind, index) => {
    const copy = Uint8Array.from(kinds[kind] ?? []);
    copy[200] = index;
    return copy;
  });
  const order = likeness(functions);
  // Which kind comes first is nobody's concern.
  const kindsInOrder = [0, 3, 6].map((at) => order.slice(at, at + 3).toSorted((a, b) => a - b));
  assert.deepEqual(
    kindsInOrder.toSorted(([a = 0], [b = 0]) => a - b),
    [
      [0, 3, 6],
      [1, 4, 7],
      [2, 5, 8],
    ],
  );
  assert.deepEqual(likeness([]), []);
});

/** `(module (import "" "" (func)) (func) (func (drop (i32.const 7))) (func))` with a name section. */
const MODULE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[2, 5, 1, 0, 0, 0, 0],
  ...[3, 4, 3, 0, 0, 0],
  ...[10, 13, 3, 2, 0, 0x0b, 5, 0, 0x41, 7, 0x1a, 0x0b, 2, 0, 0x0b],
  ...[0, 10, 4, 0x6e, 0x61, 0x6d, 0x65, 0, 3, 2, 0x6d, 0x6d],
]);

test('names say where functions are to stand', () => {
  const named = nameByOrder(MODULE);
  const module = new WebAssembly.Module(named);
  assert.deepEqual(Buffer.from(named.subarray(0, 42)), Buffer.from(MODULE.subarray(0, 42)), 'the rest stays');
  const [names, ...others] = WebAssembly.Module.customSections(module, 'name');
  assert.equal(others.length, 0);
  const text = Buffer.from(names ?? new ArrayBuffer(0)).toString('latin1');
  assert.deepEqual(text.match(/\d{6}/g), ['000000', '000001', '000002', '000003']);
});
