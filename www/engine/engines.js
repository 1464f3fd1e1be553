/**
 * Keeps one engine in use and replaces it when it is broken or of another size. What is loaded is kept here, so
 * that nothing is lost with an engine. Programs are read beside it, and brought to it when something is asked of it.
 */

import { Engine } from './engine.js';
import { LabError } from './errors.js';
import { DEFAULT_HEAP_BYTES, pagesFor } from './memory-plan.js';
import { compileModule } from './module.js';
import { within } from './promises.js';
import { Reader } from './reader.js';

/** @import { Commands, Notice } from './messages.js' */
/** @import { MemoryLimits } from './module-memory.js' */
/** @import { Breakpoint, BreakpointOptions, LoadResult } from './types.js' */

// Nothing runs in an engine that is replaced; what it was asked meanwhile takes no longer.
const SETTLE_LIMIT_MS = 2000;

/**
 * @typedef {object} Listener
 * @property {(notice: Notice) => void} onNotice of the engine in use
 * @property {(engine: Engine, worker: string, message: string) => void} onDeath
 * @property {() => void} onReplace the engine in use is about to go, and its memory with it
 */

export class Engines {
  #listener;
  /** @type {{ module: WebAssembly.Module, limits: MemoryLimits } | null} */
  #compiled = null;
  /** @type {Reader | null} */
  #reader = null;
  /** @type {string | Uint8Array | null} */
  #source = null;
  /** Counts the programs that were loaded without faults. */
  #program = 0;
  /** What was asked for and was told of each last, by number. @type {Map<number, { options: BreakpointOptions, told: Breakpoint }>} */
  #breakpoints = new Map();
  #breakOnTrap = false;
  /** The one that is about to be in use. @type {Promise<Engine> | null} */
  #making = null;

  /** @type {Engine | null} the one in use, possibly broken */
  current = null;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  /** Compiles the module and makes the first engine. */
  async start() {
    this.#compiled = await compileModule();
    this.#reader = new Reader(this.#compiled);
    await this.usable();
  }

  /** Reads programs and snapshots, whatever the engine in use waits for. */
  get reader() {
    return this.#reader ?? this.#notStarted();
  }

  /** @returns {Promise<Engine>} one that answers, without threads where it is new */
  async usable() {
    // No caller gets one that is not ready yet.
    if (this.#making) return this.#making;
    if (this.current?.usable) return this.current;
    return this.#becomes(this.#make(0, DEFAULT_HEAP_BYTES));
  }

  /**
   * @param {{ workers: number, heap?: number }} run
   * @returns {Promise<Engine>} one with that many threads, enough memory, and the program
   */
  async holding({ workers, heap = DEFAULT_HEAP_BYTES }) {
    const engine = await this.usable();
    const isLarge = engine.pages >= this.#pages(workers, heap);
    const fits = isLarge && (engine.workers === 0 || engine.workers === workers);
    const chosen = fits ? engine : await this.#becomes(this.#replace(engine, workers, heap));
    if (chosen.workers === 0) await chosen.startPool(workers);
    this.#bring(chosen);
    return chosen;
  }

  /**
   * Asks the engine in use about the program that was loaded last.
   *
   * @template {keyof Commands} Name
   * @param {Name} name
   * @param {Parameters<Commands[Name]>} args
   * @returns {Promise<ReturnType<Commands[Name]>>}
   */
  async ask(name, ...args) {
    // At once where there is one: it is not replaced before it has answered.
    const engine = !this.#making && this.current?.usable ? this.current : await this.usable();
    this.#bring(engine);
    return engine.call(name, ...args);
  }

  /**
   * Loads a program, also into engines to come if it is without faults.
   *
   * @param {string | Uint8Array} source
   * @returns {Promise<LoadResult>}
   */
  async load(source) {
    const result = await this.reader.load(source);
    // What cannot be read leaves the program before with its breakpoints.
    if (result.ok) this.#remember(source);
    return result;
  }

  /** Whether a program was loaded that had no faults. */
  get hasProgram() {
    return this.#source !== null;
  }

  /**
   * Takes note of a program that an engine has without its having been loaded.
   *
   * @param {string | Uint8Array} source
   * @param {Engine} engine
   */
  adopt(source, engine) {
    this.#remember(source);
    engine.program = this.#program;
    this.reader.take(source);
  }

  /** @param {string | Uint8Array} source */
  #remember(source) {
    this.#source = source;
    this.#program += 1;
    this.#breakpoints.clear();
  }

  /**
   * Sets a breakpoint of the loaded program, also in engines to come.
   *
   * @param {BreakpointOptions} options
   */
  async breakpoint(options) {
    const breakpoint = await this.ask('breakpoint', options);
    this.#breakpoints.set(breakpoint.id, { options, told: breakpoint });
    return breakpoint;
  }

  /**
   * @param {boolean} isWaiting whether the engine would not answer: what it told last is known
   * @returns {Promise<Breakpoint[]>} of the loaded program
   */
  async breakpoints(isWaiting) {
    if (isWaiting) return [...this.#breakpoints.values()].map(({ told }) => structuredClone(told));
    const all = await this.ask('breakpoints');
    for (const told of all) {
      const known = this.#breakpoints.get(told.id);
      if (known) known.told = told;
    }
    return all;
  }

  /** Removes one or all, also from engines to come. @param {number | null} id */
  async clearBreakpoints(id) {
    await this.ask('clearBreakpoints', id);
    if (id === null) this.#breakpoints.clear();
    else this.#breakpoints.delete(id);
  }

  /** @param {boolean} on */
  async breakOnTrap(on) {
    await this.ask('breakOnTrap', on);
    this.#breakOnTrap = on;
  }

  /** @param {Promise<Engine>} making */
  #becomes(making) {
    this.#making = making.finally(() => (this.#making = null));
    return this.#making;
  }

  /**
   * @param {Engine} engine
   * @param {number} workers
   * @param {number} heap
   */
  async #replace(engine, workers, heap) {
    const why = new LabError('stopped', 'The engine was replaced by one of another size.', 'Ask again.');
    await within(engine.settled(), SETTLE_LIMIT_MS, () => why).catch(() => {});
    this.#listener.onReplace();
    engine.terminate(why);
    this.current = null;
    return this.#make(workers, heap);
  }

  /**
   * @param {number} workers
   * @param {number} heap
   */
  async #make(workers, heap) {
    const { module, limits } = this.#started();
    const engine = new Engine(module, limits, this.#pages(workers, heap), {
      onNotice: (notice) => {
        if (engine === this.current) this.#listener.onNotice(notice);
      },
      onDeath: (worker, message) => this.#listener.onDeath(engine, worker, message),
    });
    await engine.boot();
    this.#bring(engine);
    for (const [id, { options }] of this.#breakpoints) await engine.call('breakpoint', { ...options, id });
    if (this.#breakOnTrap) await engine.call('breakOnTrap', true);
    this.current = engine;
    return engine;
  }

  /** An engine obeys in order: it has the program before whatever it is asked next. @param {Engine} engine */
  #bring(engine) {
    if (this.#source === null || engine.program === this.#program) return;
    engine.program = this.#program;
    engine.call('load', this.#source).catch(() => {}); // what is asked next tells
  }

  /**
   * @param {number} workers
   * @param {number} heap
   */
  #pages(workers, heap) {
    return pagesFor({ workers, heap }, this.#started().limits);
  }

  #started() {
    return this.#compiled ?? this.#notStarted();
  }

  /** @returns {never} */
  #notStarted() {
    throw new LabError('failed', 'The engine did not start.', 'Reload the page.');
  }
}
