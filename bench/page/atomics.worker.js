/**
 * The smallest stop of the world that JavaScript can make: a word that workers poll, a count of arrivals,
 * the last of which wakes the requester, and a gate on which all wait. No reasons, no records, no newcomers.
 */

/** Words of the shared memory. */
const REQUEST = 0;
const LEFT = 1;
const BELL = 2;
const GATE = 3;
const STARTED = 4;

/** The request to end. */
const END = -1;

self.addEventListener('message', ({ data }) => {
  const { words, role, workers, pauses, gapMs } = data;
  if (role === 'poller') {
    poll(words);
    self.postMessage('ended');
  } else request(words, workers, pauses, gapMs).then((times) => self.postMessage(times));
});

/**
 * Counts for ever, as the lab's program does, and stops when it is asked to.
 *
 * @param {Int32Array} words
 */
function poll(words) {
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
  }
}

/**
 * @param {Int32Array} words
 * @param {number} workers
 * @param {number} pauses
 * @param {number} gapMs
 * @returns {Promise<number[]>} times to safepoint in microseconds
 */
async function request(words, workers, pauses, gapMs) {
  const times = [];
  while (Atomics.load(words, STARTED) < workers) await sleep(1);
  open(words);
  for (let pause = 1; pause <= pauses; pause++) {
    await sleep(gapMs);
    const armed = performance.now();
    Atomics.store(words, LEFT, workers);
    Atomics.store(words, REQUEST, pause);
    while (Atomics.load(words, BELL) !== pause) Atomics.wait(words, BELL, pause - 1);
    times.push((performance.now() - armed) * 1000);
    open(words);
  }
  Atomics.store(words, REQUEST, END);
  return times;
}

/** @param {Int32Array} words */
function open(words) {
  Atomics.add(words, GATE, 1);
  Atomics.notify(words, GATE);
}

/** @param {number} milliseconds */
function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
