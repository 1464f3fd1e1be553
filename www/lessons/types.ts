/** What lessons are made of. */
import type { Finished, Pause, PollPolicy, Program, SnapshotDescription } from '../run/types.ts';
import type { Observed } from './broken-protocol.ts';

/** Something that has happened. */
export type LessonEvent =
  /** A program runs. */
  | { kind: 'run'; workers: number; policy: PollPolicy; program: Program; counted: boolean }
  /** The world is stopped; `ran` are the microseconds that the program has run so far. */
  | { kind: 'pause'; pause: Pause; ran: number }
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
  /** Whether it is what the lesson asked for. */
  done: boolean;
  text: string;
}

/** What a lesson remembers between two events; its own business. */
export type Memory = Record<string, any>;

export interface Lesson {
  id: string;
  title: string;
  /** What it is about: `[term]` is explained where it stands, `` `code` `` is code. */
  text: string[];
  /** The one thing to do, in the same writing. */
  task: string;
  /** Name of the example or of the lesson's own program; null when it needs none. */
  program: string | null;
  /** Whether its program runs without counting polls, which makes them dearer. */
  uncounted?: boolean;
  /** Something that the lesson does on request. */
  action?: { label: string; does: 'restore' | 'break-protocol'; ready: (memory: Memory) => boolean };
  /** Whether protocols can be stepped through in it. */
  stepped?: boolean;
  /** Judges an event of its program; null: nothing to say. `step` is the clock's. */
  see: (event: LessonEvent, memory: Memory, step: number) => Seen | null;
}
