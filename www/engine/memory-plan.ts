/**
 * How much memory an engine may grow to. Phones reserve a shared memory's maximum at once, so it follows
 * from what the run needs instead of being generous.
 */

import { LabError } from './errors.ts';
import type { MemoryLimits } from './module-memory.ts';

const PAGE = 65536;
const MIB = 1 << 20;

/** Stack of a worker's instance. The interpreter does not recurse on it, so 128 workers cost 32 MiB. */
export const THREAD_STACK_BYTES = 256 * 1024;

/** Limit of the program's heap unless the run says otherwise. */
export const DEFAULT_HEAP_BYTES = 32 * MIB;

// The module itself, decoded programs, task stacks, records of pauses, text on its way out.
const BASE_BYTES = 96 * MIB;
// Stack, thread-local storage, event ring, status, allocation buffer, histograms.
const WORKER_BYTES = THREAD_STACK_BYTES + 512 * 1024;
// The arena, its mark bitmap, and a snapshot of all of it.
const HEAP_FACTOR = 2.5;
// The file, and of each of its objects, of some bytes there, what is looked up.
const SNAPSHOT_FACTOR = 8;

/**
 * @param limits of the compiled module
 * @returns maximum size in pages
 * @throws {LabError} when the heap cannot fit
 */
export function pagesFor({ workers, heap }: { workers: number; heap: number }, limits: MemoryLimits): number {
  const bytes = BASE_BYTES + workers * WORKER_BYTES + heap * HEAP_FACTOR;
  const pages = limits.minimum + Math.ceil(bytes / PAGE);
  if (pages <= limits.maximum) return pages;
  const rest = limits.maximum * PAGE - (bytes - heap * HEAP_FACTOR) - limits.minimum * PAGE;
  const most = Math.floor(rest / HEAP_FACTOR / MIB);
  throw new LabError(
    'invalid',
    `A heap of ${Math.ceil(heap / MIB)} MiB does not fit into the engine's memory.`,
    `Ask for at most ${most} MiB.`,
  );
}

/**
 * @param bytes of the snapshot that is to be read; 0 for programs and small ones
 * @returns maximum size in pages of what reads and runs nothing
 */
export function pagesToRead(bytes: number, limits: MemoryLimits): number {
  const pages = limits.minimum + Math.ceil((BASE_BYTES + bytes * SNAPSHOT_FACTOR) / PAGE);
  return Math.min(pages, limits.maximum);
}

/**
 * A shared memory for an engine.
 *
 * @param pages maximum
 * @throws {LabError} when the browser does not give it
 */
export function createMemory(limits: MemoryLimits, pages: number) {
  try {
    return new WebAssembly.Memory({ initial: limits.minimum, maximum: pages, shared: true });
  } catch {
    throw new LabError(
      'failed',
      `The browser does not give ${Math.round((pages * PAGE) / MIB)} MiB of shared memory.`,
      'Close other tabs, or run with fewer workers or a smaller heap.',
    );
  }
}
