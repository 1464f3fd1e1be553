/** What the page's main thread and the engine's workers say to each other. */

import type {
  Breakpoint,
  BreakpointOptions,
  Finished,
  HeapObject,
  Layout,
  LoadResult,
  PathBound,
  Pause,
  PollPolicy,
  Program,
  Reason,
  Schedule,
  SnapshotDescription,
  Stats,
  Step,
  Straggler,
  Task,
} from './types.js';

/** To a pool worker, once. */
export interface PoolInit {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  stackBytes: number;
  receiver: number;
}

/** To the control worker or the reader. Each is answered once, in order. */
export interface Call {
  type: 'call';
  id: number;
  name: string;
  args: unknown[];
}

export type Answer =
  { type: 'answer'; id: number; ok: unknown } | { type: 'answer'; id: number; error: CallError };

export interface CallError {
  kind: string;
  message: string;
  stragglers?: Straggler[];
}

/** What the control worker says unasked. */
export type Notice =
  | { type: 'start-workers'; count: number; receiver: number }
  | { type: 'news'; news: News; stats: Stats | null }
  | { type: 'timed-out'; error: CallError }
  | { type: 'schedule'; schedule: Schedule };

/** What is new since the last tick. */
export interface News {
  /** Printed since. */
  output: string;
  /** Pauses that were completed since, of every requester. */
  pauses: Pause[];
  /** A pause in force that a worker made for the debugger. */
  held: Pause | null;
  finished: Finished | null;
}

/** The control worker's commands. */
export interface Commands {
  start(init: ControlInit): void;
  pool(workers: number): void;
  /** One that the reader has found without faults. */
  load(source: string | Uint8Array): void;
  run(options: unknown): Layout;
  /** `ticket`: see `Cancellation`. */
  pause(reason: Reason, ticket: number): Pause;
  resume(): { pause: Pause | null; stats: Stats };
  cycle(reason: Reason, ticket: number): { pause: Pause; stats: Stats };
  /** `id`: the number that it had in an engine before. */
  breakpoint(options: BreakpointOptions & { id?: number }): Breakpoint;
  clearBreakpoints(id: number | null): void;
  breakpoints(): Breakpoint[];
  breakOnTrap(on: boolean): void;
  tasks(): Task[];
  step(task: number, kind: string): Step;
  object(reference: number, from: number, count: number): HeapObject;
  stop(): void;
  automatic(setting: { reason: Reason; everyMs: number } | null): void;
  timeouts(warn: number | null, deadline: number | null): void;
  hits(): Float64Array;
  snapshotBytes(): Uint8Array;
  restore(
    bytes: Uint8Array,
    options: { policy: PollPolicy },
  ): {
    layout: Layout;
    program: Program;
    snapshot: SnapshotDescription;
    /** The program as a binary module where its text is not in the snapshot. */
    module: Uint8Array | null;
    /** Its longest paths without a poll where it polls now. */
    bounds: PathBound[];
  };
}

/** The reader's commands: of the program that was loaded last without faults, unless they say of what. */
export interface ReaderCommands {
  start(init: ReaderInit): void;
  load(source: string | Uint8Array): LoadResult;
  bounds(policy: PollPolicy): PathBound[];
  moduleBytes(): Uint8Array | null;
  disassemble(): string | null;
  instructionSet(): unknown;
  describeSnapshot(bytes: Uint8Array): SnapshotDescription;
}

export interface ReaderInit {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
}

export interface ControlInit {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** One `u32`: pauses with a ticket up to it are cancelled. */
  cancelled: Uint32Array;
  cores: number;
}

/** What the compiled engine exports (`src/web`). Records are JSON. */
export interface Exports {
  init_engine(cores: number): void;
  initThreadPool(workers: number): Promise<void>;
  load_program(source: string | Uint8Array): string;
  run(options: unknown): string;
  pause(reason: string, by: string): string;
  resume(): string;
  cycle(reason: string, by: string): string;
  breakpoint(options: unknown): string;
  clear_breakpoints(id: number | undefined): string;
  breakpoints(): string;
  break_on_trap(on: boolean): string;
  tasks(): string;
  step(task: number, kind: string): string;
  object(reference: number, from: number, count: number): string;
  stop(): void;
  tick(): string | undefined;
  stats(): string;
  schedule(): string;
  hits(): Float64Array;
  bounds(policy: unknown): string;
  snapshot_bytes(): Uint8Array;
  describe_snapshot(bytes: Uint8Array): string;
  restore(bytes: Uint8Array, options: unknown): string;
  module_bytes(): Uint8Array | undefined;
  disassemble(): string | undefined;
  instruction_set(): string;
  layout(): string;
  set_timeouts(warn: number | undefined, deadline: number | undefined): void;
}
