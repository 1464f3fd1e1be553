/**
 * `npm test`: installs what is missing, runs every step, ends with `N passed, N failed`.
 *
 *   npm test -- rust web     only the steps whose names begin so
 *   npm test -- --force      also those that passed before and whose inputs are the same (always so with CI=true)
 *   npm test -- --list       the steps' names
 */
import { parseArgs } from 'node:util';
import { Problem, command, elapsed, say } from './log.mjs';
import { ensureNodeModules } from './node-modules.mjs';
import { relative } from './paths.mjs';
import { fingerprint, forget, recall, remember } from './stamps.mjs';
import { describe, total } from './test-counts.mjs';

/**
 * @typedef {import('./test-steps.mjs').Step} Step
 * @typedef {import('./test-counts.mjs').Counts} Counts
 */

await command(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { force: { type: 'boolean' }, list: { type: 'boolean' } },
  });
  await ensureNodeModules();
  const { STEPS } = await import('./test-steps.mjs');
  if (values.list) {
    for (const { name, what } of STEPS) say(`${name.padEnd(14)} ${what}`);
    return;
  }
  const chosen = choose(STEPS, positionals);
  const always = values.force === true || process.env.CI === 'true';
  /** @type {{ step: Step, counts: Counts, again: boolean }[]} */
  const results = [];
  for (const step of chosen) results.push(await perform(step, always));
  summarize(results);
});

/**
 * @param {Step[]} steps
 * @param {string[]} prefixes
 */
function choose(steps, prefixes) {
  const unknown = prefixes.find((prefix) => !steps.some(({ name }) => name.startsWith(prefix)));
  if (unknown !== undefined) {
    const names = steps.map(({ name }) => name).join(', ');
    throw new Problem(`No step of the tests is called "${unknown}": the steps are ${names}.`);
  }
  if (prefixes.length === 0) return steps;
  return steps.filter(({ name }) =>
    prefixes.some(
      (prefix) =>
        name === prefix ||
        name.startsWith(`${prefix}-`) ||
        (!steps.some((other) => other.name === prefix) && name.startsWith(prefix)),
    ),
  );
}

/**
 * @param {Step} step
 * @param {boolean} always
 */
async function perform(step, always) {
  const stamp = `test-${step.name}`;
  const print = fingerprint([...step.inputs, 'scripts'], [process.version]);
  const before = always ? undefined : recall(stamp, print);
  if (before) {
    const counts = /** @type {Counts} */ (before.counts);
    say(`${step.name}: ${describe(counts)} (unchanged since it passed)`);
    return { step, counts, again: false };
  }
  forget(stamp);
  const start = performance.now();
  say(`${step.name}: ${step.what} ...`);
  const { runStep } = await import('./test-steps.mjs');
  const job = await step.prepare();
  const { ok, output } = await runStep(step, job);
  const counts = count(step, ok, output);
  if (counts.failed > 0) showFailure(step, output);
  else remember(stamp, print, { counts });
  say(`${step.name}: ${describe(counts)} in ${elapsed(start)}`);
  return { step, counts, again: true };
}

/**
 * @param {Step} step
 * @param {boolean} ok
 * @param {string} output
 * @returns {Counts} never without a failure where the program failed, nor all well where it ran no test
 */
function count(step, ok, output) {
  if (!step.counts) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  const counts = step.counts(output);
  const ranNone = counts.passed + counts.failed === 0;
  if (counts.failed === 0 && (!ok || ranNone)) counts.failed = 1;
  return counts;
}

/**
 * @param {Step} step
 * @param {string} output
 */
function showFailure(step, output) {
  const lines = output.split('\n');
  const shown = lines.slice(-120);
  say(`----- ${step.name} -----`);
  if (shown.length < lines.length)
    say(`(the first ${lines.length - shown.length} lines are in ${log(step)})`);
  say(shown.join('\n').trimEnd());
  say(`----- end of ${step.name} -----`);
}

/** @param {Step} step */
function log(step) {
  return relative(`.cache/logs/test-${step.name}.log`);
}

/** @param {{ step: Step, counts: Counts, again: boolean }[]} results */
function summarize(results) {
  const sum = total(results.map(({ counts }) => counts));
  const kept = total(results.filter(({ again }) => !again).map(({ counts }) => counts));
  say('');
  if (kept.passed > 0)
    say(`${kept.passed} of these were not run again: nothing they depend on has changed (--force runs them)`);
  say(describe(sum));
  const failed = results.filter(({ counts }) => counts.failed > 0).map(({ step }) => step);
  if (failed.length > 0) {
    const logs = failed.map(log).join(', ');
    throw new Problem(
      `${failed.length} of ${results.length} steps failed: look at ${logs}, then run \`npm test -- ${failed.map(({ name }) => name).join(' ')}\`.`,
    );
  }
}
