/**
 * A specimen: a stop-the-world protocol as it is often written first, run for a moment on real threads. It has
 * nothing to do with the lab's engine. `crates/safepoint/tests/seed_protocol.rs` has the same fault natively.
 */

import { WORD, WORKERS } from './broken-protocol-words.ts';

/** Longer than threads ever take to start, milliseconds. */
const LIMIT_MS = 15_000;

export interface Observed {
  workers: number;
  /** whether the requester saw all workers at the safepoint */
  sawAll: boolean;
  /** that workers made while it took the world for stopped */
  steps: number;
  /** how long it did, microseconds */
  held: number;
  /** stops that were counted for the one request */
  safepoints: number;
}

/** @returns what happened */
export function runBrokenProtocol(): Promise<Observed> {
  const memory = new SharedArrayBuffer(4 * (WORD.steps + WORKERS));
  const threads = Array.from(
    { length: WORKERS + 1 },
    () => new Worker(new URL('./broken-protocol.worker.ts', import.meta.url), { type: 'module' }),
  );
  const observed: Promise<Observed> = new Promise((resolve, reject) => {
    const late = () => reject(new Error('The threads of the broken protocol did not answer.'));
    const limit = setTimeout(late, LIMIT_MS);
    threads.forEach((thread, index) => {
      thread.onerror = (event) => {
        clearTimeout(limit);
        reject(new Error(`A thread of the broken protocol failed: ${event.message}`));
      };
      thread.onmessage = ({ data }) => {
        clearTimeout(limit);
        resolve(data);
      };
      // The last one asks the others to stop.
      thread.postMessage({ memory, worker: index < WORKERS ? index : null });
    });
  });
  return observed.finally(() => threads.forEach((thread) => thread.terminate()));
}
