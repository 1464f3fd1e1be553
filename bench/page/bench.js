/** Runs in the browser: `window.bench` times the lab and what it is compared with, by turns. */

import { LuaFactory } from 'wasmoon';
import luaUrl from 'wasmoon/dist/glue.wasm?url';
import { spinners } from '../../tests/page/engine-programs.mjs';
import { createLab } from '../../www/engine/lab.ts';
import { bareStops, labStops } from './stops.js';

/** @import { Stop } from './stops.js' */

/** @typedef {'plain' | 'counted' | 'compiled' | 'compiledCounted' | 'javascript' | 'lua'} Form */

/**
 * @typedef {object} Times milliseconds
 * @property {number[]} plain without counts per poll site
 * @property {number[]} counted with them, as on the page
 * @property {number[]} compiled without counts, everything compiled before the program begins
 * @property {number[]} compiledCounted the same, with them
 * @property {number[]} javascript
 * @property {number[]} lua
 * @property {Record<Form, string>} results
 */

const lab = createLab({ workers: 1 });

Object.assign(window, {
  bench: { ready: lab.ready, clockStep: lab.clockStep, code, coordinator, layouts, measure, stops, together },
});

/**
 * @param {number} rounds
 * @returns {Promise<unknown>} what the worker says
 */
async function coordinator(rounds) {
  const worker = new Worker(new URL('./coordinator.worker.js', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }) => resolve(data));
      worker.addEventListener('error', (event) => reject(new Error(event.message)));
      worker.postMessage(rounds);
    });
  } finally {
    worker.terminate();
  }
}

/**
 * @param {import('../programs.mjs').Workload} workload
 * @param {number} rounds
 * @returns {Promise<Times>}
 */
async function measure(workload, rounds) {
  const engine = await new LuaFactory(luaUrl).createEngine();
  /** @type {Times} */
  const times = {
    ...{ plain: [], counted: [], compiled: [], compiledCounted: [], javascript: [], lua: [] },
    results: { plain: '', counted: '', compiled: '', compiledCounted: '', javascript: '', lua: '' },
  };
  const { ok, errors } = await lab.load(workload.lab);
  if (!ok) throw new Error(JSON.stringify(errors));
  /** @type {(print: (line: unknown) => void) => void} */
  const javascript = /** @type {any} */ (window).program;
  const timed = (/** @type {() => unknown} */ work) => {
    const began = performance.now();
    const result = work();
    return { time: performance.now() - began, result };
  };
  // The first round compiles; it does not count.
  for (let round = 0; round <= rounds; round++) {
    const all = {
      plain: await inLab(false, false),
      counted: await inLab(true, false),
      compiled: await inLab(false, 'first'),
      compiledCounted: await inLab(true, 'first'),
      javascript: timed(() => {
        let printed;
        javascript((line) => (printed = line));
        return printed;
      }),
      lua: timed(() => engine.doStringSync(workload.lua)),
    };
    for (const name of /** @type {Form[]} */ (Object.keys(all))) {
      times.results[name] = String(all[name].result);
      if (round > 0) times[name].push(all[name].time);
    }
  }
  engine.global.close();
  return times;
}

/**
 * @param {string} source
 * @returns {Promise<import('../../www/run/types.ts').Compiled | null>} what all of it is, compiled
 */
async function code(source) {
  await lab.load(source);
  await lab.run({ workers: 1, compile: 'first' });
  await lab.finished();
  return lab.compiled();
}

/**
 * @param {string[]} sources the same program in several layouts
 * @param {import('../../www/run/types.ts').PollPolicy[]} policies
 * @param {number} rounds
 * @returns {Promise<number[][][]>} milliseconds by source, policy and round
 */
async function layouts(sources, policies, rounds) {
  const all = [];
  for (const source of sources) {
    const { ok, errors } = await lab.load(source);
    if (!ok) throw new Error(JSON.stringify(errors));
    /** @type {number[][]} */
    const times = policies.map(() => []);
    // The first round compiles; it does not count.
    for (let round = 0; round <= rounds; round++)
      for (const [index, policy] of policies.entries()) {
        const { time } = await inLab(false, 'first', 1, policy);
        if (round > 0) times[index]?.push(time);
      }
    all.push(times);
  }
  return all;
}

/**
 * @param {string} source does the same work on each worker
 * @param {number} workers
 * @param {boolean | 'first'} compile
 * @returns {Promise<number>} milliseconds from the first task's start to the last one's end
 */
async function together(source, workers, compile) {
  await lab.load(source);
  return (await inLab(true, compile, workers)).time;
}

/**
 * @param {number} workers
 * @param {number} pauses per round
 * @param {number} rounds
 * @param {number} gapMs
 * @returns {Promise<{ lab: Stop[], bare: Stop[] }>}
 */
async function stops(workers, pauses, rounds, gapMs) {
  /** @type {{ lab: Stop[], bare: Stop[] }} */
  const result = { lab: [], bare: [] };
  for (let round = 0; round < rounds; round++) {
    result.lab.push(...(await labStops(lab, spinners(workers), workers, pauses, gapMs, true)));
    result.bare.push(...(await bareStops(workers, pauses, gapMs)));
  }
  return result;
}

/**
 * One run, from its task's start to its end on the worker: what the page adds before and after is not it.
 *
 * @param {boolean} profile whether polls are counted per site
 * @param {boolean | 'first'} compile
 * @param {number} [workers]
 * @param {import('../../www/run/types.ts').PollPolicy | null} [policy] the program's own by default
 */
async function inLab(profile, compile, workers = 1, policy = null) {
  await lab.run({ workers, profile, compile, policy });
  const { output, trap } = await lab.finished();
  if (trap) throw new Error(trap.message);
  let first = Infinity;
  let last = -Infinity;
  lab.reader()(({ kind, time }) => {
    if (kind === 'task-start') first = Math.min(first, time);
    if (kind === 'task-stop') last = Math.max(last, time);
  });
  if (!(last > first)) throw new Error('no task was seen to start and stop');
  return { time: (last - first) / 1000, result: output.trim() };
}
