/**
 * What the engine gives and takes. Times and durations are microseconds (numbers, never finer than
 * the clock's step), instants count from the start of the engine.
 */

import type { Reason, PollKind, Site, Straggler, Awaiting, Pause } from './pause-types.ts';
import type { Step } from './debugger.ts';
import type { Phase } from './phases.ts';

export type * from './debugger.ts';
export type * from './pause-types.ts';
export type * from './snapshot-types.ts';
export type { Phase } from './phases.ts';

/** How a lab is made. */
export interface LabOptions {
  /** Threads to start right away, so that a first run with as many or fewer is quick. */
  workers?: number;
  /** Settles when the page is isolated, or will not be; the engine waits for it. */
  isolated?: Promise<void>;
}

/** A fault of a program, or what looks like one. */
export interface Diagnostic {
  /** From 1; 0 when the fault has no place in a text (a binary module). */
  line: number;
  column: number;
  /** Length of what is marked, in characters. */
  length: number;
  /** In bytes, of the text or of the binary module. */
  offset: number;
  message: string;
}

/** Line and column of a passage's first character, and of the place behind its last, from 1 and in characters. */
export type Passage = [line: number, column: number, endLine: number, endColumn: number];

/** One row of the bytecode view. */
export interface ListingRow {
  function: string;
  index: number;
  offset: number;
  bytes: string;
  text: string;
  line: number | null;
  /** What the instruction does, in words of the source; null in assembler. */
  words?: string | null;
  /** The statement of the source to which it belongs, and whether that begins here. */
  statement?: Passage | null;
  begins?: boolean | null;
  /** Poll kind of the site here, whether or not the policy asks for it. */
  poll: PollKind | null;
  /**
   * How often it polls, if the program says so: 0 never, 1 always, n every n-th turn, 65535 as seldom as a wanted time
   * allows. Otherwise the policy says it.
   */
  placed?: number | null;
  /** Number of the poll site in the module. */
  site: number | null;
}

/** Longest path without a poll under a policy, from the program alone. */
export interface PathBound {
  function: string;
  /** Instructions, or null for unbounded. */
  instructions: number | null;
  /** Whether they are for each frame of a recursion that a path leaves. */
  per_frame: boolean;
  line: number | null;
  /** What is there, in words of the source; null in assembler. */
  words?: string | null;
  why: string;
  /** The first instruction of the function that counts as one although its time grows with its data, in words. */
  long?: string | null;
}

/** A program that was read without faults. */
export interface Program {
  name: string;
  listing: ListingRow[];
  bounds: PathBound[];
  functions: string[];
  policy: PollPolicy;
  /** The binary module's size in bytes. */
  size: number;
  /** The text that was loaded, or assembler that was made of the binary module. */
  source: string;
}

/** Where a program polls. */
export interface PollPolicy {
  calls: boolean;
  back_edges: boolean;
  allocations: boolean;
  awaits: boolean;
  /** Every n-th back-edge, from 1. */
  every: number;
  /**
   * Microseconds within which a back-edge of compiled code polls again: how many turns that are follows from the time that
   * they take, and changes with it. Only where `every` is 1; interpreted code polls at every turn. Missing: so does compiled code.
   */
  adapt?: number;
}

/** What came of reading a program. */
export interface LoadResult {
  ok: boolean;
  errors: Diagnostic[];
  /** What looks like a mistake in a program that can run all the same. */
  warnings: Diagnostic[];
  program: Program | null;
}

/** How a program is run. */
export interface RunOptions {
  /** 1 to 128. */
  workers?: number;
  /** Replaces the program's own poll policy. */
  policy?: PollPolicy | null;
  /** Heap limit in bytes. */
  heap?: number;
  /** Counts hits per poll site (costs a little at each poll). Default true. */
  profile?: boolean;
  /** Compiles what is hot; `first`: everything, before the program begins. Default true. */
  compile?: boolean | 'first';
  /** Collects at every allocation, which is slow: what a collection would lose is lost at once. Default false. */
  stress?: boolean;
  /** Microseconds after which late workers are named while waiting goes on; null: never. */
  warn?: number | null;
  /** Microseconds after which a pause is given up and the world runs on; null: wait for ever. */
  deadline?: number | null;
}

