/**
 * One engine: a shared memory, a control worker and a pool over it. It cannot be repaired or resized; when
 * something is wrong with it, or another pool is wanted, it is thrown away whole and another one is made.
 */

import { Calls } from './calls.js';
import { Cancellation } from './cancellation.js';
import { LabError, asLabError } from './errors.js';
import { THREAD_STACK_BYTES, createMemory } from './memory-plan.js';
import { within } from './promises.js';

/** @import { Answer, Commands, Notice } from './messages.js' */
/** @import { MemoryLimits } from './module-memory.js' */

// Generous: 128 workers take some seconds on two cores, and a shared machine can be slow.
const BOOT_LIMIT_MS = 60_000;

/**
 * @typedef {object} Listener
 * @property {(notice: Notice) => void} onNotice
 * @property {(worker: string, message: string) => void} onDeath a worker ended by an error; the engine is
 *   of no use for another run
 */

export class Engine {
  #module;
  #control;
  /** @type {Calls<Commands>} */
  #calls;
  #listener;
  /** @type {Worker[]} kept so that Firefox does not collect them (bug 1702191) */
  #pool = [];

  /** Threads of the pool; 0 before {@link startPool}. */
  workers = 0;

  /** Which of the lab's programs it has, by the number that `Engines` gives them. */
  program = 0;

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
    this.#calls = new Calls(this.#control);
    this.#control.addEventListener('message', ({ data }) => this.#hear(data));
    this.#watch(this.#control, 'control');
  }

  /** Whether it may still be used. */
  get usable() {
    return this.#calls.ended === null;
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
    return this.#calls.call(name, ...args);
  }

  /** Resolves when everything that was asked is answered, one way or the other. */
  settled() {
    return this.#calls.settled();
  }

  /**
   * Ends all workers and rejects what is still to be answered.
   *
   * @param {LabError} why
   */
  terminate(why) {
    if (!this.usable) return;
    this.#calls.end(why);
    for (const worker of this.#pool) worker.terminate();
    this.#pool = [];
  }

  /** @param {Answer | Notice} message */
  #hear(message) {
    if (!this.usable) return;
    if (message.type === 'answer') {
      const trap = this.#calls.hear(message);
      if (trap !== null) this.#listener.onDeath('control', trap);
    } else if (message.type === 'start-workers')
      this.#startWorkers(message.count, message.receiver).catch((thrown) =>
        this.#listener.onDeath('pool', thrown instanceof Error ? thrown.message : String(thrown)),
      );
    else this.#listener.onNotice(message);
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
      if (!this.usable) return;
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
