/** Reads the file of a recorded run, only if it can be shown. What is in it: docs/recorded-run-format.md. */

import {
  CheckError,
  columns,
  list,
  number,
  oneOf,
  optional,
  orNull,
  record,
  text,
  whole,
  yesOrNo,
} from './checks.ts';
import { EVENT_KINDS } from './events.ts';
import { MAX_WORKERS } from './limits.ts';
import { withParts } from './pause-parts.ts';
import { MOST, statsOf } from './recorded-run.ts';
import { noStats } from './recorder.ts';
import { plainLines } from './lines.ts';
import { pollPolicy } from './policy.ts';
import type { Bias, ListingRow, Passage, Pause, RunEvent, Stats } from './types.ts';
import type { RecordedRun } from './recorded.ts';
import type { Check } from './checks.ts';

export const FORMAT = 'safepoint-lab recorded run';
export const VERSION = 2;
/** No file that the lab writes is larger, bytes. */
export const LARGEST_FILE = 24e6;

/** Why a file is not shown, and what to do. */
export class RecordedRunError extends Error {
  name = 'RecordedRunError';
  advice;

  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

export const REASONS = ['gc', 'snapshot', 'debug'] as const;
const POLLS = ['call', 'back-edge', 'allocation', 'await', 'explicit'] as const;
const PLACES = [...POLLS, 'bulk', 'stall', 'blocked', 'idle', 'unpolled', 'scheduler', 'breakpoint'] as const;

const ENDS = ['completed', 'timed-out', 'cancelled'] as const;
const WORK = ['mark', 'sweep', 'capture', 'write', 'inspect', 'wait'] as const;
const STANDINGS = [
  'awaited',
  'safe-region',
  'blocked',
  'idle',
  'requester',
  'waiting-for-memory',
  'not-yet-resumed',
  'died',
] as const;
const CAUSES = [
  'unpolled-loop',
  'unpolled-recursion',
  'long-instruction',
  'long-path',
  'blocked',
  'no-processor',
  'machine',
  'hidden',
  'died',
  'unknown',
] as const;

/** Instants and durations, microseconds: a hundred days. */
const time = number(0, 1e13);
const count = whole(0, Number.MAX_SAFE_INTEGER);
const index = whole(0, 2 ** 32 - 1);
const line = orNull(index);
const passage: Check<Passage> = (value, place) => {
  const numbers = list(index, 4)(value, place);
  if (numbers.length === 4) return numbers as Passage;
  throw new CheckError(place, value, 'two lines, each with a column');
};
/** A list of this many cannot be shown anyway. */
const MANY = 100_000;

const trap = record({
  message: text(),
  task: index,
  function: text(),
  line,
  offset: index,
  stack: list(text(), 10_000),
  framesOmitted: optional(count),
});

const percentiles = record({ p50: time, p90: time, p99: time, p99_9: time, max: time });
const figures = record({
  count,
  queue: percentiles,
  ttsp: percentiles,
  noticing: optional(percentiles),
  operation: percentiles,
  held: optional(percentiles),
  release: percentiles,
  total: percentiles,
});

const biased = list(record({ who: text(), last: count, expected: number(0, 1e12) }), MANY);

const bias: Check<Bias> = record({ pauses: count, enough: count, workers: biased, places: biased });

const bounds = list(
  record({
    function: text(),
    instructions: orNull(count),
    per_frame: yesOrNo,
    line,
    words: optional(text()),
    why: text(),
    long: optional(text()),
  }),
  MANY,
);

const head = record({
  title: text(),
  begun: number(0, 8.64e15),
  browser: text(),
  cores: whole(1, 100_000),
  clock_step: number(0.001, 1e6),
  workers: whole(1, MAX_WORKERS),
  policy: pollPolicy,
  bounds,
  longest: orNull(record({ worker: index, instructions: count, function: text(), line, text: text() })),
  hits: optional(list(count, MANY)),
  output: text(MOST.characters),
  selected: orNull(index),
  excerpt: yesOrNo,
  end: record({
    how: oneOf(['running', 'stopped', 'finished', 'failed'] as const),
    result: orNull(text()),
    trap: orNull(trap),
  }),
  missing: record({ events: count, pauses: count, tasks: count, characters: count, instructions: count }),
  totals: columns({ instructions: count, polls: count }, MAX_WORKERS),
});

const site = record({
  kind: oneOf(PLACES),
  task: orNull(index),
  function: orNull(text()),
  instruction: line,
  offset: line,
  line,
  text: text(),
});

const named = record({ name: text(), value: text(), object: orNull(count) });
const task = record({
  id: index,
  state: text(),
  worker: orNull(index),
  circle: list(index, MANY),
  circleLength: optional(count),
  turns: optional(count),
  readyToRunning: optional(time),
  longestReadyToRunning: optional(time),
  waiting: orNull(text()),
  stopped: optional(site),
  frames: list(
    record({
      function: text(),
      instruction: index,
      offset: index,
      line,
      locals: list(named, MANY),
      operands: list(record({ value: text(), object: orNull(count) }), MANY),
    }),
    MOST.frames,
  ),
  framesOmitted: optional(count),
});

const outcomes = {
  gc: record({
    kind: oneOf(['gc'] as const),
    before: count,
    after: count,
    freed: count,
    limit: count,
    objects: count,
    live_objects: count,
    freed_objects: count,
    mark: time,
    sweep: time,
    helpers: count,
  }),
  snapshot: record({ kind: oneOf(['snapshot'] as const), size: count }),
  debug: record({ kind: oneOf(['debug'] as const), tasks: list(task, MOST.tasks) }),
};

const outcome: Check<NonNullable<Pause['outcome']>> = (value, place) => {
  const { kind } = record({ kind: oneOf(REASONS) })(value, place);
  return outcomes[kind](value, place);
};

const halt = record({
  worker: index,
  task: index,
  function: text(),
  instruction: index,
  offset: index,
  line,
  why: oneOf(['breakpoint', 'trap'] as const),
  breakpoint: orNull(index),
  hits: orNull(count),
  text: text(),
});

/**
 * @param content of a file
 * @throws {RecordedRunError} naming what of it cannot be
 */
export function readRecordedRun(content: string): RecordedRun {
  if (content.length > LARGEST_FILE)
    throw damaged(`it has ${content.length} characters; expected at most ${LARGEST_FILE}`);
  let given: unknown;
  try {
    given = JSON.parse(content);
  } catch (thrown) {
    throw damaged(`it is no JSON (${thrown instanceof Error ? thrown.message : String(thrown)})`);
  }
  return runOf(given);
}

/**
 * @param given what a file's JSON says
 * @throws {RecordedRunError} naming what of it cannot be
 */
export function runOf(given: unknown): RecordedRun {
  try {
    const { format } = record({ format: text() })(given, '');
    if (format !== FORMAT) throw new CheckError('format', format, `"${FORMAT}"`);
    const { version } = record({ version: whole(1, 1e6) })(given, '');
    if (version > VERSION)
      throw new RecordedRunError(
        `The recorded run was saved by a newer version of the lab (format ${version}; this page reads ${VERSION}).`,
        'Reload the page to get the newest version, and open it again.',
      );
    return checked(given, version);
  } catch (thrown) {
    if (thrown instanceof CheckError) throw damaged(thrown.message);
    throw thrown;
  }
}

function damaged(why: string) {
  return new RecordedRunError(
    `This is no recorded run that could be shown: ${why}.`,
    'It may have been changed or cut off on its way: save the run again where it was recorded.',
  );
}

function checked(given: unknown, version: number): RecordedRun {
  const { clock_step: clockStep, end, totals, ...run } = head(given, '');
  const { workers } = run;
  const { instructions, polls } = totals.columns;
  const pauses = pausesOf(given, workers, version);
  // In the first version the time to safepoint ended with the requester's waking; the pauses say how long that was.
  const stats = version === 1 && run.missing.pauses === 0 ? statsOf(pauses) : figuresOf(given);
  return {
    ...run,
    ...end,
    clockStep,
    totals: instructions.map((n, i) => ({ instructions: n, polls: polls[i] ?? 0 })),
    program: programOf(given),
    stats,
    pauses,
    events: eventsOf(given, workers),
  };
}

function programOf(given: unknown) {
  const name = text();
  const { program } = record({
    program: record({
      name,
      source: text(8 * 1024 * 1024),
      policy: pollPolicy,
      size: count,
      functions: list(name, MANY),
      bounds,
      listing: columns(
        {
          function: index,
          index,
          offset: index,
          bytes: text(),
          text: text(),
          line,
          words: optional(text()),
          statement: optional(passage),
          begins: optional(yesOrNo),
          poll: orNull(oneOf(POLLS)),
          placed: orNull(whole(0, 65_535)),
          site: orNull(index),
        },
        MOST.instructions,
        ['placed', 'words', 'statement', 'begins'],
      ),
    }),
  })(given, '');
  const { columns: of, rows } = program.listing;
  const { functions } = program;
  const listing = Array.from({ length: rows }, (_, i) => {
    const row = Object.fromEntries(Object.entries(of).map(([key, column]) => [key, column[i]]));
    const place = `program.listing.function[${i}]`;
    whole(0, functions.length - 1)(of.function[i], place);
    return { ...row, function: functions[of.function[i] ?? 0] } as ListingRow;
  });
  return { ...program, source: plainLines(program.source), listing };
}

function figuresOf(given: unknown): Stats {
  const { stats } = record({ stats: record({}) })(given, '');
  const of = (given as { stats: object }).stats;
  const known = REASONS.filter((reason) => Object.hasOwn(of, reason));
  const read = record(Object.fromEntries(known.map((reason) => [reason, figures])))(of, 'stats');
  return { ...noStats(), ...stats, ...read, ...record({ bias: optional(bias) })(of, 'stats') };
}

function pausesOf(given: unknown, workers: number, version: number): Pause[] {
  const { sites } = record({ sites: list(site, MANY) })(given, '');
  const siteNumber = orNull(whole(0, sites.length - 1));
  const worker = whole(0, workers - 1);
  const named = (number: number | null) => (number === null ? null : (sites[number] ?? null));
  const fields = {
    id: whole(1, 2 ** 32 - 1),
    reason: oneOf(REASONS),
    by: text(),
    at: time,
    queue: time,
    ttsp: time,
    operation: orNull(time),
    release: orNull(time),
    total: orNull(time),
    wasted: number(0, 1e16),
    stragglers: list(record({ worker, site: siteNumber, waited: time, dead: yesOrNo }), workers),
    arrivals: columns(
      {
        worker,
        after: time,
        safe: whole(0, 1),
        site: siteNumber,
        instructions: count,
        since_poll: orNull(count),
        standing: orNull(oneOf(STANDINGS)),
      },
      workers,
      ['since_poll', 'standing'],
    ),
    outcome: orNull(outcome),
    halt: orNull(halt),
    program: optional(record({ why: text(), site: whole(0, sites.length - 1) })),
    sentence: text(),
    hidden: yesOrNo,
  };
  const newer = {
    ended: oneOf(ENDS),
    noticing: orNull(time),
    held: orNull(time),
    resuming: orNull(time),
    parts: list(record({ name: oneOf(WORK), took: time }), MANY),
    served: count,
    servedFor: time,
    causes: list(
      record({ worker, kind: oneOf(CAUSES), place: siteNumber, line, late: time, evidence: text() }),
      workers,
    ),
  };
  const pause: Check<any> = record(version === 1 ? fields : { ...fields, ...newer });
  const { pauses } = record({ pauses: list(pause, MOST.pauses) })(given, '');
  const seen: Set<number> = new Set();
  return pauses.map(({ stragglers, program, arrivals: { rows, columns: of }, ...rest }: any, n) => {
    if (seen.has(rest.id))
      throw new CheckError(`pauses[${n}].id`, rest.id, 'a number that no pause before it has');
    seen.add(rest.id);
    const { operation, release, total, ended = 'completed' } = rest;
    const isOver = total !== null && (ended !== 'completed' || (operation !== null && release !== null));
    // Requests may be given up while it is held.
    const isHeld =
      ended === 'completed' &&
      total === null &&
      release === null &&
      pauses.slice(n + 1).every((later: any) => later.ended && later.ended !== 'completed');
    if (!isOver && !isHeld)
      throw new CheckError(
        `pauses[${n}]`,
        rest,
        'operation, release and total to be numbers, or release and total null in the last one that was not given up',
      );
    const read = {
      ...rest,
      program: program ? { ...program, site: sites[program.site] } : null,
      stragglers: stragglers.map((straggler: any) => ({
        ...straggler,
        site: named(straggler.site),
      })),
      arrivals: Array.from({ length: rows }, (_, i) => ({
        worker: of.worker[i] ?? 0,
        after: of.after[i] ?? 0,
        safe: of.safe[i] === 1,
        site: named(of.site[i] ?? null),
        instructions: of.instructions[i] ?? 0,
        since_poll: of.since_poll[i] ?? null,
        standing: of.standing[i] ?? null,
      })),
    };
    return version === 1
      ? withParts(read)
      : {
          ...read,
          causes: rest.causes.map((cause: any) => ({ ...cause, place: named(cause.place) })),
        };
  });
}

function eventsOf(given: unknown, workers: number): RunEvent[] {
  const { events } = record({ events: record({ kinds: list(oneOf(EVENT_KINDS), EVENT_KINDS.length) }) })(
    given,
    '',
  );
  const { kinds } = events;
  const { events: table } = record({
    events: columns(
      {
        time: count,
        worker: whole(-1, workers - 1),
        kind: whole(0, kinds.length - 1),
        detail: whole(0, 255),
        pause: index,
        task: index,
        function: index,
      },
      2 * MOST.events,
    ),
  })(given, '');
  const of = table.columns;
  let nanoseconds = 0;
  return Array.from({ length: table.rows }, (_, i) => {
    nanoseconds += of.time[i] ?? 0;
    return {
      time: time(nanoseconds / 1000, `the sum of events.time up to [${i}]`),
      worker: of.worker[i] ?? 0,
      kind: kinds[of.kind[i] ?? 0],
      detail: of.detail[i] ?? 0,
      pause: of.pause[i] ?? 0,
      task: of.task[i] ?? 0,
      function: of.function[i] ?? 0,
    };
  });
}
