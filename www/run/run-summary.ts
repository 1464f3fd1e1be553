/** A run in a few figures, to be set beside another one's. */
import { ifGiven, number, oneOf, orNull, record, text, yesOrNo } from './checks.ts';
import { REASONS } from './columns.ts';
import { STATE } from './lane.ts';
import { boundOf } from './longest-path.ts';
import { instants, stoodStill } from './pause-parts.ts';
import { pollPolicy } from './policy.ts';
import { couldNotRun } from './recording.ts';
import type { Check } from './checks.ts';
import type { PathBound, Pause, PollPolicy, Program, Reason, Stats } from './types.ts';
import type { Recording } from './recording.ts';

export interface Run {
  workers: number;
  /** null: the program's own */
  policy: PollPolicy | null;
  program: Program | null;
  /** its longest paths without a poll where it polls; null while not known */
  bounds: PathBound[] | null;
  /** whether its polls are counted, which makes them dearer; they are if left out */
  counted?: boolean;
  /** whether what is hot in it is compiled; it is not if left out */
  compiles?: boolean;
}

export interface RunSummary {
  /** its name */
  program: string;
  workers: number;
  cores: number;
  policy: PollPolicy | null;
  /** that the world ran */
  seconds: number;
  /** per second, all workers */
  instructions: number;
  /** per second, all workers; 0 where they are not counted */
  polls: number;
  /** whether polls were counted */
  counted?: boolean;
  /** whether what was hot was compiled */
  compiles?: boolean;
  /** workers of which it is not known how much they have executed */
  uncounted?: number;
  /** of most pauses: the percentiles are of these */
  reason: Reason;
  /** for that reason */
  pauses: number;
  /** requests that were given up, or wait still */
  givenUp?: number;
  /** requests that were due, made or not: while one waits the next are not made */
  due?: number;
  /** microseconds, of each request from when it was due */
  ttsp: { p50: number; p99: number; max: number };
  /** from this on they may have been longer: requests were given up, or wait still */
  atLeast?: number | null;
  /** whether half of the requests may have waited longer than `p50` */
  isHalfOpen?: boolean;
  /** microseconds, by all pauses */
  wasted: number;
  /** instructions at most without a poll; null when there is no bound */
  bound: number | null | 'unknown';
  /** whether that is for each frame of a recursion */
  perFrame?: boolean;
  /** the most that a worker went without a poll; null where not measured */
  longest?: number | null;
  /** of the clock, microseconds */
  step: number;
  /** its recorded part, around one pause: the fragment of a link */
  part?: string;
}

/** Two runs that differ by less cannot be told apart: code that is placed otherwise makes as much. */
export const TELLABLE = 0.1;

/**
 * Microseconds that a run's workers could run, on average: from its begin to now, without the time in which the world
 * stood, no matter which holder, and without what they stood while others had not stopped.
 *
 * @param end up to when
 */
export function ranFor({ begin, stood, waited, held, arming, workers }: Recording, end: number) {
  if (Number.isNaN(begin)) return 0;
  // `end` may be the last event read, which can be long before a pause that is known already.
  const until = held ? instants(held).stopped : Math.min(end, arming?.armed ?? Infinity);
  const inForce = held ? couldNotRun(held) : 0;
  return Math.max(0, until - begin - stood - (waited + inForce) / workers);
}

/**
 * Microseconds that its workers could run until a pause stopped them.
 *
 * @param recording that may know of the pause already
 * @param pause the newest one
 */
export function ranUntil({ begin, stood, waited, workers, pauses, held }: Recording, pause: Pause) {
  if (Number.isNaN(begin)) return 0;
  const isTold = pauses.some(({ id }) => id === pause.id) && held?.id !== pause.id;
  const before = isTold ? { stood: stoodStill(pause), waited: couldNotRun(pause) } : { stood: 0, waited: 0 };
  const lost = (waited - before.waited + couldNotRun(pause)) / workers;
  return Math.max(0, instants(pause).stopped - begin - (stood - before.stood) - lost);
}

