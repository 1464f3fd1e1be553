/**
 * Reads programs and snapshots in a worker and a memory of its own. The control worker may wait for ever for a pause;
 * what a user types and opens must not wait with it.
 */

import { Calls } from './calls.js';
import { LabError, asLabError } from './errors.js';
import { createMemory, pagesFor } from './memory-plan.js';
import { within } from './promises.js';

/** @import { Answer, ReaderCommands } from './messages.js' */
/** @import { MemoryLimits } from './module-memory.js' */
/** @import { LoadResult } from './types.js' */

const LIMIT_MS = 20_000;

export class Reader {
  #compiled;
  /** @type {Calls<ReaderCommands> | null} */
  #calls = null;
  /** The program that was loaded last without faults. @type {string | Uint8Array | null} */
  #source = null;

  /** @param {{ module: WebAssembly.Module, limits: MemoryLimits }} compiled */
  constructor(compiled) {
    this.#compiled = compiled;
    this.#usable();
  }

  /**
   * Reads a program.
   *
   * @param {string | Uint8Array} source
   * @returns {Promise<LoadResult>}
   */
  async load(source) {
    const result = await this.ask('load', source);
    if (result.ok) this.#source = source;
    return result;
  }

  /** Takes a program that was read elsewhere. @param {string | Uint8Array} source */
  take(source) {
    this.#source = source;
    this.ask('load', source).catch(() => {}); // the next question tells
  }

  /**
   * @template {keyof ReaderCommands} Name
   * @param {Name} name
   * @param {Parameters<ReaderCommands[Name]>} args
   * @returns {Promise<ReturnType<ReaderCommands[Name]>>}
   */
  async ask(name, ...args) {
    const calls = this.#usable();
    const late = () => {
      const what = name === 'load' ? 'Reading the program' : 'The answer';
      return new LabError(
        'failed',
        `${what} took more than ${LIMIT_MS / 1000} s.`,
        'Load a smaller program.',
      );
    };
    try {
      return await within(calls.call(name, ...args), LIMIT_MS, late);
    } catch (thrown) {
      const error = asLabError(thrown, 'reading');
      // What cannot be read is told by an answer; whoever does not answer is of no more use.
      if (error.message === late().message) calls.end(error);
      throw error;
    }
  }

  /** One that answers: another one if the one before has failed. */
  #usable() {
    if (this.#calls && !this.#calls.ended) return this.#calls;
    const { module, limits } = this.#compiled;
    const memory = createMemory(limits, pagesFor({ workers: 0, heap: 0 }, limits));
    const worker = new Worker(new URL('./reader.worker.js', import.meta.url), {
      type: 'module',
      name: 'reader',
    });
    /** @type {Calls<ReaderCommands>} */
    const calls = (this.#calls = new Calls(worker));
    const crashed = (/** @type {string} */ why) =>
      calls.end(new LabError('failed', `The reader of programs crashed: ${why}.`, 'Try again.'));
    worker.addEventListener('message', ({ data }) => {
      const trap = calls.hear(/** @type {Answer} */ (data));
      if (trap !== null) crashed(trap);
    });
    worker.addEventListener('error', ({ message }) => crashed(message || 'its script could not be loaded'));
    calls.call('start', { module, memory }).catch((error) => calls.end(error));
    if (this.#source !== null) calls.call('load', this.#source).catch(() => {});
    return calls;
  }
}