/** How a program ended; `result` and `trap` are both null when it was stopped. */
export interface Finished {
  /** What main returned, as text; null when it trapped or was stopped. */
  result: string | null;
  output: string;
  trap: Trap | null;
}

/** Why and where a task could not go on, which ends the program. */
export interface Trap {
  message: string;
  task: number;
  function: string;
  line: number | null;
  offset: number;
  /** Of a deep stack both ends. */
  stack: string[];
  /** How many calls are left out of `stack`. */
  framesOmitted?: number | null;
}

/** Microseconds. */
export interface Percentiles {
  p50: number;
  p90: number;
  p99: number;
  p99_9: number;
  max: number;
}

/** What the pauses for one reason took. */
export interface ReasonStats {
  count: number;
  queue: Percentiles;
  ttsp: Percentiles;
  /** Of this and of `held` nothing is known in files of recorded runs of version 1. */
  noticing: Percentiles | null;
  operation: Percentiles;
  held: Percentiles | null;
  release: Percentiles;
  total: Percentiles;
}

/** What the pauses of a run took, by reason. */
export interface Stats extends Record<Reason, ReasonStats> {
  /** Of all pauses of the run; null where not all of them are known. */
  totals: Totals | null;
  /** Who was late too often; null where not all pauses are known, and in older files of recorded runs. */
  bias: Bias | null;
  /** Handshakes of the program and of the page; missing in files of recorded runs. */
  handshakes?: { count: number; took: Percentiles };
}

/** A handshake with one worker: it came to a poll, and nobody else stopped. */
export interface Handshake {
  worker: number;
  /** How long that took. */
  took: number;
}

/** Which workers and places were last more often than chance explains, the most often first. */
export interface Bias {
  /** Pauses that awaited at least two workers. */
  pauses: number;
  /** So many are needed for a verdict. */
  enough: number;
  workers: Biased[];
  /** Places where the last worker was held up, by their text. */
  places: Biased[];
}

/** A worker or place that was last more often than chance explains. */
interface Biased {
  /** `worker 3`, or the text of a place. */
  who: string;
  /** How often it was last. */
  last: number;
  /** How often it would be by chance. */
  expected: number;
}

/** What the workers of a run do, and how many tasks want one. */
export interface Schedule {
  /** Workers that execute instructions or look for some. */
  running: number;
  /** Workers that wait for something outside of the machine, inside a safe region or not. */
  blocked: number;
  /** Workers that have nothing to do. */
  idle: number;
  /** Workers that stand at a safepoint. */
  stopped: number;
  /** Tasks that could run and have no worker. */
  ready: number;
  /** From when a task could run to when it did, for each turn that has begun; microseconds. */
  readyToRunning: { count: number; p50: number; p99: number; max: number };
  /** All but the times in a sentence: `All 4 workers are blocked; 3 tasks are ready.` */
  text: string;
}

/** What all pauses of a run took. Durations in microseconds, shares from 0 to 1. */
export interface Totals {
  /** How long the run has lasted. */
  run: number;
  /** How long the world stood still: from the last arrival to the last wake-up, over all pauses that are over. */
  stopped: number;
  share: number;
  byReason: Record<Reason, { pauses: number; stopped: number; share: number }>;
  /** Minimum mutator utilisation: the least share that the program had of any window, which has so many milliseconds. */
  utilisation: { window: number; least: number }[];
  /** The longest window in which the program had less than half of its time; 0 if there is none. */
  window: number;
}

/** What a worker does: it runs, is stopped, is in a safe region, has no task, has ended or crashed. */
export type WorkerState = 'starting' | 'running' | 'stopped' | 'safe region' | 'idle' | 'finished' | 'dead';

