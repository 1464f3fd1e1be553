/**
 * One engine: a shared memory, a control worker and a pool over it. It cannot be repaired or resized; when
 * something is wrong with it, or another pool is wanted, it is thrown away whole and another one is made.
 */

import { Calls } from './calls.ts';
import { Cancellation } from './cancellation.ts';
import { LabError, asLabError } from './errors.ts';
import { THREAD_STACK_BYTES, createMemory } from './memory-plan.ts';
import { within } from './promises.ts';
import type { Answer, Commands, Notice } from './messages.ts';
import type { MemoryLimits } from './module-memory.ts';

// Generous: 128 workers take some seconds on two cores, and a shared machine can be slow.
const BOOT_LIMIT_MS = 60_000;

interface Listener {
  onNotice: (notice: Notice) => void;
  /**
   * a worker ended by an error; the engine is
   * of no use for another run
   */
  onDeath: (worker: string, message: string) => void;
}

export class Engine {
  readonly pages;
  readonly memory;
  readonly cancellation;

  #module;
  #control;
  #calls: Calls<Commands>;
  #listener;
  /** kept so that Firefox does not collect them (bug 1702191) */
  #pool: Worker[] = [];

  /** Threads of the pool; 0 before {@link startPool}. */
  workers = 0;

  /** Which of the lab's programs it has, by the number that `Engines` gives them. */
  program = 0;

  /**
   * @param limits what the module asks for
   * @param pages most that its memory may grow to
   */
  constructor(module: WebAssembly.Module, limits: MemoryLimits, pages: number, listener: Listener) {
    this.#module = module;
    this.#listener = listener;
    this.pages = pages;
    this.memory = createMemory(limits, pages);
    this.cancellation = new Cancellation(this.memory);
    this.#control = new Worker(new URL('./control.worker.ts', import.meta.url), {
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

  /** Starts the threads, once. */
  async startPool(workers: number) {
    this.workers = workers;
    await this.#inTime(this.call('pool', workers), `${workers} workers did not start`);
  }

  /**
   * Has the control worker do something.
   *
   * @returns settles once: with the answer, or when the engine ends
   */
  call<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<ReturnType<Commands[Name]>> {
    return this.#calls.call(name, ...args);
  }

  /** Resolves when everything that was asked is answered, one way or the other. */
  settled() {
    return this.#calls.settled();
  }

  /** Ends all workers and rejects what is still to be answered. */
  terminate(why: LabError) {
    if (!this.usable) return;
    this.#calls.end(why);
    for (const worker of this.#pool) worker.terminate();
    this.#pool = [];
  }

  #hear(message: Answer | Notice) {
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

  async #startWorkers(count: number, receiver: number) {
    const init = { module: this.#module, memory: this.memory, stackBytes: THREAD_STACK_BYTES, receiver };
    const ready = [];
    for (let index = 0; index < count; index++) {
      const worker = new Worker(new URL('./pool.worker.ts', import.meta.url), {
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

  #watch(worker: Worker, name: string) {
    worker.addEventListener('error', (event) => {
      if (!this.usable) return;
      // Without a message the script itself could not be loaded.
      this.#listener.onDeath(name, event.message || 'its script could not be loaded');
    });
  }

  async #inTime<T>(promise: Promise<T>, what: string): Promise<T> {
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
