/** A run in a few figures, to be set beside another one's. */
import { REASONS } from './columns.js';
import { boundOf } from './longest-path.js';
import { instants, stoodStill } from '../engine/pause-parts.js';
import { waitedIn } from './recording.js';

/** @typedef {import('../engine/types.js').PollPolicy} PollPolicy */
/** @typedef {import('../engine/types.js').PathBound} PathBound */
/** @typedef {import('../engine/types.js').Program} Program */
/** @typedef {import('../engine/types.js').Reason} Reason */

/**
 * @typedef {object} Run
 * @property {number} workers
 * @property {PollPolicy | null} policy null: the program's own
 * @property {Program | null} program
 * @property {PathBound[] | null} bounds its longest paths without a poll where it polls; null while not known
 * @property {boolean} [counted] whether its polls are counted, which makes them dearer; they are if left out
 *
 * @typedef {object} RunSummary
 * @property {string} program its name
 * @property {number} workers
 * @property {number} cores
 * @property {PollPolicy | null} policy
 * @property {number} seconds that the world ran
 * @property {number} instructions per second, all workers
 * @property {number} polls per second, all workers; 0 where they are not counted
 * @property {boolean} [counted] whether polls were counted
 * @property {number} [uncounted] workers of which it is not known how much they have executed
 * @property {Reason} reason of most pauses: the percentiles are of these
 * @property {number} pauses for that reason
 * @property {number} [givenUp] requests that were given up
 * @property {{ p50: number, p99: number, max: number }} ttsp microseconds, of each request from when it was due
 * @property {number | null} [atLeast] from this on they may have been longer: requests were given up, or wait still
 * @property {number} wasted microseconds, by all pauses
 * @property {number | null | 'unknown'} bound instructions at most without a poll; null when there is no bound
 * @property {boolean} [perFrame] whether that is for each frame of a recursion
 * @property {number | null} [longest] the most that a worker went without a poll; null where not measured
 * @property {number} step of the clock, microseconds
 */

/** Two runs that differ by less cannot be told apart: code that is placed otherwise makes as much. */
export const TELLABLE = 0.1;

/**
 * Microseconds that a run's workers could run, on average: from its begin to now, without the time in which the world
 * stood, no matter which holder, and without what they waited for each other.
 *
 * @param {import('./recording.js').Recording} recording
 * @param {number} end up to when
 */
export function ranFor({ begin, stood, waited, held, arming, workers }, end) {
  if (Number.isNaN(begin)) return 0;
  // `end` may be the last event read, which can be long before a pause that is known already.
  const until = held ? instants(held).stopped : Math.min(end, arming?.armed ?? Infinity);
  const inForce = held ? waitedIn(held) : 0;
  return Math.max(0, until - begin - stood - (waited + inForce) / workers);
}

/**
 * Microseconds that its workers could run until a pause stopped them.
 *
 * @param {import('./recording.js').Recording} recording that may know of the pause already
 * @param {import('../engine/types.js').Pause} pause the newest one
 */
export function ranUntil({ begin, stood, waited, workers, pauses, held }, pause) {
  if (Number.isNaN(begin)) return 0;
  const isTold = pauses.some(({ id }) => id === pause.id) && held?.id !== pause.id;
  const before = isTold ? { stood: stoodStill(pause), waited: waitedIn(pause) } : { stood: 0, waited: 0 };
  const lost = (waited - before.waited + waitedIn(pause)) / workers;
  return Math.max(0, instants(pause).stopped - begin - (stood - before.stood) - lost);
}

/**
 * @param {object} run
 * @param {Run} run.run
 * @param {number | null} run.longest what was measured of its paths without a poll, instructions
 * @param {import('./recording.js').Recording} run.recording
 * @param {number} run.end
 * @param {{ instructions: number, polls: number }[]} run.workers what each has done in all; empty where that is lost
 * @param {number} [run.uncounted] of these, how many have executed more than they have told
 * @param {import('../engine/types.js').Stats} run.stats
 * @param {number} run.cores
 * @param {number} run.step
 * @returns {RunSummary}
 */
export function summaryOf({ run, longest, recording, end, workers, uncounted = 0, stats, cores, step }) {
  const seconds = ranFor(recording, end) / 1e6;
  const sum = (/** @type {'instructions' | 'polls'} */ what) =>
    seconds > 0 ? workers.reduce((all, worker) => all + worker[what], 0) / seconds : 0;
  const reason = REASONS.reduce((most, other) => (stats[other].count > stats[most].count ? other : most));
  const { arming, waits, every } = recording;
  const waiting = arming && REASONS[arming.reason] === reason ? { waited: end - arming.armed, every } : null;
  const { p50, p99, max, atLeast } = waits[reason].figures(waiting) ?? NO_WAITS;
  return {
    program: run.program?.name || 'a program',
    workers: run.workers,
    cores,
    policy: policyOf(run),
    seconds,
    instructions: sum('instructions'),
    polls: sum('polls'),
    counted: run.counted ?? true,
    uncounted: workers.length === 0 ? run.workers : uncounted,
    reason,
    pauses: stats[reason].count,
    givenUp: recording.givenUp + (waiting ? 1 : 0),
    ttsp: { p50, p99, max },
    atLeast,
    wasted: recording.wasted,
    ...boundary(run.bounds),
    longest,
    step,
  };
}

const NO_WAITS = { p50: 0, p99: 0, max: 0, atLeast: null };

/**
 * How two rates differ.
 *
 * @param {number} value
 * @param {number} base
 * @returns {string} empty where there is nothing to compare with
 */
export function difference(value, base) {
  if (base <= 0) return '';
  const change = value / base - 1;
  if (Math.abs(change) < TELLABLE) return 'cannot be told apart';
  return `${change < 0 ? '−' : '+'}${Math.abs(Math.round(change * 100))}\u202f%`;
}

/**
 * @param {import('../engine/types.js').PathBound[] | null} bounds
 * @returns {Pick<RunSummary, 'bound' | 'perFrame'>}
 */
function boundary(bounds) {
  if (!bounds) return { bound: 'unknown' };
  const bound = boundOf(bounds);
  return bound ? { bound: bound.instructions, perFrame: bound.perFrame } : { bound: null };
}

/**
 * Where a run polls.
 *
 * @param {Pick<Run, 'policy' | 'program'>} run
 */
export function policyOf({ policy, program }) {
  return policy ?? program?.policy ?? null;
}

/**
 * @param {PollPolicy | null} a
 * @param {PollPolicy | null} b
 */
export function samePolicy(a, b) {
  if (!a || !b) return a === b;
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
 * @param {unknown} stored
 * @returns {RunSummary}
 * @throws {Error} when it is none
 */
export function readSummary(stored) {
  const run = /** @type {any} */ (stored);
  const number = (/** @type {unknown} */ value) => typeof value === 'number' && Number.isFinite(value);
  const is =
    run !== null &&
    typeof run === 'object' &&
    typeof run.program === 'string' &&
    REASONS.includes(run.reason) &&
    ['workers', 'cores', 'seconds', 'instructions', 'polls', 'pauses', 'wasted', 'step'].every((key) =>
      number(run[key]),
    ) &&
    ['p50', 'p99', 'max'].every((key) => number(run.ttsp?.[key])) &&
    (run.bound === null || run.bound === 'unknown' || number(run.bound)) &&
    (run.longest === undefined || run.longest === null || number(run.longest)) &&
    (run.policy === null || number(run.policy?.every));
  if (is) return run;
  throw new Error('no figures of a run');
}
