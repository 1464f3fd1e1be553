/**
 * Reads programs and snapshots in a worker and a memory of its own. The control worker may wait for ever for a pause;
 * what a user types and opens must not wait with it.
 */

import { Calls } from './calls.js';
import { LabError, asLabError } from './errors.js';
import { createMemory, pagesToRead } from './memory-plan.js';
import { within } from './promises.js';

/** @import { Answer, ReaderCommands } from './messages.js' */
/** @import { MemoryLimits } from './module-memory.js' */
/** @import { LoadResult, SnapshotDescription } from './types.js' */

const LIMIT_MS = 20_000;
/** A larger snapshot has a reader of its own, with as much memory as it needs and only as long. */
const LARGE_BYTES = 4 << 20;

/** What takes long. @type {Partial<Record<keyof ReaderCommands, string>>} */
const READ = { load: 'Reading the program', describeSnapshot: 'Reading the snapshot' };

export class Reader {
  #compiled;
  #large;
  /** @type {Calls<ReaderCommands> | null} */
  #calls = null;
  /** The program that was loaded last without faults. @type {string | Uint8Array | null} */
  #source = null;

  /**
   * @param {{ module: WebAssembly.Module, limits: MemoryLimits }} compiled
   * @param {number} [large] bytes of the large snapshot that it is for
   */
  constructor(compiled, large = 0) {
    this.#compiled = compiled;
    this.#large = large;
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
   * Says what is in a snapshot.
   *
   * @param {Uint8Array} bytes
   * @returns {Promise<SnapshotDescription>}
   */
  async describe(bytes) {
    if (bytes.length <= LARGE_BYTES) return this.ask('describeSnapshot', bytes);
    const reader = new Reader(this.#compiled, bytes.length);
    try {
      return await reader.ask('describeSnapshot', bytes);
    } finally {
      reader.#calls?.end(new LabError('stopped', 'The snapshot has been read.', 'Ask again.'));
    }
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
      const what = READ[name] ?? 'The answer';
      return new LabError('failed', `${what} took more than ${LIMIT_MS / 1000} s.`, 'Choose a smaller one.');
    };
    try {
      return await within(calls.call(name, ...args), LIMIT_MS, late);
    } catch (thrown) {
      const error = asLabError(thrown, 'reading');
      // What cannot be read is told by an answer; a reader that does not answer is of no more use.
      if (error.message === late().message) calls.end(error);
      throw error;
    }
  }

  /** One that answers: another one if the one before has failed. */
  #usable() {
    if (this.#calls && !this.#calls.ended) return this.#calls;
    const { module, limits } = this.#compiled;
    const memory = createMemory(limits, pagesToRead(this.#large, limits));
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
