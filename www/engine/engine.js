/**
 * One engine: a shared memory, a control worker and a pool over it. It cannot be repaired or resized; when
 * something is wrong with it, or another pool is wanted, it is thrown away whole and another one is made.
 */

import { Cancellation } from './cancellation.js';
import { LabError, asLabError } from './errors.js';
import { THREAD_STACK_BYTES, createMemory } from './memory-plan.js';
import { within, withResolvers } from './promises.js';

/** @import { Answer, Commands, Notice } from './messages.js' */
/** @import { MemoryLimits } from './module-memory.js' */
/** @import { ErrorCode } from './types.js' */

// Generous: 128 workers take some seconds on two cores, and a shared machine can be slow.
const BOOT_LIMIT_MS = 60_000;

/** @typedef {{ resolve: (value: any) => void, reject: (error: LabError) => void, done: Promise<void> }} Pending */

/**
 * @typedef {object} Listener
 * @property {(notice: Notice) => void} onNotice
 * @property {(worker: string, message: string) => void} onDeath a worker ended by an error; the engine is
 *   of no use for another run
 */

export class Engine {
  #module;
  #control;
  #listener;
  /** @type {Worker[]} kept so that Firefox does not collect them (bug 1702191) */
  #pool = [];
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  #lastCall = 0;
  /** @type {LabError | null} */
  #ended = null;

  /** Threads of the pool; 0 before {@link startPool}. */
  workers = 0;

  /**
   * @param {WebAssembly.Module} module
   * @param {MemoryLimits} limits what the module asks for
   * @param {number} pages most that its memory may grow to
   * @param {Listener} listener
   */
  constructor(module, limits, pages, listener) {
    this.#module = module;
    this.#listener = listener;
    /** @readonly */
    this.pages = pages;
    /** @readonly */
    this.memory = createMemory(limits, pages);
    /** @readonly */
    this.cancellation = new Cancellation(this.memory);
    this.#control = new Worker(new URL('./control.worker.js', import.meta.url), {
      type: 'module',
      name: 'control',
    });
    this.#control.addEventListener('message', ({ data }) => this.#hear(data));
    this.#watch(this.#control, 'control');
  }

  /** Whether it may still be used. */
  get usable() {
    return this.#ended === null;
  }

  /** Makes it ready to take a program. */
  async boot() {
    const init = {
      module: this.#module,
      memory: this.memory,
      cancelled: this.cancellation.cancelled,
      cores: navigator.hardwareConcurrency ?? 0,
    };
    await this.#inTime(this.call('start', init), 'the control worker did not start');
  }

  /**
   * Starts the threads, once.
   *
   * @param {number} workers
   */
  async startPool(workers) {
    this.workers = workers;
    await this.#inTime(this.call('pool', workers), `${workers} workers did not start`);
  }

  /**
   * Has the control worker do something.
   *
   * @template {keyof Commands} Name
   * @param {Name} name
   * @param {Parameters<Commands[Name]>} args
   * @returns {Promise<ReturnType<Commands[Name]>>} settles once: with the answer, or when the engine ends
   */
  call(name, ...args) {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#lastCall;
    const { promise, resolve, reject } = withResolvers();
    const done = promise.then(
      () => {},
      () => {},
    );
    this.#pending.set(id, { resolve, reject, done });
    this.#control.postMessage({ type: 'call', id, name, args });
    return promise;
  }

  /** Resolves when everything asked for so far is answered, one way or the other. */
  async settled() {
    const answers = [...this.#pending.values()].map(({ done }) => done);
    await Promise.all(answers);
  }

  /**
   * Ends all workers and rejects what is still to be answered.
   *
   * @param {LabError} why
   */
  terminate(why) {
    if (this.#ended) return;
    this.#ended = why;
    this.#control.terminate();
    for (const worker of this.#pool) worker.terminate();
    this.#pool = [];
    for (const { reject } of this.#pending.values()) reject(why);
    this.#pending.clear();
  }

  /** @param {Answer | Notice} message */
  #hear(message) {
    if (this.#ended) return;
    if (message.type === 'answer') this.#settle(message);
    else if (message.type === 'start-workers') this.#startWorkers(message.count, message.receiver);
    else this.#listener.onNotice(message);
  }

  /** @param {Answer} answer */
  #settle(answer) {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ('ok' in answer) {
      pending?.resolve(answer.ok);
      return;
    }
    const { kind, message, stragglers } = answer.error;
    const advice = ADVICE[/** @type {ErrorCode} */ (kind)] ?? ADVICE.failed;
    const code = /** @type {ErrorCode} */ (kind in ADVICE ? kind : 'failed');
    pending?.reject(new LabError(code, message, advice ?? '', stragglers));
    if (kind === 'trapped') this.#listener.onDeath('control', message);
  }

  /**
   * @param {number} count
   * @param {number} receiver
   */
  async #startWorkers(count, receiver) {
    const init = { module: this.#module, memory: this.memory, stackBytes: THREAD_STACK_BYTES, receiver };
    const ready = [];
    for (let index = 0; index < count; index++) {
      const worker = new Worker(new URL('./pool.worker.js', import.meta.url), {
        type: 'module',
        name: `worker ${index}`,
      });
      this.#pool.push(worker);
      this.#watch(worker, `worker ${index}`);
      ready.push(new Promise((resolve) => worker.addEventListener('message', resolve, { once: true })));
      worker.postMessage(init);
    }
    await Promise.all(ready);
    this.#control.postMessage({ type: 'workers-ready' });
  }

  /**
   * @param {Worker} worker
   * @param {string} name
   */
  #watch(worker, name) {
    worker.addEventListener('error', (event) => {
      if (this.#ended) return;
      // Without a message the script itself could not be loaded.
      this.#listener.onDeath(name, event.message || 'its script could not be loaded');
    });
  }

  /**
   * @template T
   * @param {Promise<T>} promise
   * @param {string} what
   * @returns {Promise<T>}
   */
  async #inTime(promise, what) {
    const late = () =>
      new LabError(
        'failed',
        `The engine failed: ${what} within ${BOOT_LIMIT_MS / 1000} s.`,
        'Run with fewer workers, or reload the page.',
      );
    try {
      return await within(promise, BOOT_LIMIT_MS, late);
    } catch (thrown) {
      const error = asLabError(thrown, 'starting');
      this.terminate(error);
      throw error;
    }
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
