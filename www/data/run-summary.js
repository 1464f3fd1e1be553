/** A run in a few figures, to be set beside another one's. */
import { REASONS } from './columns.js';
import { instants } from './recording.js';

/** @typedef {import('../engine/types.js').PollPolicy} PollPolicy */
/** @typedef {import('../engine/types.js').Program} Program */
/** @typedef {import('../engine/types.js').Reason} Reason */

/**
 * @typedef {object} RunSummary
 * @property {string} program its name
 * @property {number} workers
 * @property {number} cores
 * @property {PollPolicy | null} policy
 * @property {number} seconds that the world ran
 * @property {number} instructions per second, all workers
 * @property {number} polls per second, all workers
 * @property {Reason} reason of most pauses: the percentiles are of these
 * @property {number} pauses for that reason
 * @property {{ p50: number, p99: number, max: number }} ttsp microseconds
 * @property {number} wasted microseconds, by all pauses
 * @property {number | null | 'unknown'} bound instructions at most without a poll; null when there is no bound
 * @property {number} step of the clock, microseconds
 */

/**
 * Microseconds that a run's workers could run: from its begin to now, without the time the world stood.
 *
 * @param {import('./recording.js').Recording} recording
 * @param {number} end up to when
 */
export function ranFor({ begin, stood, held }, end) {
  if (Number.isNaN(begin)) return 0;
  // `end` may be the last event read, which can be long before a pause that is known already.
  const until = held ? instants(held).stopped : end;
  return Math.max(0, until - begin - stood);
}

/**
 * @param {object} run
 * @param {{ workers: number, policy: PollPolicy | null, program: Program | null }} run.run
 * @param {import('./recording.js').Recording} run.recording
 * @param {number} run.end
 * @param {{ instructions: number, polls: number }[]} run.workers what each has done in all
 * @param {import('../engine/types.js').Stats} run.stats
 * @param {number} run.cores
 * @param {number} run.step
 * @returns {RunSummary}
 */
export function summaryOf({ run, recording, end, workers, stats, cores, step }) {
  const seconds = ranFor(recording, end) / 1e6;
  const sum = (/** @type {'instructions' | 'polls'} */ what) =>
    seconds > 0 ? workers.reduce((all, worker) => all + worker[what], 0) / seconds : 0;
  const reason = REASONS.reduce((most, other) => (stats[other].count > stats[most].count ? other : most));
  const { p50, p99, max } = stats[reason].ttsp;
  return {
    program: run.program?.name || 'a program',
    workers: run.workers,
    cores,
    policy: run.policy ?? run.program?.policy ?? null,
    seconds,
    instructions: sum('instructions'),
    polls: sum('polls'),
    reason,
    pauses: stats[reason].count,
    ttsp: { p50, p99, max },
    wasted: recording.wasted,
    bound: longestPath(run.program, run.policy),
    step,
  };
}

/**
 * @param {Program | null} program
 * @param {PollPolicy | null} policy in place of the program's own
 * @returns {number | null | 'unknown'} instructions; null when there is no bound
 */
function longestPath(program, policy) {
  // The engine bounds a program under its own polls.
  if (!program || (policy && !samePolicy(policy, program.policy))) return 'unknown';
  let longest = 0;
  for (const { instructions } of program.bounds) {
    if (instructions === null) return null;
    longest = Math.max(longest, instructions);
  }
  return longest;
}

/**
 * @param {PollPolicy} a
 * @param {PollPolicy} b
 */
export function samePolicy(a, b) {
  return (
    a.calls === b.calls &&
    a.back_edges === b.back_edges &&
    a.allocations === b.allocations &&
    a.awaits === b.awaits &&
    a.every === b.every
  );
}

/**
 * Where a run polled, in words.
 *
 * @param {PollPolicy | null} policy
 */
export function policyText(policy) {
  if (!policy) return 'not known';
  const { calls, back_edges, allocations, awaits, every } = policy;
  const edges = every === 1 ? 'back-edges' : `one back-edge in ${every}`;
  const all = [calls && 'calls', back_edges && edges, allocations && 'allocations', awaits && 'awaits'];
  return all.filter(Boolean).join(', ') || 'nowhere';
}

/**
 * What was kept in an earlier visit; whatever is no summary is left out.
 *
 * @param {unknown} stored
 * @returns {RunSummary[]}
 */
export function readSummaries(stored) {
  if (!Array.isArray(stored)) return [];
  const number = (/** @type {unknown} */ value) => typeof value === 'number' && Number.isFinite(value);
  return stored.filter(
    (run) =>
      run !== null &&
      typeof run === 'object' &&
      typeof run.program === 'string' &&
      REASONS.includes(run.reason) &&
      ['workers', 'cores', 'seconds', 'instructions', 'polls', 'pauses', 'wasted', 'step'].every((key) =>
        number(run[key]),
      ) &&
      ['p50', 'p99', 'max'].every((key) => number(run.ttsp?.[key])) &&
      (run.bound === null || run.bound === 'unknown' || number(run.bound)) &&
      (run.policy === null || number(run.policy?.every)),
  );
}