/** A worker as it is now. */
export interface WorkerStatus {
  id: number;
  state: WorkerState;
  /** Visible instructions executed, exact whenever the worker is stopped. */
  instructions: number;
  polls: number;
  site: Site | null;
  /** Null before the end of the first one, and in a run that does not count polls. */
  longest: LongestPath | null;
}

/** The longest path that a worker went from one poll to the next; one that it is on counts when it ends. */
export interface LongestPath {
  instructions: number;
  /** Where it ended. */
  function: string;
  line: number | null;
  /** For a reader: `main, line 12, jmp again`. */
  text: string;
}

/** What runs, or ran last. */
export interface Ran {
  program: Program;
  /** Where it polls. */
  policy: PollPolicy;
  /** Its longest paths without a poll there. */
  bounds: PathBound[];
}

/** One instruction of the language. */
export interface InstructionInfo {
  mnemonic: string;
  /** What kind it is, empty for none. */
  operand: string;
  /** With its operand. */
  syntax: string;
  /** On the stack, as in `a b → a+b`. */
  effect: string;
  polls: PollKind | null;
  doc: string;
  traps: string[];
}

/** A program that comes with the lab. */
export interface Example {
  name: string;
  /** What it was called before, null if nothing else. */
  formerly: string | null;
  description: string;
  source: string;
  endless: boolean;
}

/** What an event says of a run. */
export interface RunEvent {
  /** Microseconds since the engine's start. */
  time: number;
  /** Worker, or -1 for the requester. */
  worker: number;
  kind: EventKind;
  /** Reason of the pause (0 gc, 1 snapshot, 2 debug), or why a task left its worker. */
  detail: number;
  pause: number;
  task: number;
  function: number;
}

/** An event of a worker's or the requester's ring, decoded. */
export interface LabEvent extends RunEvent {
  instruction: number;
  /** Low 32 bits of the worker's instruction count. */
  count: number;
}

/**
 * Hands over all events since its last call, worker by worker, each worker's in order.
 *
 * @param callback called with one object that is used again for the next
 * @returns how many were handed over, and how many were overwritten before they were read
 */
export type EventReader = (callback: (event: LabEvent) => void) => { events: number; dropped: number };

/** What happened: to a task, to a worker, or to a request of a pause. */
export type EventKind =
  | 'task-start'
  | 'task-stop'
  | 'idle-begin'
  | 'idle-end'
  | 'safe-enter'
  | 'safe-leave'
  | 'arrived'
  | 'resumed'
  | 'worker-start'
  | 'worker-end'
  | 'died'
  | 'requested'
  | 'armed'
  | 'stopped'
  | 'released'
  | 'timed-out'
  | 'cancelled'
  | 'warned'
  | 'handshake';

/** What was wrong, for programs; the message says it in words. */
export type ErrorCode =
  | 'unsupported'
  | 'invalid'
  | 'no-program'
  | 'not-running'
  | 'busy'
  | 'held'
  | 'not-held'
  /** A file is no snapshot that could be restored; the message says why. */
  | 'snapshot'
  | 'timed-out'
  | 'cancelled'
  | 'stopped'
  /** The lab was disposed of. */
  | 'disposed'
  /** It cannot be done as things are; the message says why, and what can. */
  | 'refused'
  | 'failed';

/** Where the engine keeps what the page reads; byte addresses in the shared memory, valid for one run. */
export interface Layout {
  /** Cancels the pause that is being waited for: `flag` becomes 1, then each bell is raised and notified. */
  cancel: { flag: number; bells: number[] };
  status: StatusLayout;
  /** One per worker, then the requester's. */
  rings: RingLayout[];
  /** Address of two words: see `Visibility`. */
  hidden: number;
  /** When the engine's clock was at 0: `performance.timeOrigin + performance.now()`, milliseconds. */
  zero: number;
}

/** One block per worker, `stride` bytes apart; what is in it: `crates/machine/src/vm/status.rs`. */
export interface StatusLayout {
  address: number;
  stride: number;
  count: number;
}

