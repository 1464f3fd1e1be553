/**
 * Compiled code beside the interpreter, one random program after the other while it is stopped, written down, collected
 * at every allocation, and given breakpoints: SAFEPOINT_TIER_MINUTES long, from seed SEED on. A failure names the seed and
 * what was done.
 */
import { generate } from '../typescript/generate.mjs';
import { expectRunning } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @import { PollPolicy } from '../../www/run/types.ts' */

const MINUTES = Number(process.env.SAFEPOINT_TIER_MINUTES ?? 1);
const SEED = Number(process.env.SEED ?? 1);
/** How often a program does everything again, so that there is a middle. */
const ROUNDS = 30;

const ALL = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };
/** @type {PollPolicy[]} */
const POLICIES = [
  ALL,
  { ...ALL, every: 7 },
  { ...ALL, adapt: 20 },
  { ...ALL, back_edges: false },
  { ...ALL, calls: false },
];
const EVENTS = /** @type {const} */ (['stops', 'snapshots', 'breakpoints', 'collections', 'nothing']);

/** A random program, all of whose statements are executed again and again. @param {number} seed */
function repeated(seed) {
  const lines = generate(seed).trimEnd().split('\n');
  const last = lines.findLastIndex((line, at) => line === '}' && isOfFunction(lines, at));
  const [functions, statements] = [lines.slice(0, last + 1), lines.slice(last + 1)];
  return [...functions, `for (let again = 0; again < ${ROUNDS}; again++) {`, ...statements, '}', ''].join(
    '\n',
  );
}

/** Whether the brace at the beginning of a line ends one of the functions that the program begins with. */
function isOfFunction(/** @type {string[]} */ lines, /** @type {number} */ at) {
  const opened = lines.slice(0, at).findLast((line) => /^\S.*\{$/.test(line) && !line.startsWith('}'));
  return opened?.startsWith('function ') ?? false;
}

test('random programs mean the same in compiled code, whatever happens to them meanwhile @deep', async ({
  lab,
}) => {
  test.setTimeout((MINUTES + 5) * 60_000);
  await expectRunning(lab);
  const end = Date.now() + MINUTES * 60_000;
  let [ran, met] = [0, 0];
  for (let seed = SEED; Date.now() < end; seed += 1) {
    const event = EVENTS[seed % EVENTS.length] ?? 'nothing';
    const policy = POLICIES[Math.floor(seed / EVENTS.length) % POLICIES.length] ?? ALL;
    const workers = seed % 2 === 0 ? 1 : 4;
    const told = await lab.evaluate(
      async ([source, polls, what, threads]) => {
        const { lab } = window;
        const { ok, program } = await lab.load(source);
        if (!ok || !program) return null;
        const ending = async () => {
          const { result, output, trap } = await lab.finished();
          return { result, output, trap };
        };
        await lab.run({ workers: 1, policy: polls, compile: false, heap: 4 << 20 });
        const expected = await ending();
        const found = [];
        let times = 0;
        const options = { workers: threads, policy: polls, heap: 4 << 20, profile: threads > 1 };
        await lab.run({ ...options, compile: 'first', stress: what === 'collections' });
        if (what === 'stops') await lab.automatic({ reason: 'gc', everyMs: 1 });
        if (what === 'snapshots')
          for (let at = 0; at < 3 && lab.state !== 'finished'; at += 1) {
            const file = await lab.snapshot().catch(() => null);
            if (!file) break;
            times += 1;
            found.push(await ending());
            await lab.restore(file, { workers: 5 - threads, compile: at % 2 === 0 ? false : 'first' });
          }
        if (what === 'breakpoints') {
          const lines = [...new Set(program.listing.map(({ line }) => line))].filter((line) => line !== null);
          const line = lines[lines.length >> 1] ?? 1;
          await lab.breakpoint({ line }).catch(() => null);
          for (let at = 0; at < 5; at += 1) {
            const paused = new Promise((resolve) =>
              lab.addEventListener('pause', () => resolve(true), { once: true }),
            );
            const stopped = lab.held ?? (await Promise.race([paused, lab.finished().then(() => false)]));
            if (!stopped) break;
            times += 1;
            if (at === 2) await lab.clearBreakpoints();
            await lab.resume().catch(() => null);
          }
        }
        found.push(await ending());
        if (what === 'stops') times += lab.pauses.length;
        await lab.automatic(null);
        await lab.clearBreakpoints();
        return { expected, found, times };
      },
      /** @type {const} */ ([repeated(seed), policy, event, workers]),
    );
    if (!told) continue;
    ran += 1;
    met += told.times;
    for (const one of told.found)
      expect(one, `seed ${seed}, ${event}, ${workers} workers`).toEqual(told.expected);
  }
  console.log(`${ran} programs, stopped ${met} times meanwhile`);
  expect(ran, 'programs').toBeGreaterThan(MINUTES * 10);
  expect(met, 'stops in the middle').toBeGreaterThan(ran / 4);
});
