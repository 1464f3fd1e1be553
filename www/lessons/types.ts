/** What lessons are made of. */
import type { Awaiting, Finished, Pause, PollPolicy, Program, SnapshotDescription } from '../run/types.ts';
import type { Observed } from './broken-protocol.ts';

/** How long a stop does not come before a lesson hears of it, milliseconds: before, it may come at any moment. */
export const NOTICED = 1000;

/** Something that has happened. */
export type LessonEvent =
  /** A program runs. */
  | { kind: 'run'; workers: number; policy: PollPolicy; program: Program; counted: boolean }
  /** The world is stopped; `ran` are the microseconds that the program has run so far. */
  | { kind: 'pause'; pause: Pause; ran: number }
  /** A stop has not come for `NOTICED` milliseconds. */
  | { kind: 'awaited'; awaiting: Awaiting }
  /** The workers run again. */
  | { kind: 'resumed' }
  /** A request for a pause was given up before all workers had arrived: after so many microseconds. */
  | { kind: 'in-vain'; waited: number; absent: number; workers: number; program: Program }
  /** The state of the held world was kept. */
  | { kind: 'snapshot'; bytes: Uint8Array; description: SnapshotDescription }
  /** A run goes on from that snapshot. */
  | { kind: 'restored'; workers: number }
  | { kind: 'finished'; finished: Finished }
  /** The broken protocol was run. */
  | { kind: 'observed'; observed: Observed };

/** What a lesson has to say about what happened. */
export interface Seen {
  /** How many of its steps are done by now; those that were done before stay so. */
  steps: number;
  /** Empty: nothing new. */
  text: string;
}

/** What a lesson remembers between two events; its own business. */
export type Memory = Record<string, any>;

/**
 * What a button in a step does. `stop`: a stop for a collection, in a stopped world after it was resumed. `resume`: lets
 * the world go on, or takes a request back. `poll`: runs the lesson's program with other polls.
 */
export type Does =
  | { does: 'stop' | 'resume' | 'snapshot' | 'break-protocol' }
  | { does: 'restore'; workers: number }
  | { does: 'poll'; policy: PollPolicy; stop: boolean };

export interface Step {
  /** What to do, in the words of the page; `[term]` is explained where it stands, `` `code` `` is code. */
  text: string;
  /** A step without a button is done elsewhere on the page, or comes by itself. */
  button?: { label: string } & Does;
}

export interface Lesson {
  id: string;
  title: string;
  /** What it is about, in the same writing. */
  text: string[];
  /** One after the other. */
  steps: Step[];
  /** Name of the example or of the lesson's own program, which runs when the lesson is opened; null when it needs none. */
  program: string | null;
  /** Whether its program runs without counting polls, which makes them dearer. */
  uncounted?: boolean;
  /** Whether protocols can be stepped through in it. */
  stepped?: boolean;
  /** Judges an event of its program; null: nothing to say. `step` is the clock's. */
  see: (event: LessonEvent, memory: Memory, step: number) => Seen | null;
}