export interface RingLayout {
  address: number;
  /** In events, a power of two. */
  capacity: number;
}

/** What of a run is compiled. */
export interface Compiled {
  /** Names of the functions that are: what was hot, and what that calls. */
  functions: string[];
  /** Of their WebAssembly. */
  bytes: number;
  /** Milliseconds from when it was wanted until the workers had it. */
  took: number;
  /** Why it, or more of it, could not be used, so that it is interpreted; null: nothing failed. */
  failed: string | null;
}

/** A place in a function of a program. */
export interface CodePlace {
  /** Its index in the function. */
  instruction: number;
  /** Of the program's text, from 1; null where it is not known. */
  line: number | null;
}

/** WebAssembly of a function, or of what is left of it from where compiled code is entered, as text. */
export interface CodeText {
  /** Where it is entered; null: at the function's beginning. */
  entry: CodePlace | null;
  lines: string[];
  /** Its polls; `at`: index of the line in which one begins. */
  polls: (CodePlace & { at: number })[];
}

/** What `lab` dispatches, by name; `detail` of the `CustomEvent`. */
export interface LabEvents {
  /** The lab is in another phase. */
  state: Phase;
  /** A program runs from now on: what is told after this is of its run. */
  run: Ran;
  /** The world is stopped, or something was done in the stopped world. */
  pause: Pause;
  /** A task of the stopped world went on while all others stood still. */
  step: { task: number; step: Step };
  /** The world runs again; the whole record. */
  resume: Pause;
  /** More is compiled than before, or compiling has failed. */
  compiled: Compiled;
  /** What was printed since the last one. */
  output: string;
  /** The program has ended, or was stopped. */
  finished: Finished;
  /** Something went wrong that no promise of the caller's tells. */
  error: { message: string; advice: string };
  /** A worker crashed, one of the run's or one of the engine's own. */
  died: { worker: string; message: string };
  /** A pause waits longer than the warning threshold. */
  warning: Awaiting & { waited: number };
  /** A pause was given up at its deadline. */
  timeout: { message: string; stragglers: Straggler[] };
}

/** How a snapshot is restored; what is left out is as it was when the snapshot was taken. */
export type RestoreOptions = RunOptions;

/** Pauses that the engine asks for by itself. */
export interface Automatic {
  reason: Reason;
  /** From the start of one to the start of the next. */
  everyMs: number;
}

/** Microseconds, or null for never. */
export interface Timeouts {
  /** Late workers are named and the wait goes on. */
  warn: number | null;
  /** The pause is given up and the world runs on. */
  deadline: number | null;
}

/** What of a run is recorded. */
export interface RecordedOptions {
  /** What it is called; the program's name if left out. */
  title?: string;
  /** Number of the pause that it is about: no more than what happened around this one. */
  pause?: number;
  /** Whether the bytecode is in a record of one pause. */
  listing?: boolean;
  /** Whether what came before and after is in it. */
  around?: boolean;
  /** Whether it says where each task stood. */
  tasks?: boolean;
}

/** A run in the Trace Event format; its JSON text is a file for Perfetto. */
export interface Trace {
  displayTimeUnit: 'ms';
  /** Of the whole: program, workers, the clock's step, and how many events are not in it. */
  otherData: Record<string, string | number>;
  /** Names first, then everything by time. */
  traceEvents: TraceEvent[];
}

/** `M` names, `X` a span, `i` an instant, `b` and `e` a span that may overlap others, `C` a figure. */
export interface TraceEvent {
  ph: 'M' | 'X' | 'i' | 'b' | 'e' | 'C';
  name: string;
  cat?: string;
  /** 1. */
  pid: number;
  /** 0: pauses, 1 + n: worker n. */
  tid: number;
  /** Microseconds since the engine's start; not of names. */
  ts?: number;
  /** Of spans, microseconds. */
  dur?: number;
  /** Of instants: they concern their row. */
  s?: 't';
  /** Of `b` and `e`: which belong together. */
  id?: number;
  args?: Record<string, unknown>;
}
