/**
 * Reads programs in a worker of its own. The control worker may wait for ever for a pause; what a user types and opens
 * must not wait with it.
 */

import { Calls } from './calls.js';
import { LabError, asLabError } from './errors.js';
import { within } from './promises.js';

/** @import { Answer, LanguageCommands } from './messages.js' */

const LIMIT_MS = 20_000;

/** What takes long. @type {Partial<Record<keyof LanguageCommands, string>>} */
const READ = { load: 'Reading the program', read: "Reading the snapshot's program" };

export class Language {
  #module;
  /** @type {Calls<LanguageCommands> | null} */
  #calls = null;
  /** The program that was loaded last without faults. @type {string | Uint8Array | null} */
  #source = null;

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.#module = module;
    this.#usable();
  }

  /**
   * Reads a program; further questions are about it if it is without faults.
   *
   * @param {string | Uint8Array} source
   */
  async load(source) {
    const answer = await this.ask('load', source);
    if (answer.result.ok) this.#source = source;
    return answer;
  }

  /** Further questions are about a program that was read before. @param {string | Uint8Array} source */
  take(source) {
    this.#source = source;
    this.ask('load', source).catch(() => {}); // the next question tells
  }

  /**
   * @template {keyof LanguageCommands} Name
   * @param {Name} name
   * @param {Parameters<LanguageCommands[Name]>} args
   * @returns {Promise<ReturnType<LanguageCommands[Name]>>}
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
      // What cannot be read is told by an answer; a worker that does not answer is of no more use.
      if (error.message === late().message) calls.end(error);
      throw error;
    }
  }

  /** One that answers: another one if the one before has failed. */
  #usable() {
    if (this.#calls && !this.#calls.ended) return this.#calls;
    const worker = new Worker(new URL('./language.worker.js', import.meta.url), {
      type: 'module',
      name: 'language',
    });
    /** @type {Calls<LanguageCommands>} */
    const calls = (this.#calls = new Calls(worker));
    const crashed = (/** @type {string} */ why) =>
      calls.end(new LabError('failed', `The reader of programs crashed: ${why}.`, 'Try again.'));
    worker.addEventListener('message', ({ data }) => {
      const trap = calls.hear(/** @type {Answer} */ (data));
      if (trap !== null) crashed(trap);
    });
    worker.addEventListener('error', ({ message }) => crashed(message || 'its script could not be loaded'));
    calls.call('start', this.#module).catch((error) => calls.end(error));
    if (this.#source !== null) calls.call('load', this.#source).catch(() => {});
    return calls;
  }
}
