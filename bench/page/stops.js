/** Times to safepoint: the lab's, and those of a bare JavaScript stop, under the same load. */

/** @import { Lab } from '../../www/engine/lab.js' */

/**
 * @param {number} workers
 * @param {number} pauses
 * @param {number} gapMs the world runs between two pauses
 * @returns {Promise<number[]>} microseconds
 */
export async function bareStops(workers, pauses, gapMs) {
  const words = new Int32Array(new SharedArrayBuffer(64));
  const all = Array.from(
    { length: workers + 1 },
    () => new Worker(new URL('./atomics.worker.js', import.meta.url), { type: 'module' }),
  );
  const [requester, ...pollers] = /** @type {[Worker, ...Worker[]]} */ (all);
  try {
    return await new Promise((resolve, reject) => {
      /** @type {number[]} */
      let times = [];
      // Who is terminated in a loop goes on for two seconds, beside whoever is measured next.
      let left = all.length;
      for (const worker of all) {
        worker.addEventListener('error', (event) => reject(new Error(event.message)));
        worker.addEventListener('message', ({ data }) => {
          if (worker === requester) times = data;
          if (--left === 0) resolve(times);
        });
      }
      for (const worker of pollers) worker.postMessage({ words, role: 'poller' });
      requester.postMessage({ words, role: 'requester', workers, pauses, gapMs });
    });
  } finally {
    for (const worker of all) worker.terminate();
  }
}

/**
 * Uses nothing from around it: it is also sent to the product's page.
 *
 * @param {Lab} lab
 * @param {string} program in which so many workers count for ever
 * @param {number} workers
 * @param {number} pauses
 * @param {number} gapMs
 * @returns {Promise<{ times: number[], running: number[] }>} microseconds; workers that had got a processor since
 *   the pause before: the others have stopped already when they are asked
 */
export async function labStops(lab, program, workers, pauses, gapMs) {
  const { ok, errors } = await lab.load(program);
  if (!ok) throw new Error(JSON.stringify(errors));
  /** @type {number[]} */
  const times = [];
  /** @type {number[]} */
  const running = [];
  await lab.automatic({ reason: 'gc', everyMs: gapMs });
  const enough = new Promise((resolve) => {
    const end = lab.on('resume', ({ ttsp, arrivals }) => {
      if (lab.workers().some(({ instructions }) => instructions === 0)) return;
      times.push(ttsp);
      running.push(arrivals.filter(({ safe }) => !safe).length);
      if (times.length < pauses) return;
      end();
      resolve(undefined);
    });
  });
  await lab.run({ workers, profile: false });
  await enough;
  await lab.automatic(null);
  await lab.stop();
  return { times, running };
}
