/**
 * Keeps one engine in use and replaces it when it is broken or too small. What is loaded is kept here, so
 * that nothing is lost with an engine.
 */

import { Engine } from './engine.js';
import { LabError, asLabError } from './errors.js';
import { DEFAULT_HEAP_BYTES, pagesFor } from './memory-plan.js';
import { compileModule } from './module.js';
import { within } from './promises.js';

/** @import { Notice } from './messages.js' */
/** @import { MemoryLimits } from './module-memory.js' */
/** @import { BreakpointOptions, LoadResult } from './types.js' */

const LOAD_LIMIT_MS = 20_000;

/**
 * @typedef {object} Listener
 * @property {(notice: Notice) => void} onNotice of the engine in use
 * @property {(engine: Engine, worker: string, message: string) => void} onDeath
 */

export class Engines {
  #listener;
  /** @type {{ module: WebAssembly.Module, limits: MemoryLimits } | null} */
  #compiled = null;
  /** @type {string | Uint8Array | null} */
  #source = null;
  /** By number. @type {Map<number, BreakpointOptions>} */
  #breakpoints = new Map();
  #breakOnTrap = false;
  /** @type {Promise<Engine> | null} */
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
    await this.usable();
  }

  /** @returns {Promise<Engine>} one that answers, without threads where it is new */
  async usable() {
    if (this.current?.usable) return this.current;
    // One, also when several ask at once.
    this.#making ??= this.#make(0, DEFAULT_HEAP_BYTES).finally(() => (this.#making = null));
    return this.#making;
  }

  /**
   * @param {{ workers: number, heap?: number }} run
   * @returns {Promise<Engine>} one with enough threads and memory
   */
  async holding({ workers, heap = DEFAULT_HEAP_BYTES }) {
    const engine = await this.usable();
    const isLarge = engine.pages >= this.#pages(workers, heap);
    const fits = isLarge && (engine.workers === 0 || engine.workers >= workers);
    const chosen = fits ? engine : await this.#replace(engine, workers, heap);
    if (chosen.workers === 0) await chosen.startPool(workers);
    return chosen;
  }

  /**
   * Loads a program, also into engines to come if it is without faults.
   *
   * @param {string | Uint8Array} source
   * @param {{ mayReplace: boolean }} options whether the engine may be thrown away when it does not answer
   * @returns {Promise<LoadResult>}
   */
  async load(source, { mayReplace }) {
    const engine = await this.usable();
    const result = await loadInto(engine, source).catch((thrown) => {
      const error = asLabError(thrown, 'loading');
      if (mayReplace) engine.terminate(error);
      throw error;
    });
    // As in the engine: what cannot be read leaves the program before with its breakpoints.
    if (result.ok) this.remember(source);
    return result;
  }

  /** Whether a program was loaded that had no faults. */
  get hasProgram() {
    return this.#source !== null;
  }

  /**
   * Takes note of a program that is in the engine without having been loaded, for engines to come.
   *
   * @param {string | Uint8Array} source
   */
  remember(source) {
    this.#source = source;
    this.#breakpoints.clear();
  }

  /**
   * Sets a breakpoint of the loaded program, also in engines to come.
   *
   * @param {BreakpointOptions} options
   */
  async breakpoint(options) {
    const breakpoint = await (await this.usable()).call('breakpoint', options);
    this.#breakpoints.set(breakpoint.id, options);
    return breakpoint;
  }

  /** Removes one or all, also from engines to come. @param {number | null} id */
  async clearBreakpoints(id) {
    const engine = await this.usable();
    await engine.call('clearBreakpoints', id);
    if (id === null) this.#breakpoints.clear();
    else this.#breakpoints.delete(id);
  }

  /** @param {boolean} on */
  async breakOnTrap(on) {
    await (await this.usable()).call('breakOnTrap', on);
    this.#breakOnTrap = on;
  }

  /**
   * @param {Engine} engine
   * @param {number} workers
   * @param {number} heap
   */
  async #replace(engine, workers, heap) {
    engine.terminate(new LabError('stopped', 'The engine was replaced by a larger one.', 'Ask again.'));
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
    this.current = engine;
    await engine.boot();
    if (this.#source !== null) await loadInto(engine, this.#source);
    for (const [id, options] of this.#breakpoints) await engine.call('breakpoint', { ...options, id });
    if (this.#breakOnTrap) await engine.call('breakOnTrap', true);
    return engine;
  }

  /**
   * @param {number} workers
   * @param {number} heap
   */
  #pages(workers, heap) {
    return pagesFor({ workers, heap }, this.#started().limits);
  }

  #started() {
    if (this.#compiled) return this.#compiled;
    throw new LabError('failed', 'The engine did not start.', 'Reload the page.');
  }
}

/**
 * @param {Engine} engine
 * @param {string | Uint8Array} source
 * @returns {Promise<LoadResult>}
 */
function loadInto(engine, source) {
  const late = () =>
    new LabError('failed', `Loading took more than ${LOAD_LIMIT_MS / 1000} s.`, 'Load a smaller program.');
  return within(engine.call('load', source), LOAD_LIMIT_MS, late);
}
