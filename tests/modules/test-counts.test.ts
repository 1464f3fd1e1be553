import assert from 'node:assert/strict';
import { test } from 'vitest';
import {
  cargoCounts,
  cargoFailures,
  describe,
  nodeCounts,
  playwrightCounts,
  vitestCounts,
  total,
} from '../../scripts/test-counts.mjs';

test('every binary of a cargo run is counted', () => {
  const output = [
    'running 3 tests',
    'test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s',
    'test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 filtered out; finished in 0.11s',
  ].join('\n');
  assert.deepEqual(cargoCounts(output), { passed: 4, failed: 2, skipped: 1 });
});

test('of a cargo run what failed is read, with its binary', () => {
  const output = `     Running tests/a.rs (target/debug/deps/a-1)

test one ... FAILED

failures:

---- one stdout ----

thread 'one' panicked at tests/a.rs:1:1:
no

failures:
    one

test result: FAILED. 0 passed; 1 failed; 0 ignored
     Running tests/b.rs (target/debug/deps/b-1)

test result: ok. 1 passed; 0 failed; 0 ignored
`;
  const failures = cargoFailures(output);
  assert.match(failures, /^in tests\/a\.rs .*\n---- one stdout ----\n[^]*panicked at tests\/a\.rs:1:1:\nno$/);
  assert.equal(cargoFailures(output.slice(output.indexOf('     Running tests/b.rs'))), '');
});

test('a node run is counted from its last lines, and a cancelled test has failed', () => {
  const output = ['ℹ tests 7', 'ℹ pass 4', 'ℹ fail 1', 'ℹ cancelled 1', 'ℹ skipped 1', 'ℹ todo 0'].join('\n');
  assert.deepEqual(nodeCounts(output), { passed: 4, failed: 2, skipped: 1 });
});

test('a vitest run is counted from its summary', () => {
  const output = ' Test Files  1 failed | 2 passed (3)\n      Tests  2 failed | 5 passed | 1 skipped (8)\n';
  assert.deepEqual(vitestCounts(output), { passed: 5, failed: 2, skipped: 1 });
  assert.deepEqual(vitestCounts('      Tests  295 passed (295)\n'), { passed: 295, failed: 0, skipped: 0 });
});

test('a playwright run is counted, and what passes only at the second try has failed', () => {
  const output =
    '\n  1 failed\n    [chromium] › a.spec.mjs:3:1 › x\n  1 flaky\n  2 skipped\n  5 passed (3.1s)\n';
  assert.deepEqual(playwrightCounts(output), { passed: 5, failed: 2, skipped: 2 });
});

test('output without any result counts nothing', () => {
  for (const read of [cargoCounts, nodeCounts, vitestCounts, playwrightCounts]) {
    assert.deepEqual(read('error: could not compile'), { passed: 0, failed: 0, skipped: 0 });
  }
});

test('totals are said in the plain form', () => {
  const sum = total([
    { passed: 4, failed: 0, skipped: 0 },
    { passed: 1, failed: 2, skipped: 0 },
  ]);
  assert.equal(describe(sum), '5 passed, 2 failed');
  assert.equal(describe({ passed: 1, failed: 0, skipped: 3 }), '1 passed, 0 failed, 3 skipped');
});
