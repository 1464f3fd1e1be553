/** How a run begins: with the loaded program, or where a snapshot was taken. One that runs is stopped first. */

import { LabError } from './errors.js';
import { checkRunOptions } from './run-options.js';
import { plainLines } from './source.js';

/** @import { Runs } from './runs.js' */
/** @import { RestoreOptions, RunOptions, SnapshotDescription } from './types.js' */

/**
 * @param {Runs} runs
 * @param {Required<RunOptions>} settings
 */
export async function startRun(runs, settings) {
  await runs.stopRun();
  const { program } = runs;
  if (!program)
    throw new LabError('no-program', 'There is no program to run.', 'Load one without errors first.');
  const engine = await readied(runs, settings);
  const policy = settings.policy ?? program.policy;
  const bounds = settings.policy ? await runs.engines.language.ask('bounds', policy) : program.bounds;
  const layout = await engine.call('run', settings);
  await runs.begin(engine, layout, { program, policy, bounds });
}

/**
 * @param {Runs} runs
 * @param {Uint8Array} bytes of the snapshot, whose program becomes the loaded one
 * @param {RestoreOptions} options
 * @returns {Promise<SnapshotDescription>}
 */
export async function restoreRun(runs, bytes, options) {
  const { workers, heap, policy } = await runs.engines.describe(bytes);
  const settings = checkRunOptions({ workers, heap, policy, ...options }, runs.timeouts);
  const polls = settings.policy ?? policy;
  const { source, module, runnable, bounds, ...read } = await runs.engines.programOf(bytes, polls);
  const text = read.program.source;
  await runs.stopRun();
  const engine = await readied(runs, settings);
  const restored = engine.call('restore', bytes, { ...settings, policy: polls }, { module, text });
  const { layout, snapshot: taken } = await restored;
  const program = { ...read.program, source: plainLines(text) };
  runs.program = program;
  runs.engines.adopt(source, { module: runnable, text }, engine);
  // At once: what it prints from now on is its own.
  await runs.begin(engine, layout, { program, policy: polls, bounds });
  return taken;
}

/**
 * @param {Runs} runs
 * @param {Required<RunOptions>} settings
 * @returns an engine that a run can begin in
 */
async function readied(runs, settings) {
  const engine = await runs.engines.holding(settings);
  engine.cancellation.admitAgain();
  await engine.call('automatic', runs.automatic);
  return engine;
}
