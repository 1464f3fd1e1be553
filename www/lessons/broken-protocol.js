/**
 * A specimen: a stop-the-world protocol as it is often written first, run for a moment on real threads. It has
 * nothing to do with the lab's engine. `crates/safepoint/tests/seed_protocol.rs` has the same fault natively.
 */

import { WORD, WORKERS } from './broken-protocol-words.js';

/** Longer than threads ever take to start, milliseconds. */
const LIMIT_MS = 15_000;

/**
 * @typedef {object} Observed
 * @property {number} workers
 * @property {boolean} sawAll whether the requester saw all workers at the safepoint
 * @property {number} steps that workers made while it took the world for stopped
 * @property {number} held how long it did, microseconds
 * @property {number} safepoints stops that were counted for the one request
 */

/** @returns {Promise<Observed>} what happened */
export function runBrokenProtocol() {
  const memory = new SharedArrayBuffer(4 * (WORD.steps + WORKERS));
  const threads = Array.from(
    { length: WORKERS + 1 },
    () => new Worker(new URL('./broken-protocol.worker.js', import.meta.url), { type: 'module' }),
  );
  /** @type {Promise<Observed>} */
  const observed = new Promise((resolve, reject) => {
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
