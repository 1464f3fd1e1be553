/** What the page's main thread and the engine's workers say to each other. */

import type { BodyText, CodeOf } from './code-text.ts';
import type {
  Breakpoint,
  BreakpointOptions,
  Finished,
  Handshake,
  HeapObject,
  Layout,
  PathBound,
  Pause,
  PollPolicy,
  Reason,
  Schedule,
  SnapshotDescription,
  Stats,
  Step,
  Straggler,
  Task,
} from '../run/types.ts';

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
  | { type: 'compile'; program: Uint8Array; wanted: Wanted }
  | { type: 'schedule'; schedule: Schedule; stats: Stats };

/** What an engine wants compiled: `src/web/tier.rs` has the meaning. */
export interface Wanted {
  machine: number;
  entries: number[];
  wide: number[];
  known: number[];
  policy: PollPolicy;
  plain: boolean;
  profile: boolean;
  /** Why a worker could not use what was compiled last. */
  failed: string | null;
}

/** What was compiled, and where it can be entered; `frames`: the most of it on a thread's own stack. */
export interface CompiledCode {
  module: Uint8Array;
  /** By their numbers. */
  functions: Uint16Array;
  /** What is in it, and where it polls: `CodeOf` has the meaning. */
  bodies: Uint32Array;
  polls: Uint32Array;
  entries: Uint32Array;
  frames: number;
}

/** The compiler's commands. */
export interface TierCommands {
  start(module: WebAssembly.Module): void;
  compile(program: Uint8Array, wanted: Wanted, adapt: number): CompiledCode;
}

/** The commands of the reader of compiled code. */
export interface CodeCommands {
  text(code: CodeOf, name: string): BodyText[];
}

/** What is new since the last tick. */
export interface News {
  /** Printed since. */
  output: string;
  /** Pauses that were completed since, of every requester. */
  pauses: Pause[];
  /** A pause in force that a worker made for the debugger. */
  held: Pause | null;
  /** Handshakes that were asked for and are over, for each worker in their order. */
  handshakes: Handshake[];
  finished: Finished | null;
}

/** The control worker's commands. */
export interface Commands {
  start(init: ControlInit): void;
  pool(workers: number): void;
  /** One that was read without faults: as a binary module, and the text that its lines are of. */
  load(program: Runnable): void;
  run(options: unknown): Layout;
  /** `ticket`: see `Cancellation`. */
  pause(reason: Reason, ticket: number): Pause;
  resume(): { pause: Pause | null; stats: Stats };
  cycle(reason: Reason, ticket: number): { pause: Pause; stats: Stats };
  /** Its end comes with the news. */
  handshake(worker: number): void;
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
  /** Of what `compile` wanted. */
  installCode(machine: number, module: Uint8Array, entries: Uint32Array, frames: number): void;
  /** `program`: the snapshot's, its module byte for byte. */
  restore(
    bytes: Uint8Array,
    options: { policy: PollPolicy },
    program: Runnable,
  ): { layout: Layout; snapshot: SnapshotDescription };
}

/** A program as an engine takes it. */
export interface Runnable {
  module: Uint8Array;
  text: string;
}

/** The language worker's commands: of the program that was loaded last without faults, unless they say of what. */
export interface LanguageCommands {
  start(module: WebAssembly.Module): void;
  /**
   * `result`: a `LoadResult` as JSON, since one text comes to another thread sooner than its records;
   * `runnable`: the binary module whose lines are those of the text; null where there are faults.
   */
  load(source: string | Uint8Array): { result: string; runnable: Uint8Array | null };
  /** What is said of a program that does not become the loaded one; `module`: as it was read or assembled. */
  read(
    source: string | Uint8Array,
    policy: PollPolicy,
  ): {
    result: string;
    runnable: Uint8Array | null;
    module: Uint8Array | null;
    bounds: PathBound[];
  };
  bounds(policy: PollPolicy): PathBound[];
  disassemble(): string | null;
}

/** The commands of the instance that reads a snapshot. */
export interface SnapshotCommands {
  start(init: { module: WebAssembly.Module; memory: WebAssembly.Memory }): void;
  describe(bytes: Uint8Array): SnapshotDescription;
  /** Its program as a binary module, and as text where that is kept. */
  program(bytes: Uint8Array): { module: Uint8Array; source: string | null };
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
  init_engine(cores: number, wide: boolean): void;
  initThreadPool(workers: number): Promise<void>;
  take_program(module: Uint8Array, text: string): void;
  run(options: unknown): string;
  pause(reason: string, by: string): string;
  resume(): string;
  cycle(reason: string, by: string): string;
  handshake(worker: number): string;
  breakpoint(options: unknown): string;
  clear_breakpoints(id: number | undefined): string;
  breakpoints(): string;
  break_on_trap(on: boolean): string;
  tasks(): string;
  step(task: number, kind: string): string;
  object(reference: number, from: number, count: number): string;
  stop(): void;
  tick(): string | undefined;
  wanted_code(): [program: Uint8Array, wanted: string] | undefined;
  install_code(machine: number, module: Uint8Array, entries: Uint32Array, frames: number): void;
  stats(): string;
  schedule(): string;
  hits(): Float64Array;
  snapshot_bytes(): Uint8Array;
  describe_snapshot(bytes: Uint8Array): string;
  snapshot_program(bytes: Uint8Array): [Uint8Array, string | undefined];
  restore(bytes: Uint8Array, options: unknown, module: Uint8Array, text: string): string;
  layout(): string;
  set_timeouts(warn: number | undefined, deadline: number | undefined): void;
}
