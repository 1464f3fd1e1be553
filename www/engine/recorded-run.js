/**
 * A run as far as it is kept, as one value: what the page needs to show it once more. Bounded: the newest
 * stays, and the value says how much was left out.
 */

import { noStats } from './recorder.js';
import { Standing } from './standing.js';

/** @import { Pause, Percentiles, RunEvent, Stats } from './types.js' */
/** @import { RecordedRun } from './recorded.js' */

/** Most of each that a recorded run has. */
export const MOST = Object.freeze({
  events: 100_000,
  pauses: 2000,
  /** Over all pauses: a page keeps no more. */
  arrivals: 40_000,
  /** Over all pauses for the debugger. */
  frames: 4000,
  /** As many as a page lists of one pause. */
  tasks: 200,
  characters: 100_000,
  instructions: 20_000,
});

/** What is shown before and after a pause: as long as it took, and this much at least and at most; microseconds. */
const AROUND = { least: 500, most: 50_000 };

/** @param {RecordedRun} run @returns {RecordedRun} with no more than {@link MOST} of anything */
export function bounded(run) {
  const missing = { ...run.missing };
  let { pauses, events, output, program } = run;
  const most = Math.min(MOST.pauses, Math.floor(MOST.arrivals / run.workers));
  if (pauses.length > most) {
    missing.pauses += pauses.length - most;
    pauses = pauses.slice(-most);
  }
  pauses = withFewerTasks(pauses, (tasks) => (missing.tasks += tasks));
  events = [...events].sort((a, b) => a.time - b.time);
  if (events.length > MOST.events) {
    const { left, kept } = from(events, events.length - MOST.events);
    missing.events += left;
    events = kept;
  }
  if (output.length > MOST.characters) {
    const cut = output.indexOf('\n', output.length - MOST.characters) + 1 || output.length - MOST.characters;
    missing.characters += cut;
    output = output.slice(cut);
  }
  if (program.listing.length > MOST.instructions) {
    missing.instructions += program.listing.length;
    program = { ...program, listing: [] };
  }
  return { ...run, pauses, events, output, program, missing };
}

/**
 * What happened around one pause.
 *
 * @param {RecordedRun} run
 * @param {number} id
 * @param {{ listing?: boolean, around?: boolean, tasks?: boolean }} [keep] of the program its listing, of the time
 *   what came before and after, of a debugger's pause its tasks
 * @returns {RecordedRun | null} null when the pause is not in it
 */
export function excerptOf(run, id, { listing = true, around = true, tasks = true } = {}) {
  let pause = run.pauses.find((other) => other.id === id);
  if (!pause) return null;
  const missing = { ...run.missing, pauses: run.missing.pauses + run.pauses.length - 1 };
  if (!tasks && pause.outcome?.kind === 'debug') {
    missing.tasks += pause.outcome.tasks.length;
    pause = { ...pause, outcome: { ...pause.outcome, tasks: [] } };
  }
  const { begin, end } = stretch(run, pause, around);
  const sorted = [...run.events].sort((a, b) => a.time - b.time);
  const first = sorted.findIndex(({ time }) => time >= begin);
  const { left, kept } = from(sorted, first < 0 ? sorted.length : first, begin);
  const events = kept.filter(({ time }) => time <= end);
  missing.events += left + kept.length - events.length;
  missing.characters += run.output.length;
  const program = listing ? run.program : { ...run.program, listing: [] };
  if (!listing) missing.instructions += run.program.listing.length;
  return bounded({
    ...run,
    program,
    output: '',
    totals: [],
    stats: statsOf(pause),
    selected: id,
    excerpt: true,
    pauses: [pause],
    events,
    missing,
  });
}

/**
 * From when to when a pause is shown: up to the pauses beside it, whose records are not there.
 *
 * @param {RecordedRun} run
 * @param {Pause} pause
 * @param {boolean} around
 */
function stretch({ pauses, events }, pause, around) {
  const over = (/** @type {Pause} */ { at, queue, ttsp, operation, release }) =>
    at + queue + ttsp + (operation ?? 0) + (release ?? 0);
  const released = over(pause);
  // Who was late to run on is part of it.
  const next = Math.min(
    ...pauses.filter((other) => other.at + other.queue > released).map(({ at, queue }) => at + queue),
    Infinity,
  );
  let again = released;
  /** @type {Set<number>} */
  const waiting = new Set(pause.arrivals.map(({ worker }) => worker));
  for (const { kind, worker, time } of events) {
    if (pause.total === null || time < released - (pause.release ?? 0) || time >= next) continue;
    if (kind !== 'resumed' && kind !== 'safe-leave') continue;
    if (waiting.delete(worker) && time <= released + AROUND.most) again = Math.max(again, time);
  }
  const margin = around ? Math.min(AROUND.most, Math.max(AROUND.least, again - pause.at)) : 0;
  const before = Math.max(...pauses.map(over).filter((time) => time <= pause.at), 0);
  return { begin: Math.max(before, pause.at - margin), end: Math.min(next, again + margin) };
}

/**
 * The events from one on, and before them what those that are left out would have said.
 *
 * @param {RunEvent[]} events by time
 * @param {number} first
 * @param {number} [time] of what is said in their place
 * @returns {{ left: number, kept: RunEvent[] }}
 */
function from(events, first, time = events[first]?.time ?? 0) {
  const standing = new Standing();
  for (const event of events.slice(0, first)) standing.event(event);
  return { left: first, kept: [...standing.restated(time), ...events.slice(first)] };
}

/**
 * Of the tasks that pauses show, the newest as long as they are not too many.
 *
 * @param {Pause[]} pauses
 * @param {(tasks: number) => void} leave hears how many were left out
 */
function withFewerTasks(pauses, leave) {
  let frames = 0;
  return [...pauses]
    .reverse()
    .map((pause) => {
      if (pause.outcome?.kind !== 'debug') return pause;
      const { tasks } = pause.outcome;
      const kept = tasks.slice(0, MOST.tasks).filter((task) => {
        frames += 1 + task.frames.length;
        return frames <= MOST.frames;
      });
      leave(tasks.length - kept.length);
      return { ...pause, outcome: { ...pause.outcome, tasks: kept } };
    })
    .reverse();
}

/**
 * The figures of one pause.
 *
 * @param {Pause} pause
 * @returns {Stats}
 */
function statsOf({ reason, queue, ttsp, operation, release, total }) {
  const stats = noStats();
  if (operation === null || release === null || total === null) return stats;
  /** @returns {Percentiles} */
  const all = (/** @type {number} */ value) => ({
    p50: value,
    p90: value,
    p99: value,
    p99_9: value,
    max: value,
  });
  stats[reason] = {
    count: 1,
    queue: all(queue),
    ttsp: all(ttsp),
    operation: all(operation),
    release: all(release),
    total: all(total),
  };
  return stats;
}
