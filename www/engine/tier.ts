/** Compiles what an engine wants, in a worker of its own that is fetched with its module when something is hot. */

import { Calls } from './calls.ts';
import { LabError } from './errors.ts';
import { compileTier } from './module.ts';
import type { Answer, TierCommands, Wanted } from './messages.ts';

export class Tier {
  #calls: Promise<Calls<TierCommands>> | null = null;

  /** @param adapt of the run's poll policy; 0: none */
  async compile(program: Uint8Array, wanted: Wanted, adapt: number) {
    this.#calls ??= this.#made().catch((thrown: unknown) => {
      // What could not be fetched is tried again by whatever is hot next.
      this.#calls = null;
      throw thrown;
    });
    const calls = await this.#calls;
    return calls.call('compile', program, wanted, adapt);
  }

  /** Ends the worker for good. */
  dispose(why: LabError) {
    void this.#calls?.then((calls) => calls.end(why)).catch(() => {});
  }

  async #made() {
    const module = await compileTier();
    const worker = new Worker(new URL('./tier.worker.ts', import.meta.url), {
      type: 'module',
      name: 'compiler',
    });
    const calls: Calls<TierCommands> = new Calls(worker);
    const crashed = (why: string) =>
      calls.end(new LabError('failed', `The compiler crashed: ${why}.`, 'Programs run interpreted.'));
    worker.addEventListener('message', ({ data }) => {
      const trap = calls.hear(data as Answer);
      if (trap !== null) crashed(trap);
    });
    worker.addEventListener('error', ({ message }) => crashed(message || 'its script could not be loaded'));
    await calls.call('start', module);
    return calls;
  }
}