export function summaryOf({
  run,
  longest,
  recording,
  end,
  workers,
  uncounted = 0,
  stats,
  cores,
  step,
}: {
  run: Run;
  /** what was measured of its paths without a poll, instructions */
  longest: number | null;
  recording: Recording;
  end: number;
  /** what each has done in all; empty where that is lost */
  workers: { instructions: number; polls: number }[];
  /** of these, how many have executed more than they have told */
  uncounted?: number;
  stats: Stats;
  cores: number;
  step: number;
}): RunSummary {
  const seconds = ranFor(recording, end) / 1e6;
  const sum = (what: 'instructions' | 'polls') =>
    seconds > 0 ? workers.reduce((all, worker) => all + worker[what], 0) / seconds : 0;
  const reason = REASONS.reduce((most, other) => (stats[other].count > stats[most].count ? other : most));
  const { arming, waits, every } = recording;
  const waiting = arming && REASONS[arming.reason] === reason ? { waited: end - arming.armed, every } : null;
  const { p50, p99, max, atLeast, isHalfOpen, due } = waits[reason].figures(waiting) ?? NO_WAITS;
  return {
    program: run.program?.name || 'a program',
    workers: run.workers,
    cores,
    policy: policyOf(run),
    seconds,
    instructions: sum('instructions'),
    polls: sum('polls'),
    counted: run.counted ?? true,
    compiles: run.compiles ?? false,
    uncounted: workers.length === 0 ? run.workers : uncounted,
    reason,
    pauses: stats[reason].count,
    givenUp: recording.givenUp + (waiting ? 1 : 0),
    due,
    ttsp: { p50, p99, max },
    atLeast,
    isHalfOpen,
    wasted: recording.wasted + waitingSince(recording, end),
    ...boundary(run.bounds),
    longest,
    step,
  };
}

const NO_WAITS = { p50: 0, p99: 0, max: 0, atLeast: null, isHalfOpen: false, due: 0 };

/** How long workers have waited until now for those that a request waits for, summed over workers. */
export function waitingSince({ arming, lanes }: Recording, end: number) {
  if (!arming) return 0;
  return lanes.reduce((sum, lane) => {
    if (lane.current !== STATE.stopped) return sum;
    return sum + Math.max(0, end - Math.max(arming.armed, lane.start(lane.written - 1)));
  }, 0);
}

/**
 * How two rates differ.
 *
 * @returns empty where there is nothing to compare with
 */
export function difference(value: number, base: number): string {
  if (base <= 0) return '';
  const change = value / base - 1;
  if (Math.abs(change) < TELLABLE) return 'cannot be told apart';
  return `${change < 0 ? '−' : '+'}${Math.abs(Math.round(change * 100))}\u202f%`;
}

function boundary(bounds: PathBound[] | null): Pick<RunSummary, 'bound' | 'perFrame'> {
  if (!bounds) return { bound: 'unknown' };
  const bound = boundOf(bounds);
  return bound ? { bound: bound.instructions, perFrame: bound.perFrame } : { bound: null };
}

/** Where a run polls. */
export function policyOf({ policy, program }: Pick<Run, 'policy' | 'program'>) {
  return policy ?? program?.policy ?? null;
}

const figure = number(0, Number.MAX_VALUE);
const flag = ifGiven(yesOrNo);

/** Reads what the browser has kept; fields with a question mark are newer than some of that. */
export const readSummary: Check<RunSummary> = record({
  program: text(),
  workers: figure,
  cores: figure,
  policy: orNull(pollPolicy),
  seconds: figure,
  instructions: figure,
  polls: figure,
  counted: flag,
  compiles: flag,
  uncounted: ifGiven(figure),
  reason: oneOf(REASONS),
  pauses: figure,
  givenUp: ifGiven(figure),
  due: ifGiven(figure),
  ttsp: record({ p50: figure, p99: figure, max: figure }),
  atLeast: ifGiven(orNull(figure)),
  isHalfOpen: flag,
  wasted: figure,
  bound: (value, place) => (value === 'unknown' ? value : orNull(figure)(value, place)),
  perFrame: flag,
  longest: ifGiven(orNull(figure)),
  step: figure,
  part: ifGiven(text()),
});
