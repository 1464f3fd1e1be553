/** Checks what a caller asks for before it goes to the engine. */

import { LabError } from './errors.ts';
import { CheckError, number, oneOf, orNull, record, whole, yesOrNo } from '../run/checks.ts';
import { REASONS } from '../run/columns.ts';
import { MAX_WORKERS } from '../run/limits.ts';
import { pollPolicy } from '../run/policy.ts';
import { DEFAULT_HEAP_BYTES } from './memory-plan.ts';
import type { Check } from '../run/checks.ts';
import type { Automatic, PollPolicy, Reason, RunOptions, Timeouts } from '../run/types.ts';

const DEFAULT_WORKERS = 4;
const SMALLEST_HEAP_BYTES = 64 * 1024;
const LARGEST_HEAP_BYTES = 2 ** 32;

/** Microseconds, or null for never. */
const limit: Check<number | null> = (value, place) => {
  if (value === null || (typeof value === 'number' && Number.isFinite(value) && value > 0)) return value;
  throw new CheckError(place, value, 'microseconds above 0, or null for never');
};
const compiles: Check<boolean | 'first'> = (value, place) =>
  value === 'first' ? value : yesOrNo(value, place);
const LIMITS = { warn: limit, deadline: limit };
const OPTIONS = record({
  workers: whole(1, MAX_WORKERS),
  policy: orNull(pollPolicy),
  heap: whole(SMALLEST_HEAP_BYTES, LARGEST_HEAP_BYTES),
  profile: yesOrNo,
  compile: compiles,
  stress: yesOrNo,
  ...LIMITS,
});
const AUTOMATIC = record({ reason: oneOf(REASONS), everyMs: number(1, 3_600_000) });

/**
 * @param timeouts in force unless the options say otherwise
 * @throws {LabError} naming the setting that cannot be
 */
export function checkRunOptions(options: RunOptions, timeouts: Timeouts): Required<RunOptions> {
  const {
    workers = DEFAULT_WORKERS,
    policy = null,
    heap = DEFAULT_HEAP_BYTES,
    profile = true,
    compile = true,
    stress = false,
  } = options;
  const { warn = timeouts.warn, deadline = timeouts.deadline } = options;
  return checked(OPTIONS, { workers, policy, heap, profile, compile, stress, warn, deadline });
}

/** @throws {LabError} when it cannot be */
export function checkPolicy(policy: PollPolicy): PollPolicy {
  return checked(pollPolicy, policy, 'policy');
}

/** @throws {LabError} when one is neither null nor a positive number */
export function checkTimeouts(timeouts: Timeouts) {
  checked(record(LIMITS), timeouts);
}

/** @throws {LabError} when the reason or the rate cannot be */
export function checkAutomatic(automatic: Automatic) {
  checked(AUTOMATIC, automatic);
}

/** @throws {LabError} when there is no such reason */
export function checkReason(reason: Reason) {
  checked(oneOf(REASONS), reason, 'reason');
}

/** As the engine's callers get it: what is wrong, and what to give. */
function checked<T>(check: Check<T>, value: unknown, place: string = ''): T {
  try {
    return check(value, place);
  } catch (thrown) {
    if (!(thrown instanceof CheckError)) throw thrown;
    throw new LabError('invalid', `"${thrown.place}" is ${thrown.found}.`, `Give ${thrown.expected}.`);
  }
}
