/** Stops of the world: the lab's, and those of a bare JavaScript stop, under the same load. */

/** @import { Lab } from '../../www/engine/lab.ts' */

/**
 * One stop, in microseconds. `first` and `last`: from the release until such a worker ran again, of those that
 * did before the next stop; not a number where none did or where that was not read. `running`: workers that had got a
 * processor since the stop before. With the lab the others have stopped already when they are asked.
 *
 * @typedef {{ ttsp: number, release: number, first: number, last: number, running: number }} Stop
 */

/**
 * @param {number} workers
 * @param {number} pauses
 * @param {number} gapMs the world runs between two pauses
 * @returns {Promise<Stop[]>}
 */
export async function bareStops(workers, pauses, gapMs) {
  const words = new Int32Array(new SharedArrayBuffer(64));
  const again = new Float64Array(new SharedArrayBuffer(8 * workers));
  const all = Array.from(
    { length: workers + 1 },
    () => new Worker(new URL('./atomics.worker.js', import.meta.url), { type: 'module' }),
  );
  const [requester, ...pollers] = /** @type {[Worker, ...Worker[]]} */ (all);
  try {
    return await new Promise((resolve, reject) => {
      /** @type {Stop[]} */
      let stops = [];
      // A worker that is terminated in a loop goes on for two seconds, beside the next measurement.
      let left = all.length;
      for (const worker of all) {
        worker.addEventListener('error', (event) => reject(new Error(event.message)));
        worker.addEventListener('message', ({ data }) => {
          if (worker === requester) stops = data;
          if (--left === 0) resolve(stops);
        });
      }
      for (const [index, worker] of pollers.entries())
        worker.postMessage({ words, again, role: 'poller', index });
      requester.postMessage({ words, again, role: 'requester', workers, pauses, gapMs });
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
 * @param {boolean} alone whether there is no other reader of the workers' events; where the page does, it is not asked when
 *   they ran again
 * @returns {Promise<Stop[]>}
 */
export async function labStops(lab, program, workers, pauses, gapMs, alone) {
  const { ok, errors } = await lab.load(program);
  if (!ok) throw new Error(JSON.stringify(errors));
  /** @type {import('../../www/run/types.ts').Pause[]} */
  const all = [];
  /** When a worker ran again. @type {number[]} */
  const again = [];
  const read = lab.reader();
  await lab.automatic({ reason: 'gc', everyMs: gapMs });
  const enough = new Promise((resolve) => {
    const end = lab.on('resume', (pause) => {
      if (alone) read(({ kind, time }) => void (kind === 'resumed' && again.push(time)));
      if (lab.workers().some(({ instructions }) => instructions === 0)) return;
      all.push(pause);
      // One more, before which those of the last one ran again.
      if (all.length <= pauses) return;
      end();
      resolve(undefined);
    });
  });
  await lab.run({ workers, profile: false });
  await enough;
  await lab.automatic(null);
  await lab.stop();
  const armedAt = (/** @type {typeof all[number]} */ pause) => pause.at + pause.queue;
  return all.slice(0, -1).map((pause, index) => {
    const released = armedAt(pause) + pause.ttsp + (pause.operation ?? NaN);
    const next = armedAt(all[index + 1]);
    const after = again.filter((time) => time >= released && time < next).map((time) => time - released);
    return {
      ttsp: pause.ttsp,
      release: pause.release ?? NaN,
      first: after.length === 0 ? NaN : Math.min(...after),
      last: after.length === 0 ? NaN : Math.max(...after),
      running: pause.arrivals.filter(({ safe }) => !safe).length,
    };
  });
}
