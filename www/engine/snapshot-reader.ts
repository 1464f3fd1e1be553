/** Reads a snapshot in an instance and a memory of its own, as large as the snapshot needs and only as long. */

import { Calls } from './calls.ts';
import { LabError, asLabError } from './errors.ts';
import { createMemory, pagesToRead } from './memory-plan.ts';
import { within } from './promises.ts';
import type { Answer, SnapshotCommands } from './messages.ts';
import type { MemoryLimits } from './module-memory.ts';

const LIMIT_MS = 20_000;

/**
 * @param compiled the engine's module
 * @param size bytes of the snapshot
 * @throws {LabError}
 */
export async function readSnapshot<T>(
  { module, limits }: { module: WebAssembly.Module; limits: MemoryLimits },
  size: number,
  ask: (calls: Calls<SnapshotCommands>) => Promise<T>,
): Promise<T> {
  const memory = createMemory(limits, pagesToRead(size, limits));
  const worker = new Worker(new URL('./snapshot.worker.ts', import.meta.url), {
    type: 'module',
    name: 'snapshot reader',
  });
  const calls: Calls<SnapshotCommands> = new Calls(worker);
  const crashed = (why: string) =>
    calls.end(new LabError('failed', `The reader of snapshots crashed: ${why}.`, 'Try again.'));
  worker.addEventListener('message', ({ data }) => {
    const trap = calls.hear(data as Answer);
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
