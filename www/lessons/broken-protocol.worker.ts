/** One thread of the broken protocol: a worker that polls, or the requester. */
import { WORD, WORKERS } from './broken-protocol-words.ts';
import type { Observed } from './broken-protocol.ts';

/** How long the requester takes the world for stopped, and how long it waits to see that, milliseconds. */
const HOLD_MS = 50;
const GIVE_UP_MS = 2000;

self.addEventListener('message', ({ data }) => {
  const words = new Int32Array(data.memory);
  if (data.worker === null) self.postMessage(request(words));
  else work(words, data.worker);
});

function work(words: Int32Array, worker: number) {
  Atomics.add(words, WORD.ready, 1);
  while (Atomics.load(words, WORD.end) === 0) {
    Atomics.add(words, WORD.steps + worker, 1);
    poll(words);
  }
}

function poll(words: Int32Array) {
  if (Atomics.load(words, WORD.flag) === 0) return;
  Atomics.add(words, WORD.arrived, 1);
  barrier(words);
  Atomics.sub(words, WORD.arrived, 1);
  Atomics.add(words, WORD.safepoints, 1);
}

/** Holds each worker until all have come. The mistake: no worker checks whether the pause is over. */
function barrier(words: Int32Array) {
  const generation = Atomics.load(words, WORD.generation);
  if (Atomics.add(words, WORD.atBarrier, 1) + 1 === WORKERS) {
    Atomics.store(words, WORD.atBarrier, 0);
    Atomics.add(words, WORD.generation, 1);
    Atomics.notify(words, WORD.generation);
    return;
  }
  while (Atomics.load(words, WORD.generation) === generation && Atomics.load(words, WORD.end) === 0) {
    Atomics.wait(words, WORD.generation, generation, 10);
  }
}

function request(words: Int32Array): Observed {
  // All workers run.
  while (Atomics.load(words, WORD.ready) < WORKERS) Atomics.wait(words, WORD.clock, 0, 1);
  Atomics.store(words, WORD.flag, 1);
  const deadline = performance.now() + GIVE_UP_MS;
  let sawAll = false;
  while (!sawAll && performance.now() < deadline) sawAll = Atomics.load(words, WORD.arrived) === WORKERS;
  const before = steps(words);
  const stopped = performance.now();
  if (sawAll) Atomics.wait(words, WORD.clock, 0, HOLD_MS); // the operation, in what should be a stopped world
  const made = steps(words) - before;
  const held = (performance.now() - stopped) * 1000;
  const safepoints = Atomics.load(words, WORD.safepoints);
  Atomics.store(words, WORD.flag, 0);
  Atomics.store(words, WORD.end, 1);
  return { workers: WORKERS, sawAll, steps: sawAll ? made : 0, held, safepoints };
}

function steps(words: Int32Array) {
  let sum = 0;
  for (let worker = 0; worker < WORKERS; worker += 1) sum += Atomics.load(words, WORD.steps + worker);
  return sum;
}
