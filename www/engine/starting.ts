/** How a run begins: with the loaded program, or where a snapshot was taken. One that runs is stopped first. */

import { LabError } from './errors.ts';
import { checkRunOptions } from './run-options.ts';
import { plainLines } from '../run/lines.ts';
import { samePolicy } from '../run/policy.ts';
import type { Runs } from './runs.ts';
import type { RestoreOptions, RunOptions, SnapshotDescription } from '../run/types.ts';

export async function startRun(runs: Runs, settings: Required<RunOptions>) {
  await runs.stopRun();
  const { program } = runs;
  if (!program)
    throw new LabError('no-program', 'There is no program to run.', 'Load one without errors first.');
  runs.starting();
  const engine = await readied(runs, settings);
  const policy = settings.policy ?? program.policy;
  const asWritten = samePolicy(policy, program.policy);
  const bounds = asWritten ? program.bounds : await runs.engines.language.ask('bounds', policy);
  const layout = await engine.call('run', settings);
  await runs.begin(engine, layout, { program, policy, bounds });
}

/** @param bytes of the snapshot, whose program becomes the loaded one */
export async function restoreRun(
  runs: Runs,
  bytes: Uint8Array,
  options: RestoreOptions,
): Promise<SnapshotDescription> {
  const { workers, heap, policy } = await runs.engines.describe(bytes);
  const settings = checkRunOptions({ workers, heap, policy, ...options }, runs.timeouts);
  const polls = settings.policy ?? policy;
  const { source, module, runnable, bounds, ...read } = await runs.engines.programOf(bytes, polls);
  const text = read.program.source;
  await runs.stopRun();
  runs.starting();
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

/** @returns an engine that a run can begin in */
async function readied(runs: Runs, settings: Required<RunOptions>) {
  const engine = await runs.engines.holding(settings);
  engine.cancellation.admitAgain();
  await engine.call('automatic', runs.automatic);
  return engine;
}
