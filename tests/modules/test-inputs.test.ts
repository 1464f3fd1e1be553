import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'vitest';
import { root } from '../../scripts/paths.mjs';
import * as inputs from '../../scripts/test-inputs.mjs';
import { DEEP_STEPS } from '../../scripts/deep-steps.mjs';
import { STEPS } from '../../scripts/test-steps.mjs';

test('everything that steps depend on is there', () => {
  const { SHORT_TESTS: _arguments, ...all } = inputs;
  for (const [name, files] of Object.entries(all)) {
    const missing = files.filter((file) => !existsSync(path.join(root, file)));
    assert.deepEqual(missing, [], name);
  }
});

test('a change runs what it touches, and nothing else', () => {
  const { COMPILED_INPUTS, COORDINATOR_INPUTS, MODULE_INPUTS, PAGE_TEST_INPUTS, RUST_INPUTS, WEB_INPUTS } =
    inputs;
  const steps = {
    COMPILED_INPUTS,
    COORDINATOR_INPUTS,
    MODULE_INPUTS,
    PAGE_TEST_INPUTS,
    RUST_INPUTS,
    WEB_INPUTS,
  };
  const run = (changed: string) =>
    Object.entries(steps)
      .filter(([, files]) => files.some((file) => changed === file || changed.startsWith(`${file}/`)))
      .map(([name]) => name);
  assert.deepEqual(run('tests/page/share.spec.mjs'), ['PAGE_TEST_INPUTS']);
  assert.deepEqual(run('docs/embedding.md'), ['MODULE_INPUTS', 'RUST_INPUTS']);
  assert.deepEqual(run('tests/lab/runs.rs'), ['COMPILED_INPUTS', 'RUST_INPUTS']);
  assert.deepEqual(run('bench/polls.mjs'), []);
  assert.deepEqual(run('README.md'), []);
  assert.equal(run('crates/safepoint/src/queue.rs').length, 5);
});

test('the quick run has 25 tests of the page', () => {
  const folder = path.join(root, 'tests/page');
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
  assert.equal(texts.join('').match(/ @quick['"`]/g)?.length, 25);
});

test('the jobs on a host run every step', () => {
  const files = ['test.yml', 'deep.yml'].map((name) => path.join(root, '.github/workflows', name));
  const jobs = files.map((file) => readFileSync(file, 'utf8')).join('');
  const named = [...jobs.matchAll(/steps: ([a-z -]+)[ ,]/g)].flatMap(([, names]) => names?.split(' ') ?? []);
  const missed = [...STEPS, ...DEEP_STEPS].filter(
    ({ name }) => !named.some((one) => name === one || name.startsWith(`${one}-`)),
  );
  assert.deepEqual(
    missed.map(({ name }) => name),
    [],
  );
});
