/** Times the coordinator's loops: a worker, since a page's main thread must not wait for anything. */

import init, * as engine from '../../pkg/safepoint_lab.js';

/** So many at once that the clock's step does not matter. */
const LOOKS = 20_000_000;
const PAUSES = 4_000;

/** What one of them took in each round, in nanoseconds. @typedef {{ name: string, nanoseconds: number[] }} Timed */

self.addEventListener('message', ({ data: rounds }) => {
  // The page hears of a failure as of any error of a worker.
  measure(rounds).catch(reportError);
});

/** @param {number} rounds */
async function measure(rounds) {
  await init();
  // Only the build that is measured has them.
  const loops = new /** @type {any} */ (engine).Loops();
  /** @type {{ looks: Timed[], pauses: Timed[] }} */
  const timed = {
    looks: loops.looks.map((/** @type {string} */ name) => ({ name, nanoseconds: [] })),
    pauses: [...loops.slots].map((slots) => ({ name: `${slots}`, nanoseconds: [] })),
  };
  // The first round compiles; it does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { nanoseconds }] of timed.looks.entries()) {
      const each = time(() => loops.look(index, LOOKS)) / LOOKS;
      if (round > 0) nanoseconds.push(each);
    }
    for (const [index, { nanoseconds }] of timed.pauses.entries()) {
      const each = time(() => loops.pause(index, PAUSES)) / PAUSES;
      if (round > 0) nanoseconds.push(each);
    }
  }
  self.postMessage(timed);
}

/** @param {() => void} work @returns {number} nanoseconds */
function time(work) {
  const began = performance.now();
  work();
  return (performance.now() - began) * 1e6;
}
