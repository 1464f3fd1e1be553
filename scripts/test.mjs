/**
 * `npm test`: installs what is missing, runs every step, ends with `N passed, N failed`.
 *
 *   npm test -- rust web     only these steps, `web` being all of web-...
 *   npm test -- --quick      what finds most mistakes within three minutes
 *   npm test -- --force      also those that passed before and whose inputs are the same (always so with CI=true)
 *   npm test -- --list       the steps' names
 *   npm run test:deep        what takes too long for every day; the same arguments
 */
import { parseArgs } from 'node:util';
import { chromeVersion, firefoxVersion } from './browsers.mjs';
import { Problem, command, elapsed, say } from './log.mjs';
import { ensureNodeModules } from './node-modules.mjs';
import { relative } from './paths.mjs';
import { fingerprint, forget, recall, remember } from './stamps.mjs';
import { describe, total } from './test-counts.mjs';
import { RUNNER_INPUTS } from './test-inputs.mjs';
import { compilerVersions } from './toolchain.mjs';

/** @type {Record<import('./test-steps.mjs').Tool, () => string>} */
const VERSIONS = { rust: compilerVersions, chrome: chromeVersion, firefox: firefoxVersion };

/**
 * @typedef {import('./test-steps.mjs').Step} Step
 * @typedef {import('./test-counts.mjs').Counts} Counts
 */

await command(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      deep: { type: 'boolean' },
      quick: { type: 'boolean' },
      force: { type: 'boolean' },
      list: { type: 'boolean' },
    },
  });
  const { steps, again } = await tier(values);
  if (values.list) {
    for (const { name, what } of steps) say(`${name.padEnd(20)} ${what}`);
    return;
  }
  const chosen = choose(steps, positionals);
  await ensureNodeModules();
  const always = values.force === true || process.env.CI === 'true';
  /** @type {{ step: Step, counts: Counts, again: boolean }[]} */
  const results = [];
  for (const step of chosen) results.push(await perform(step, always));
  summarize(results, again);
});

/**
 * @param {{ deep?: boolean | undefined, quick?: boolean | undefined }} chosen
 * @returns {Promise<{ steps: Step[], again: string }>} `again`: the command that runs them
 */
async function tier({ deep, quick }) {
  if (deep && quick) throw new Problem('--quick and the deep run are two runs: choose one.');
  if (deep) return { steps: (await import('./deep-steps.mjs')).DEEP_STEPS, again: 'npm run test:deep --' };
  if (quick) return { steps: (await import('./quick-steps.mjs')).QUICK_STEPS, again: 'npm test -- --quick' };
  return { steps: (await import('./test-steps.mjs')).STEPS, again: 'npm test --' };
}

/**
 * @param {Step[]} steps
 * @param {string[]} names of steps, or of families: `web` is `web-chrome` and `web-firefox`
 */
function choose(steps, names) {
  /** @param {string} name */
  const chosenBy = (name) => steps.filter((step) => step.name === name || step.name.startsWith(`${name}-`));
  const unknown = names.find((name) => chosenBy(name).length === 0);
  if (unknown !== undefined) {
    const known = steps.map(({ name }) => name).join(', ');
    throw new Problem(`No step of the tests is called "${unknown}": the steps are ${known}.`);
  }
  const chosen = new Set(names.flatMap(chosenBy));
  return names.length === 0 ? steps : steps.filter((step) => chosen.has(step));
}

/**
 * @param {Step} step
 * @param {boolean} always
 */
async function perform(step, always) {
  const stamp = `test-${step.name}`;
  const sources = fingerprint([...step.inputs, ...RUNNER_INPUTS]);
  const before = always ? undefined : recall(stamp, withTools(step, sources));
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
  else remember(stamp, withTools(step, sources), { counts });
  say(`${step.name}: ${describe(counts)} in ${elapsed(start)}`);
  return { step, counts, again: true };
}

/**
 * @param {Step} step
 * @param {string} sources fingerprint of its inputs
 * @returns {string} fingerprint of those and of the programs that are installed now
 */
function withTools(step, sources) {
  return fingerprint([], [sources, process.version, ...step.tools.map((tool) => VERSIONS[tool]())]);
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
  const failures = step.failures?.(output);
  if (failures) say(failures);
  if (shown.length < lines.length)
    say(`(the first ${lines.length - shown.length} lines are in ${log(step)})`);
  say(shown.join('\n').trimEnd());
  say(`----- end of ${step.name} -----`);
}

/** @param {Step} step */
function log(step) {
  return relative(`.cache/logs/test-${step.name}.log`);
}

/**
 * @param {{ step: Step, counts: Counts, again: boolean }[]} results
 * @param {string} again the command that runs steps
 */
function summarize(results, again) {
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
      `${failed.length} of ${results.length} steps failed: look at ${logs}, then run \`${again} ${failed.map(({ name }) => name).join(' ')}\`.`,
    );
  }
}
