/** Questions to a worker and their answers, in order (`answering.js` is the other end). */

import { LabError } from './errors.js';
import { withResolvers } from './promises.js';

/** @import { Answer } from './messages.js' */
/** @import { ErrorCode } from './types.js' */

/** @typedef {{ resolve: (value: any) => void, reject: (error: LabError) => void, done: Promise<void> }} Pending */

/** @template {{ [Name in keyof Commands]: (...args: any[]) => unknown }} Commands */
export class Calls {
  #worker;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  #last = 0;
  /** @type {LabError | null} */
  #ended = null;

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
  }

  /** Why nothing is answered any more; null while something is. */
  get ended() {
    return this.#ended;
  }

  /**
   * Has the worker do something.
   *
   * @template {keyof Commands} Name
   * @param {Name} name
   * @param {Parameters<Commands[Name]>} args
   * @returns {Promise<ReturnType<Commands[Name]>>} settles once: with the answer, or when there will be none
   */
  call(name, ...args) {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#last;
    const { promise, resolve, reject } = withResolvers();
    const done = promise.then(
      () => {},
      () => {},
    );
    this.#pending.set(id, { resolve, reject, done });
    this.#worker.postMessage({ type: 'call', id, name, args });
    return promise;
  }

  /**
   * @param {Answer} answer
   * @returns {string | null} how the worker ended, if that is the answer
   */
  hear(answer) {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ('ok' in answer) {
      pending?.resolve(answer.ok);
      return null;
    }
    const { kind, message, stragglers } = answer.error;
    const advice = ADVICE[/** @type {ErrorCode} */ (kind)] ?? ADVICE.failed;
    const code = /** @type {ErrorCode} */ (kind in ADVICE ? kind : 'failed');
    pending?.reject(new LabError(code, message, advice ?? '', stragglers));
    return kind === 'trapped' ? message : null;
  }

  /** Resolves when everything that was asked is answered, one way or the other. */
  async settled() {
    do await Promise.all([...this.#pending.values()].map(({ done }) => done));
    while (this.#pending.size > 0);
  }

  /** Ends the worker and rejects what is still to be answered. @param {LabError} why */
  end(why) {
    if (this.#ended) return;
    this.#ended = why;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(why);
    this.#pending.clear();
  }
}

/** What to do about each refusal of the engine. @type {Partial<Record<ErrorCode, string>>} */
const ADVICE = {
  'timed-out': 'Look at what the late workers were doing, or allow more time.',
  cancelled: 'Ask again.',
  busy: 'Wait until the pause in progress is over.',
  'not-running': 'Run a program first.',
  held: 'Resume first.',
  snapshot: 'Choose a snapshot that this version of the lab wrote.',
  'no-program': 'Load a program without errors first.',
  invalid: 'Correct the setting and run again.',
  failed: 'Run the program again; if it happens again, reload the page.',
};
