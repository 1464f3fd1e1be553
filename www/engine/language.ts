/**
 * Reads programs in a worker of its own. The control worker may wait for ever for a pause; what a user types and opens
 * must not wait with it. The worker and its module are fetched when something is asked that no program which came
 * compiled (`shipped.ts`) answers.
 */

import { Calls } from './calls.ts';
import { LabError, asLabError } from './errors.ts';
import { compileLanguage } from './module.ts';
import { within } from './promises.ts';
import type { Answer, LanguageCommands } from './messages.ts';
import type { LoadResult, PollPolicy } from '../run/types.ts';

const LIMIT_MS = 20_000;

/** What takes long. */
const READ: Partial<Record<keyof LanguageCommands, string>> = {
  load: 'Reading the program',
  read: "Reading the snapshot's program",
};

function read<Of extends { result: string }>(answer: Of) {
  return { ...answer, result: JSON.parse(answer.result) as LoadResult };
}

export class Language {
  #module: Promise<WebAssembly.Module> | null = null;
  #calls: Calls<LanguageCommands> | null = null;
  /** The program that was loaded last without faults. */
  #source: string | Uint8Array | null = null;
  #gone: LabError | null = null;

  /** Reads a program; further questions are about it if it is without faults. */
  async load(source: string | Uint8Array) {
    const answer = read(await this.ask('load', source));
    if (answer.result.ok) this.#source = source;
    return answer;
  }

  /** Reads a program of which nothing more is asked. */
  async look(source: string | Uint8Array, policy: PollPolicy) {
    return read(await this.ask('read', source, policy));
  }

  /** Further questions are about a program that was read before. */
  take(source: string | Uint8Array) {
    this.#source = source;
    // A worker that is yet to come begins with it. The next question tells.
    if (this.#calls) this.ask('load', source).catch(() => {});
  }

  async ask<Name extends keyof LanguageCommands>(
    name: Name,
    ...args: Parameters<LanguageCommands[Name]>
  ): Promise<ReturnType<LanguageCommands[Name]>> {
    const calls = await this.#usable();
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

  /** Ends the worker for good; what is asked of it, now or later, rejects. */
  dispose(why: LabError) {
    this.#gone = why;
    this.#source = null;
    this.#calls?.end(why);
  }

  /** One that answers: another one if the one before has failed. */
  async #usable() {
    this.#check();
    const module = await this.#compiled();
    this.#check();
    if (this.#calls && !this.#calls.ended) return this.#calls;
    const worker = new Worker(new URL('./language.worker.ts', import.meta.url), {
      type: 'module',
      name: 'language',
    });
    const calls: Calls<LanguageCommands> = (this.#calls = new Calls(worker));
    const crashed = (why: string) =>
      calls.end(new LabError('failed', `The reader of programs crashed: ${why}.`, 'Try again.'));
    worker.addEventListener('message', ({ data }) => {
      const trap = calls.hear(data as Answer);
      if (trap !== null) crashed(trap);
    });
    worker.addEventListener('error', ({ message }) => crashed(message || 'its script could not be loaded'));
    calls.call('start', module).catch((error) => calls.end(error));
    if (this.#source !== null) calls.call('load', this.#source).catch(() => {});
    return calls;
  }

  /** @throws {LabError} once it has ended for good */
  #check() {
    if (this.#gone) throw this.#gone;
  }

  /** One that does not arrive is fetched anew by the next question. */
  #compiled() {
    this.#module ??= compileLanguage().catch((thrown) => {
      this.#module = null;
      throw asLabError(thrown, 'reading');
    });
    return this.#module;
  }
}
