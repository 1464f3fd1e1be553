/** What lessons are made of. */
import type { Token } from 'marked';
import type { Awaiting, Finished, Pause, PollPolicy, Reason, SnapshotDescription } from '../run/types.ts';
import type { Run } from '../run/run-summary.ts';
import type { Check } from './check.ts';
import type { Observed } from './broken-protocol.ts';

/** How long a stop does not come before a lesson hears of it, milliseconds: before, it may come at any moment. */
export const NOTICED = 1000;

/** Something that has happened; `run`: what runs then, or ran last. */
export type LessonEvent =
  /** A program runs; `restored`: it goes on from the lesson's snapshot. */
  | { kind: 'run'; run: Run; restored: boolean }
  /** The world is stopped; `asked`: by the page; `ran` are the microseconds that the program has run so far. */
  | { kind: 'pause'; pause: Pause; asked: boolean; run: Run; ran: number }
  /** A stop has not come for `NOTICED` milliseconds. */
  | { kind: 'awaited'; awaiting: Awaiting; run: Run }
  /** The workers run again. */
  | { kind: 'resumed'; run: Run }
  /** A request for a pause was given up before all workers had arrived: after so many microseconds. */
  | { kind: 'in-vain'; waited: number; absent: number; run: Run }
  /** The state of the held world was kept. */
  | { kind: 'snapshot'; bytes: Uint8Array; description: SnapshotDescription; run: Run }
  | { kind: 'finished'; finished: Finished; run: Run; restored: boolean }
  /** The broken protocol was run. */
  | { kind: 'observed'; observed: Observed };

/** What is changed of where a program polls. */
export type PollChange =
  | { site: 'calls' | 'back-edges' | 'allocations' | 'awaits' | 'all'; value: boolean }
  | { site: 'every'; value: number };

/**
 * What a button in a step does. `stop`: in a stopped world, after it was resumed. `resume`: lets the world go on, or
 * takes a request back. `run`: runs the lesson's program with other polls, and stops it.
 */
export type Does =
  | { does: 'resume' | 'snapshot' | 'protocol' }
  | { does: 'stop'; reason: Reason }
  | { does: 'restore'; workers: number }
  | { does: 'run'; polls: PollChange[]; stop: boolean };

export interface Step {
  /** What to do, in Markdown of one paragraph. */
  text: string;
  /** A step without a button is done elsewhere on the page, or comes by itself. */
  button: ({ label: string } & Does) | null;
  /** What has to happen. */
  check: Check;
  /** What is said then, and what when something of that kind does not count; empty for the usual. */
  then: string;
  missed: string;
}

export interface Lesson {
  id: string;
  /** The whole file. */
  source: string;
  title: string;
  /** What it is about. */
  text: Token[];
  /** One after the other. */
  steps: Step[];
  /** Name of the example or of the lesson's own program, which is opened with the lesson; null where there is none. */
  program: string | null;
  /** The program that is in the file itself. */
  code: string | null;
  workers: number;
  /** What is changed of where the program polls. */
  polls: PollChange[];
  /** Whether polls are counted, which makes them dearer. */
  counted: boolean;
  /** Whether its program waits for a press before it runs. */
  waits: boolean;
  /** Whether protocols can be stepped through in it. */
  stepped: boolean;
}

/** @returns where a program polls with the changes */
export function changed(policy: PollPolicy, changes: PollChange[]): PollPolicy {
  const next = { ...policy };
  for (const { site, value } of changes) {
    if (site === 'every') next.every = value;
    if (site === 'calls' || site === 'all') next.calls = Boolean(value);
    if (site === 'back-edges' || site === 'all') next.back_edges = Boolean(value);
    if (site === 'allocations' || site === 'all') next.allocations = Boolean(value);
    if (site === 'awaits' || site === 'all') next.awaits = Boolean(value);
  }
  return next;
}
