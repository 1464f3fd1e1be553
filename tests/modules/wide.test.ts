/** Whether the browser's engine has 64 bits is asked of what it can reserve. */
import assert from 'node:assert/strict';
import { afterEach, test, vi } from 'vitest';
import { isWide } from '../../www/engine/wide.ts';

afterEach(() => vi.unstubAllGlobals());

test('an engine of 64 bits is one', () => assert.equal(isWide(), true));

test('one that cannot reserve that much is none', () => {
  vi.stubGlobal('ArrayBuffer', function reserve() {
    throw new RangeError('Invalid array buffer max length');
  });
  assert.equal(isWide(), false);
});

test('where it cannot be asked it counts as none', () => {
  vi.stubGlobal('ArrayBuffer', class {});
  assert.equal(isWide(), false);
});
