/** What the user has set and would set again: it goes into links and into the session. */
import { MAX_WORKERS } from '../engine/memory-plan.js';

/** @typedef {import('./page-state.js').PageState} PageState */
/** @typedef {Pick<PageState, 'workers' | 'policy' | 'keepStopped' | 'automatic' | 'timeouts'>} Settings */

/** @param {PageState} state @returns {Settings} */
export function settingsOf({ workers, policy, keepStopped, automatic, timeouts }) {
  return { workers, policy, keepStopped, automatic, timeouts };
}

/** Keys of the state that belong to it. */
export const SETTINGS = /** @type {const} */ (['workers', 'policy', 'keepStopped', 'automatic', 'timeouts']);

/**
 * Reads settings that come from outside.
 *
 * @param {unknown} given
 * @returns {Partial<Settings>} what was given of them, and nothing else
 * @throws {Error} naming the first that cannot be
 */
export function readSettings(given) {
  const all = fields(given, 'the settings');
  /** @type {Partial<Settings>} */
  const read = {};
  if ('workers' in all) read.workers = whole(all.workers, 1, MAX_WORKERS, 'the number of workers');
  if ('policy' in all) read.policy = all.policy === null ? null : policyOf(all.policy);
  if ('keepStopped' in all) read.keepStopped = yesOrNo(all.keepStopped, 'keep stopped');
  if ('automatic' in all) {
    const { enabled, everyMs, reason } = fields(all.automatic, 'the automatic pauses');
    read.automatic = {
      enabled: yesOrNo(enabled, 'the automatic pauses'),
      everyMs: whole(everyMs, 5, 60_000, 'the time between automatic pauses'),
      reason: oneOf(reason, /** @type {const} */ (['gc', 'snapshot', 'debug']), 'the reason of pauses'),
    };
  }
  if ('timeouts' in all) {
    const { mode, warnMs, deadlineMs } = fields(all.timeouts, 'the timeout');
    read.timeouts = {
      mode: oneOf(mode, /** @type {const} */ (['for-ever', 'warn', 'give-up']), 'the timeout'),
      warnMs: whole(warnMs, 1, 60_000, 'the time before the warning'),
      deadlineMs: whole(deadlineMs, 1, 60_000, 'the time before giving up'),
    };
  }
  return read;
}

/** @param {unknown} given @returns {import('../engine/types.js').PollPolicy} */
function policyOf(given) {
  const { calls, back_edges, allocations, awaits, every } = fields(given, 'the polls');
  return {
    calls: yesOrNo(calls, 'the polls'),
    back_edges: yesOrNo(back_edges, 'the polls'),
    allocations: yesOrNo(allocations, 'the polls'),
    awaits: yesOrNo(awaits, 'the polls'),
    every: whole(every, 1, 65_535, 'the polls'),
  };
}

/** @param {unknown} value @param {string} what @returns {Record<string, unknown>} */
export function fields(value, what) {
  if (typeof value === 'object' && value !== null) return /** @type {Record<string, unknown>} */ (value);
  throw new Error(`${what}: nothing is given`);
}

/** @param {unknown} value @param {string} what */
export function textOf(value, what) {
  if (typeof value === 'string') return value;
  throw new Error(`${what}: no text is given`);
}

/** @param {unknown} value @param {string} what */
function yesOrNo(value, what) {
  if (typeof value === 'boolean') return value;
  throw new Error(`${what}: neither yes nor no`);
}

/** @param {unknown} value @param {number} least @param {number} most @param {string} what */
function whole(value, least, most, what) {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${what}: not a whole number from ${least} to ${most}`);
}

/**
 * @template {string} Choice
 * @param {unknown} value
 * @param {readonly Choice[]} choices
 * @param {string} what
 */
function oneOf(value, choices, what) {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw new Error(`${what}: none of ${choices.join(', ')}`);
}
