/**
 * A run as far as it is kept, as one value: what the page needs to show it once more. Bounded: the newest
 * stays, and the value says how much was left out.
 */

import { instants, isCompleted } from './pause-parts.ts';
import { noStats } from './recorder.ts';
import { Standing } from './standing.ts';
import type { Pause, Percentiles, ReasonStats, RunEvent, Stats } from './types.ts';
import type { RecordedRun } from './recorded.ts';
import type { Tape } from './tape.ts';

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

/**
 * What is shown before and after a pause: as long as it took, and this much at least and at most; and how long
 * a worker that runs on late is waited for. Microseconds.
 */
const AROUND = { least: 500, most: 50_000, again: 1e6 };

/** @returns with no more than {@link MOST} of anything */
export function bounded(run: RecordedRun): RecordedRun {
  const missing = { ...run.missing };
  let { pauses, events, output, program, hits } = run;
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
  // They are shown beside the rows of the listing.
  if (program.listing.length === 0) hits = null;
  return { ...run, pauses, events, output, program, hits, missing };
}

/**
 * What happened around one pause: from some time before it until some time after its last worker ran again, and
 * the other pauses of that time.
 *
 * @param keep of the program its listing, of the time
 * what came before and after, of pauses for the debugger the tasks
 * @param each hands over the run's events; those of the run itself if left out
 * @returns null when the pause is not in it
 */
export function excerptOf(
  run: RecordedRun,
  id: number,
  {
    listing = true,
    around = true,
    tasks = true,
  }: { listing?: boolean; around?: boolean; tasks?: boolean } = {},
  each: Tape['each'] = (callback) => {
    run.events.forEach(callback);
    return 0;
  },
): RecordedRun | null {
  const pause = run.pauses.find((other) => other.id === id);
  if (!pause) return null;
  const missing = { ...run.missing };
  const margin = around ? AROUND.most : 0;
  const [first, last] = [pause.at - margin, over(pause) + AROUND.again + margin];
  const standing = new Standing();
  const near: RunEvent[] = [];
  let handed = 0;
  const passed = each((event) => {
    handed += 1;
    if (event.time < first) standing.event(event);
    else if (event.time <= last) near.push(copyOf(event));
  }, first);
  near.sort((a, b) => a.time - b.time);
  const { begin, end } = stretch(near, pause, around);
  for (const event of near) if (event.time < begin) standing.event(event);
  const within = near.filter(({ time }) => time >= begin && time <= end);
  const events = [...standing.restated(begin), ...within];
  missing.events += passed + handed - within.length;
  missing.characters += run.output.length;
  const pauses = run.pauses
    .filter((other) => other === pause || (around && other.at < end && over(other) > begin))
    .map((other) => {
      if (tasks || other.outcome?.kind !== 'debug') return other;
      missing.tasks += other.outcome.tasks.length;
      return { ...other, outcome: { ...other.outcome, tasks: [] } };
    });
  missing.pauses += run.pauses.length - pauses.length;
  const program = listing ? run.program : { ...run.program, listing: [] };
  if (!listing) missing.instructions += run.program.listing.length;
  return bounded({
    ...run,
    program,
    output: '',
    totals: [],
    stats: statsOf(pauses),
    selected: id,
    excerpt: true,
    pauses,
    events,
    missing,
  });
}

/**
 * From when to when a pause is shown.
 *
 * @param events by time
 */
function stretch(events: RunEvent[], pause: Pause, around: boolean) {
  const released = over(pause);
  let again = released;
  // A worker that was late to run on is part of it; so is the pause after it that found them still standing.
  const waiting = new Set(pause.total === null ? [] : pause.arrivals.map(({ worker }) => worker));
  for (const { kind, worker, time } of events) {
    if (time < (instants(pause).release ?? released)) continue;
    if (waiting.size === 0 || time > released + AROUND.again) break;
    if ((kind === 'resumed' || kind === 'safe-leave') && waiting.delete(worker))
      again = Math.max(again, time);
  }
  const margin = around ? Math.min(AROUND.most, Math.max(AROUND.least, again - pause.at)) : 0;
  return { begin: pause.at - margin, end: again + margin };
}

/** @param event that may be more, and used again */
export function copyOf({ time, worker, kind, detail, pause, task, function: index }: RunEvent): RunEvent {
  return { time, worker, kind, detail, pause, task, function: index };
}

/** When a pause was over; for one that is not, when all workers stood still. */
function over(pause: Pause) {
  const { stopped, released } = instants(pause);
  return released ?? stopped;
}

/**
 * The events from one on, and before them what those that are left out would have said.
 *
 * @param events by time
 */
function from(events: RunEvent[], first: number): { left: number; kept: RunEvent[] } {
  const time = events[first]?.time ?? 0;
  const standing = new Standing();
  for (const event of events.slice(0, first)) standing.event(event);
  return { left: first, kept: [...standing.restated(time), ...events.slice(first)] };
}

/**
 * Of the tasks that pauses show, the newest as long as they are not too many.
 *
 * @param leave hears how many were left out
 */
function withFewerTasks(pauses: Pause[], leave: (tasks: number) => void) {
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

/** The figures of some pauses, each percentile by nearest rank. */
export function statsOf(pauses: Pause[]): Stats {
  const stats = { ...noStats(), bias: null };
  for (const reason of ['gc', 'snapshot', 'debug'] as const) {
    const of = pauses.filter(
      (pause) => pause.reason === reason && pause.total !== null && isCompleted(pause),
    );
    if (of.length === 0) continue;
    const all = (part: Exclude<keyof ReasonStats, 'count' | 'total'>) =>
      percentilesOf(of.map((pause) => pause[part] ?? 0));
    stats[reason] = {
      count: of.length,
      queue: all('queue'),
      ttsp: all('ttsp'),
      noticing: all('noticing'),
      operation: all('operation'),
      held: all('held'),
      release: all('release'),
      // A user looks at a stopped world for any length of time.
      total: percentilesOf(
        of.map((pause) => (pause.total ?? 0) - Math.max(0, (pause.held ?? 0) - pause.servedFor)),
      ),
    };
  }
  return stats;
}

/** By nearest rank. */
function percentilesOf(values: number[]): Percentiles {
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), p99_9: at(0.999), max: at(1) };
}
