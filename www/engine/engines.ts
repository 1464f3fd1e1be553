/**
 * Keeps one engine in use and replaces it when it is broken or of another size. What is loaded is kept here, so
 * that nothing is lost with an engine. Programs are read beside it, or came compiled, and are brought to it when
 * something is asked of it.
 */

import { Engine } from './engine.ts';
import { LabError } from './errors.ts';
import { DEFAULT_HEAP_BYTES, pagesFor } from './memory-plan.ts';
import { Language } from './language.ts';
import { Tier } from './tier.ts';
import { compileModule } from './module.ts';
import { within } from './promises.ts';
import { shippedProgram } from './shipped.ts';
import { readSnapshot } from './snapshot-reader.ts';
import type { Calls } from './calls.ts';
import type { Commands, CompiledCode, Notice, Runnable, SnapshotCommands, Wanted } from './messages.ts';
import type { MemoryLimits } from './module-memory.ts';
import type { Breakpoint, BreakpointOptions, LoadResult, PollPolicy } from '../run/types.ts';

// Nothing runs in an engine that is replaced; what it was asked meanwhile takes no longer.
const SETTLE_LIMIT_MS = 2000;

export interface Listener {
  /** of the engine in use */
  onNotice: (notice: Notice) => void;
  onDeath: (engine: Engine, worker: string, message: string) => void;
  /** the engine in use is about to go, and its memory with it */
  onReplace: () => void;
}

const NOTHING: CompiledCode = {
  module: new Uint8Array(),
  functions: new Uint16Array(),
  bodies: new Uint32Array(),
  polls: new Uint32Array(),
  entries: new Uint32Array(),
  frames: 0,
};

export class Engines {
  #listener;
  #compiled: { module: WebAssembly.Module; limits: MemoryLimits } | null = null;
  #runnable: Runnable | null = null;
  /** What it was made of, if that was no text. */
  #given: Uint8Array | null = null;
  /** Counts the programs that were loaded without faults. */
  #program = 0;
  /** What was asked for and was told of each last, by number. */
  #breakpoints: Map<number, { options: BreakpointOptions; told: Breakpoint }> = new Map();
  #breakOnTrap = false;
  /** The one that is about to be in use. */
  #making: Promise<Engine> | null = null;
  /** The one that was made last, also before it is in use. */
  #newest: Engine | null = null;
  /** What reads snapshots now. */
  #readers: Set<Calls<SnapshotCommands>> = new Set();
  #gone: LabError | null = null;

  /** the one in use, possibly broken */
  current: Engine | null = null;

  /** Reads programs, whatever the engine in use waits for. */
  readonly language = new Language();
  readonly #tier = new Tier();

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Compiles the module and makes the first engine. */
  async start() {
    this.#compiled = await compileModule();
    await this.usable();
  }

  /** Says what is in a snapshot, whatever the engine in use waits for. */
  describe(bytes: Uint8Array) {
    return this.#reading(bytes, (reader) => reader.call('describe', bytes));
  }

  /**
   * The program of a snapshot: its module, and its text if that is the module's.
   *
   * @param policy where it is to poll
   */
  async programOf(bytes: Uint8Array, policy: PollPolicy) {
    const kept = await this.#reading(bytes, (reader) => reader.call('program', bytes));
    const { module, source } = kept;
    const written = source === null ? null : await this.language.look(source, policy);
    const same = written?.module && sameBytes(written.module, module);
    const read = same ? written : await this.language.look(module, policy);
    const { runnable, bounds } = read;
    const { program } = read.result;
    if (!program || !runnable) {
      throw new LabError('snapshot', "The snapshot's program cannot be read.", 'Take the snapshot anew.');
    }
    return { source: same && source !== null ? source : module, module, program, runnable, bounds };
  }

