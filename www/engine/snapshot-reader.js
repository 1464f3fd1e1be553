/** Reads a snapshot in an instance and a memory of its own, as large as the snapshot needs and only as long. */

import { Calls } from './calls.js';
import { LabError, asLabError } from './errors.js';
import { createMemory, pagesToRead } from './memory-plan.js';
import { within } from './promises.js';

/** @import { Answer, SnapshotCommands } from './messages.js' */
/** @import { MemoryLimits } from './module-memory.js' */

const LIMIT_MS = 20_000;

/**
 * @template T
 * @param {{ module: WebAssembly.Module, limits: MemoryLimits }} compiled the engine's module
 * @param {number} size bytes of the snapshot
 * @param {(calls: Calls<SnapshotCommands>) => Promise<T>} ask
 * @returns {Promise<T>}
 * @throws {LabError}
 */
export async function readSnapshot({ module, limits }, size, ask) {
  const memory = createMemory(limits, pagesToRead(size, limits));
  const worker = new Worker(new URL('./snapshot.worker.js', import.meta.url), {
    type: 'module',
    name: 'snapshot reader',
  });
  /** @type {Calls<SnapshotCommands>} */
  const calls = new Calls(worker);
  const crashed = (/** @type {string} */ why) =>
    calls.end(new LabError('failed', `The reader of snapshots crashed: ${why}.`, 'Try again.'));
  worker.addEventListener('message', ({ data }) => {
    const trap = calls.hear(/** @type {Answer} */ (data));
    if (trap !== null) crashed(trap);
  });
  worker.addEventListener('error', ({ message }) => crashed(message || 'its script could not be loaded'));
  const late = () =>
    new LabError(
      'failed',
      `Reading the snapshot took more than ${LIMIT_MS / 1000} s.`,
      'Choose a smaller one.',
    );
  try {
    calls.call('start', { module, memory }).catch((error) => calls.end(error));
    return await within(ask(calls), LIMIT_MS, late);
  } catch (thrown) {
    throw asLabError(thrown, 'reading');
  } finally {
    calls.end(new LabError('stopped', 'The snapshot has been read.', 'Ask again.'));
  }
}
