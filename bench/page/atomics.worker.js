/**
 * The smallest stop of the world that JavaScript can make: a word that workers poll, a count of arrivals,
 * the last of which wakes the requester, and a gate on which all wait. No reasons, no records, no newcomers.
 * That each writes down when it ran again is for the measurement, and after what is compared with the lab.
 */

/** @import { Stop } from './stops.js' */

/** Words of the shared memory. */
const REQUEST = 0;
const LEFT = 1;
const BELL = 2;
const GATE = 3;
const STARTED = 4;

/** The request to end. */
const END = -1;

self.addEventListener('message', ({ data }) => {
  const { words, again, role, index, workers, pauses, gapMs } = data;
  if (role === 'poller') {
    poll(words, again, index);
    self.postMessage('ended');
  } else
    request(words, again, workers, pauses, gapMs)
      .then((stops) => self.postMessage(stops))
      .catch(reportError); // the page hears of it as of any error of a worker
});

/**
 * Counts for ever, as the lab's program does, and stops when it is asked to.
 *
 * @param {Int32Array} words
 * @param {Float64Array} again
 * @param {number} index
 */
function poll(words, again, index) {
  let seen = 0;
  let count = 0;
  Atomics.add(words, STARTED, 1);
  // All at once: workers that spin leave no processor to those that have yet to start.
  Atomics.wait(words, GATE, 0);
  for (;;) {
    count = (count + 1) | 0;
    const asked = Atomics.load(words, REQUEST);
    if (asked === seen) continue;
    if (asked === END) return;
    seen = asked;
    const gate = Atomics.load(words, GATE);
    if (Atomics.sub(words, LEFT, 1) === 1) {
      Atomics.store(words, BELL, asked);
      Atomics.notify(words, BELL);
    }
    Atomics.wait(words, GATE, gate);
    again[index] = now();
  }
}

/**
 * @param {Int32Array} words
 * @param {Float64Array} again
 * @param {number} workers
 * @param {number} pauses
 * @param {number} gapMs
 * @returns {Promise<Stop[]>}
 */
async function request(words, again, workers, pauses, gapMs) {
  /** @type {Stop[]} */
  const stops = [];
  while (Atomics.load(words, STARTED) < workers) await sleep(1);
  open(words);
  await sleep(gapMs);
  for (let pause = 1; pause <= pauses; pause++) {
    const armed = now();
    Atomics.store(words, LEFT, workers);
    Atomics.store(words, REQUEST, pause);
    while (Atomics.load(words, BELL) !== pause) Atomics.wait(words, BELL, pause - 1);
    const stopped = now();
    open(words);
    const released = now();
    await sleep(gapMs);
    const after = [...again].filter((time) => time >= stopped).map((time) => time - stopped);
    stops.push({
      ttsp: stopped - armed,
      release: released - stopped,
      first: after.length === 0 ? NaN : Math.min(...after),
      last: after.length === 0 ? NaN : Math.max(...after),
      running: workers,
    });
  }
  Atomics.store(words, REQUEST, END);
  return stops;
}

/** @param {Int32Array} words */
function open(words) {
  Atomics.add(words, GATE, 1);
  Atomics.notify(words, GATE);
}

/** @returns {number} microseconds, of the same clock in all workers */
function now() {
  return (performance.timeOrigin + performance.now()) * 1000;
}

/** @param {number} milliseconds */
function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
