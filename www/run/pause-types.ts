/**
 * A pause as the engine tells it: who stopped when and where, why the last worker was late, what was done meanwhile.
 * Times and durations are microseconds, as in `types.ts`.
 */
import type { Halt, Task } from './debugger.ts';

/** What the world is stopped for: to collect the heap, to take a snapshot, to look at the tasks. */
export type Reason = 'gc' | 'snapshot' | 'debug';

/** Where a program may poll; `explicit`: where it says so itself, under every policy. */
export type PollKind = 'call' | 'back-edge' | 'allocation' | 'await' | 'explicit';

/** Where a worker was: at a poll site, or in something that does not poll. */
export interface Site {
  /**
   * A poll kind, or: `bulk` (a whole array, or a search for room in the heap), `stall` (blocked, forgot the safe region), `blocked`
   * (inside a safe region), `idle` (no task), `unpolled` (back-edge that does not poll),
   * `scheduler` (between two tasks), `breakpoint` (at one, or before an instruction that traps).
   */
  kind: PollKind | 'bulk' | 'stall' | 'blocked' | 'idle' | 'unpolled' | 'scheduler' | 'breakpoint';
  /** Number of the task, null between tasks. */
  task: number | null;
  /** Name of the function, null between tasks. */
  function: string | null;
  /** Index of the instruction in its function. */
  instruction: number | null;
  /** Byte offset of the instruction in its function. */
  offset: number | null;
  /** Source line from 1, null when the module carries none. */
  line: number | null;
  /** For a reader: `hog, line 15, acopy`. */
  text: string;
}

/** How a worker stood to a pause: `awaited`, or why it was not awaited. */
export type Standing =
  | 'awaited'
  | 'safe-region'
  | 'blocked'
  | 'idle'
  /** It asked for this pause itself. */
  | 'requester'
  | 'waiting-for-memory'
  /** Still stopped since the pause before. */
  | 'not-yet-resumed'
  | 'died';

/** How a worker stopped for a pause. */
export interface Arrival {
  worker: number;
  /** From arming to this worker's stop; 0 when it was not awaited. */
  after: number;
  /** Whether it was not awaited; `standing` says why. */
  safe: boolean;
  /** Not known in files of recorded runs of version 1 for those that were not awaited. */
  standing: Standing | null;
  site: Site | null;
  /** Instructions this worker has run in all, exact at its stop. */
  instructions: number;
  /**
   * Instructions since its last poll: it has executed no more after it was asked, and no clock can blur that. Null when
   * nothing waited for it, and where polls are not counted.
   */
  since_poll: number | null;
}

/** A worker that a pause waited for longer than usual. */
export interface Straggler {
  worker: number;
  site: Site | null;
  /** From arming until it arrived, or until the request was given up. */
  waited: number;
  /** Whether the worker died instead of arriving. */
  dead: boolean;
}

/** What makes a worker late. */
export type CauseKind =
  | 'unpolled-loop'
  | 'unpolled-recursion'
  | 'long-instruction'
  | 'long-path'
  | 'blocked'
  | 'no-processor'
  | 'machine'
  | 'hidden'
  | 'died'
  | 'unknown';

/** Why a worker that was waited for was late. */
interface Cause {
  worker: number;
  kind: CauseKind;
  place: Site | null;
  /** Source line. */
  line: number | null;
  /** From arming to its stop. */
  late: number;
  /** The figures that prove it, in words. */
  evidence: string;
}

/** A stop that does not come yet: which workers have not stopped, and what is known of why. */
export interface Awaiting {
  /** Its id, as its record will have it. */
  pause: number;
  reason: Reason;
  /** When the workers were asked. */
  since: number;
  workers: Awaited[];
}

/** A worker that has not stopped yet. */
export interface Awaited {
  worker: number;
  kind: CauseKind;
  /** What it is in, if it left word of that. */
  place: Site | null;
  /** Source line. */
  line: number | null;
  /** Where it was seen last: at a poll, so it is not what keeps it. */
  last: Site | null;
}

/** A part of an operation. */
interface OperationPart {
  name: 'mark' | 'sweep' | 'capture' | 'write' | 'inspect' | 'wait';
  took: number;
}

/**
 * A pause, or a request for one that was given up. Its parts are, one after the other: `queue`, `ttsp`, `noticing`,
 * `operation`, `held`, `release`, `resuming`; their sum is `total`. One that is not over yet, or that is not known, is null.
 */
export interface Pause {
  id: number;
  reason: Reason;
  /** Who asked: `page`, `timer` (automatic) or `worker N`. */
  by: string;
  /** The stop that the program made, if it made one in this pause. */
  program: ByProgram | null;
  /** When it was requested. */
  at: number;
  /** `timed-out` and `cancelled`: the world was never stopped, and `ttsp` is how long the request waited in vain. */
  ended: 'completed' | 'timed-out' | 'cancelled';
  /** Waiting for other pauses. */
  queue: number;
  /** Time to safepoint: from arming to the last arrival. */
  ttsp: number;
  /** From the last arrival until the requester ran again. */
  noticing: number | null;
  /** What the pause was for. */
  operation: number | null;
  /** From the end of the operation until the holder released the world. */
  held: number | null;
  /** Clearing the request and waking the workers. */
  release: number | null;
  /** From the last wake-up to the last worker's first instruction. */
  resuming: number | null;
  /** The sum of the parts that are known; null while the world is stopped. */
  total: number | null;
  /** What the operation consists of. */
  parts: OperationPart[];
  /** How many others that waited for the same were given this stopped world, and how long that took. */
  served: number;
  servedFor: number;
  /** Sum over the awaited workers of the time between their own stop and the last arrival. */
  wasted: number;
  /** The last to arrive, latest first; empty when no worker was awaited. */
  stragglers: Straggler[];
  /** All workers, latest first; of a request that was given up, those that had stopped. */
  arrivals: Arrival[];
  /** One for each worker that was late. */
  causes: Cause[];
  /** What the operation did; null before it is done, and where a collection was no longer needed. */
  outcome: Collection | SnapshotInfo | Stacks | null;
  /** The worker that stopped the world at a breakpoint or before a trap; null for other pauses. */
  halt: Halt | null;
  /** The pause in one sentence. */
  sentence: string;
  /** Whether the page was hidden at some time during it: browsers slow hidden pages down. */
  hidden: boolean;
}

/** A stop that the program made. */
export interface ByProgram {
  /** The reason that it gave; `collect` for a collection. Of several stops that one pause served, all reasons. */
  why: string;
  site: Site;
}

/** What a collection of the heap came to. */
export interface Collection {
  kind: 'gc';
  /** Bytes. */
  before: number;
  after: number;
  freed: number;
  limit: number;
  /** Objects before, those that survived, those that did not. */
  objects: number;
  live_objects: number;
  freed_objects: number;
  /** Microseconds. */
  mark: number;
  sweep: number;
  /** Stopped workers that helped to mark, beside the collecting thread. */
  helpers: number;
}

/** What the reason `snapshot` did: the file itself is what `lab.snapshotBytes()` gives. */
interface SnapshotInfo {
  kind: 'snapshot';
  /** Bytes of the snapshot. */
  size: number;
}

/** What the reason `debug` found. */
interface Stacks {
  kind: 'debug';
  tasks: Task[];
}