  /** Has a snapshot read. */
  async #reading<T>(bytes: Uint8Array, ask: (reader: Calls<SnapshotCommands>) => Promise<T>): Promise<T> {
    return readSnapshot(this.#started(), bytes.length, async (reader) => {
      this.#readers.add(reader);
      return ask(reader).finally(() => this.#readers.delete(reader));
    });
  }

  /** @returns one that answers, without threads where it is new */
  async usable(): Promise<Engine> {
    // No caller gets one that is not ready yet.
    if (this.#making) return this.#making;
    if (this.current?.usable) return this.current;
    return this.#becomes(this.#make(0, DEFAULT_HEAP_BYTES));
  }

  /** @returns one with that many threads, enough memory, and the program */
  async holding({ workers, heap = DEFAULT_HEAP_BYTES }: { workers: number; heap?: number }): Promise<Engine> {
    const engine = await this.usable();
    const isLarge = engine.pages >= this.#pages(workers, heap);
    const fits = isLarge && (engine.workers === 0 || engine.workers === workers);
    const chosen = fits ? engine : await this.#becomes(this.#replace(engine, workers, heap));
    if (chosen.workers === 0) await chosen.startPool(workers);
    this.#bring(chosen);
    return chosen;
  }

  /** Asks the engine in use about the program that was loaded last. */
  async ask<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<ReturnType<Commands[Name]>> {
    // At once where there is one: it is not replaced before it has answered.
    const engine = !this.#making && this.current?.usable ? this.current : await this.usable();
    this.#bring(engine);
    return engine.call(name, ...args);
  }

  /** Loads a program, also into engines to come if it is without faults. */
  async load(source: string | Uint8Array): Promise<LoadResult> {
    const shipped = await shippedProgram(source);
    if (shipped) this.language.take(source);
    const { result, runnable } = shipped ?? (await this.language.load(source));
    // What cannot be read leaves the program before with its breakpoints.
    if (result.program && runnable) this.#remember({ module: runnable, text: result.program.source }, source);
    return result;
  }

  /** The program that was loaded last as a binary module: as it was given, or as it was made of its text. */
  get moduleBytes() {
    return this.#given ?? this.#runnable?.module ?? null;
  }

  /** Whether a program was loaded that had no faults. */
  get hasProgram() {
    return this.#runnable !== null;
  }

  /** Takes note of a program that an engine has without its having been loaded. */
  adopt(source: string | Uint8Array, runnable: Runnable, engine: Engine) {
    this.#remember(runnable, source);
    engine.program = this.#program;
    this.language.take(source);
  }

  #remember(runnable: Runnable, source: string | Uint8Array) {
    this.#runnable = runnable;
    this.#given = typeof source === 'string' ? null : source;
    this.#program += 1;
    this.#breakpoints.clear();
  }

  /** Sets a breakpoint of the loaded program, also in engines to come. */
  async breakpoint(options: BreakpointOptions) {
    const breakpoint = await this.ask('breakpoint', options);
    this.#breakpoints.set(breakpoint.id, { options, told: breakpoint });
    return breakpoint;
  }

  /**
   * @param isWaiting whether the engine would not answer: what it told last is known
   * @returns of the loaded program
   */
  async breakpoints(isWaiting: boolean): Promise<Breakpoint[]> {
    if (isWaiting) return [...this.#breakpoints.values()].map(({ told }) => structuredClone(told));
    const all = await this.ask('breakpoints');
    for (const told of all) {
      const known = this.#breakpoints.get(told.id);
      if (known) known.told = told;
    }
    return all;
  }

  /** Removes one or all, also from engines to come. */
  async clearBreakpoints(id: number | null) {
    await this.ask('clearBreakpoints', id);
    if (id === null) this.#breakpoints.clear();
    else this.#breakpoints.delete(id);
  }

  async breakOnTrap(on: boolean) {
    await this.ask('breakOnTrap', on);
    this.#breakOnTrap = on;
  }

  #becomes(making: Promise<Engine>) {
    this.#making = making.finally(() => (this.#making = null));
    return this.#making;
  }

  async #replace(engine: Engine, workers: number, heap: number) {
    const why = new LabError('stopped', 'The engine was replaced by one of another size.', 'Ask again.');
    await within(engine.settled(), SETTLE_LIMIT_MS, () => why).catch(() => {});
    this.#listener.onReplace();
    engine.terminate(why);
    this.current = null;
    return this.#make(workers, heap);
  }

  async #make(workers: number, heap: number) {
    const { module, limits } = this.#started();
    const engine = new Engine(module, limits, this.#pages(workers, heap), {
      onNotice: (notice) => {
        if (engine === this.current) this.#listener.onNotice(notice);
      },
      onDeath: (worker, message) => this.#listener.onDeath(engine, worker, message),
    });
    this.#newest = engine;
    await engine.boot();
    this.#bring(engine);
    for (const [id, { options }] of this.#breakpoints) await engine.call('breakpoint', { ...options, id });
    if (this.#breakOnTrap) await engine.call('breakOnTrap', true);
    if (this.#gone) throw this.#gone;
    this.current = engine;
    return engine;
  }

  /** Has what a machine wants of its program compiled, and gives it to the engine in use. */
  async compile(program: Uint8Array, wanted: Wanted, adapt: number): Promise<CompiledCode> {
    const engine = this.current;
    if (!engine) throw new LabError('not-running', 'No program is running.', 'Run one first.');
    const give = ({ module, entries, frames }: CompiledCode) =>
      engine.usable ? engine.call('installCode', wanted.machine, module, entries, frames) : undefined;
    try {
      const code = await this.#tier.compile(program, wanted, adapt);
      await give(code);
      return code;
    } catch (thrown) {
      // A run that waits for its code begins without.
      await give(NOTHING);
      throw thrown;
    }
  }

  /** Ends all workers for good; what is asked of them, now or later, rejects. */
  dispose(why: LabError) {
    this.#gone = why;
    this.#newest?.terminate(why);
    this.language.dispose(why);
    this.#tier.dispose(why);
    for (const reader of this.#readers) reader.end(why);
    this.current = this.#newest = this.#compiled = this.#runnable = null;
  }

  /** An engine obeys in order: it has the program before whatever it is asked next. */
  #bring(engine: Engine) {
    if (this.#runnable === null || engine.program === this.#program) return;
    engine.program = this.#program;
    engine.call('load', this.#runnable).catch(() => {}); // what is asked next tells
  }

  #pages(workers: number, heap: number) {
    return pagesFor({ workers, heap }, this.#started().limits);
  }

  #started() {
    return this.#compiled ?? this.#notStarted();
  }

  #notStarted(): never {
    if (this.#gone) throw this.#gone;
    throw new LabError('failed', 'The engine did not start.', 'Reload the page.');
  }
}

function sameBytes(one: Uint8Array, other: Uint8Array) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
