/** Checks what a caller asks for before it goes to the engine. */

import { LabError } from './errors.ts';
import { MAX_WORKERS } from '../run/limits.ts';
import { LARGEST_EVERY } from '../run/policy.ts';
import { DEFAULT_HEAP_BYTES } from './memory-plan.ts';
import type { Automatic, PollPolicy, Reason, RunOptions, Timeouts } from '../run/types.ts';

const DEFAULT_WORKERS = 4;
const SMALLEST_HEAP_BYTES = 64 * 1024;
const LARGEST_HEAP_BYTES = 2 ** 32;
const REASONS = ['gc', 'snapshot', 'debug'];

/**
 * @param timeouts in force unless the options say otherwise
 * @throws {LabError} naming the setting that cannot be
 */
export function checkRunOptions(options: RunOptions, timeouts: Timeouts): Required<RunOptions> {
  const { workers = DEFAULT_WORKERS, policy = null, heap = DEFAULT_HEAP_BYTES, profile = true } = options;
  demandWhole('The number of workers', workers, 1, MAX_WORKERS);
  demandWhole('The heap limit in bytes', heap, SMALLEST_HEAP_BYTES, LARGEST_HEAP_BYTES);
  const { warn = timeouts.warn, deadline = timeouts.deadline } = options;
  checkTimeouts({ warn, deadline });
  return { workers, policy: policy && checkPolicy(policy), heap, profile: Boolean(profile), warn, deadline };
}

/** @throws {LabError} when it cannot be */
export function checkPolicy({ calls, back_edges, allocations, awaits, every }: PollPolicy): PollPolicy {
  demandWhole('"every" of the poll policy', every, 1, LARGEST_EVERY);
  return {
    calls: Boolean(calls),
    back_edges: Boolean(back_edges),
    allocations: Boolean(allocations),
    awaits: Boolean(awaits),
    every,
  };
}

/** @throws {LabError} when one is neither null nor a positive number */
export function checkTimeouts({ warn, deadline }: Timeouts) {
  for (const [name, value] of Object.entries({ warn, deadline })) {
    if (value === null || (Number.isFinite(value) && value > 0)) continue;
    throw new LabError(
      'invalid',
      `The setting "${name}" is ${value}.`,
      'Give microseconds above 0, or null for never.',
    );
  }
}

/** @throws {LabError} when the reason or the rate cannot be */
export function checkAutomatic({ reason, everyMs }: Automatic) {
  checkReason(reason);
  if (!Number.isFinite(everyMs) || everyMs < 1 || everyMs > 3_600_000) {
    throw new LabError(
      'invalid',
      `Automatic pauses cannot come every ${everyMs} ms.`,
      'Give 1 to 3600000 milliseconds.',
    );
  }
}

/** @throws {LabError} when there is no such reason */
export function checkReason(reason: Reason) {
  if (REASONS.includes(reason)) return;
  throw new LabError(
    'invalid',
    `There is no pause for the reason "${reason}".`,
    'Give "gc", "snapshot" or "debug".',
  );
}

function demandWhole(what: string, value: number, least: number, most: number) {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new LabError(
    'invalid',
    `${what} cannot be ${value}.`,
    `Give a whole number from ${least} to ${most}.`,
  );
}
