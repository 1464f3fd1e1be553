/** Compiled code means what the interpreter means: the same output, end, counts and hits, of every program. */
import { readFileSync, readdirSync } from 'node:fs';
import { generate } from '../typescript/generate.mjs';
import { detail, expectRunning, runIt, stopWorld } from './lab-page.mjs';
import { allowErrors, expect, openLab, test } from './support.mjs';

/** @import { Page } from '@playwright/test' */
/** @import { PollPolicy } from '../../www/run/types.ts' */

/** @typedef {{ name: string, source: string }} Program */

/** So many random programs, from this seed on. */
const COUNT = Number(process.env.PROGRAMS ?? 300);
const SEED = Number(process.env.SEED ?? 1);

const ALL = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };
/** Poll policies under which each program runs. @type {Record<string, PollPolicy>} */
const POLICIES = {
  'all on': ALL,
  'every seventh back-edge': { ...ALL, every: 7 },
  'a back-edge within 20 us': { ...ALL, adapt: 20 },
  'no back-edge': { ...ALL, back_edges: false },
  'no polls': { calls: false, back_edges: false, allocations: false, awaits: false, every: 1 },
};

/**
 * Programs whose waits meet a task that is over, or not yet, also when one form runs them twice:
 * how often they poll differs, what they print does not.
 */
const TIMED = new Set(['own-stops.sasm', 'sleep.ts']);

/** The programs of the tests in a folder. @param {string} folder @returns {Program[]} */
function programsOf(folder) {
  const from = new URL(`../${folder}/`, import.meta.url);
  const names = readdirSync(from).filter((name) => /\.(ts|sasm)$/.test(name));
  return names.map((name) => ({ name, source: readFileSync(new URL(name, from), 'utf8') }));
}

/**
 * Runs a program interpreted and compiled.
 *
 * @param {Page} page
 * @param {string} source
 * @param {PollPolicy} policy
 */
function bothWays(page, source, policy) {
  return page.evaluate(async ([text, polls]) => {
    const { lab } = window;
    const { ok, program } = await lab.load(text);
    if (!ok || !program) return null;
    // An await polls once, or again when it has waited: that its task is over by then is chance.
    const awaits = new Set(program.listing.flatMap(({ poll, site }) => (poll === 'await' ? [site] : [])));
    const ends = [];
    for (const compile of /** @type {const} */ ([false, 'first'])) {
      await lab.run({ workers: 1, policy: polls, compile });
      const { result, output, trap } = await lab.finished();
      const workers = lab.workers().map(({ instructions, longest }) => ({ instructions, longest }));
      const hits = [...(await lab.hits())].filter((_, site) => !awaits.has(site));
      ends.push({ result, output, trap, hits, workers });
    }
    // Where nothing is counted other code is made.
    await lab.run({ workers: 1, policy: polls, compile: 'first', profile: false });
    const { result, output, trap } = await lab.finished();
    return { ends, uncounted: { result, output, trap } };
  }, /** @type {const} */ ([source, policy]));
}

/** @param {{ instructions: number }} worker */
const executed = ({ instructions }) => instructions;

/** @param {Page} lab @param {Program[]} programs @param {string} named */
async function compare(lab, programs, named) {
  const policy = POLICIES[named] ?? ALL;
  let ran = 0;
  for (const { name, source } of programs) {
    const told = await bothWays(lab, source, policy);
    if (!told) continue;
    const { ends, uncounted } = told;
    if (TIMED.has(name)) for (const end of ends) Object.assign(end, { hits: [], workers: [] });
    // How often its back-edges poll is another thing each time.
    if (policy.adapt)
      for (const end of ends) Object.assign(end, { hits: [], workers: end.workers.map(executed) });
    expect(ends[1], `${name}, ${named}`).toEqual(ends[0]);
    expect(ends[0], `${name}, ${named}, not counted`).toMatchObject(uncounted);
    ran++;
  }
  expect(ran).toBeGreaterThan(programs.length / 2);
}

for (const policy of Object.keys(POLICIES)) {
  test(`every program of the tests: ${policy}${policy === 'all on' ? '' : ' @deep'}`, async ({ lab }) => {
    test.setTimeout(600_000);
    await expectRunning(lab);
    await compare(lab, [...programsOf('typescript/programs'), ...programsOf('programs')], policy);
  });

  test(`${COUNT} random programs from seed ${SEED}: ${policy} @deep`, async ({ lab }) => {
    test.setTimeout(3_600_000);
    await expectRunning(lab);
    const programs = Array.from({ length: COUNT }, (_, index) => {
      return { name: `seed ${SEED + index}`, source: generate(SEED + index) };
    });
    await compare(lab, programs, policy);
  });
}

/** Four tasks whose sums are known, with calls, objects, strings and lists. */
const LONG = `class Pair {
  left: number;
  right: string;
  constructor(left: number, right: string) {
    this.left = left;
    this.right = right;
  }
}

function mixed(pair: Pair, n: number): number {
  return pair.left + pair.right.length + (n % 7);
}

async function work(seed: number): Promise<number> {
  let sum = 0;
  const list: number[] = [];
  for (let n = 0; n < 400000; n++) {
    const pair = new Pair(n * seed, 'x' + (n % 10));
    sum = (sum + mixed(pair, n)) % 1000003;
    if (n % 1000 === 0) list.push(sum / 4);
  }
  let all = 0;
  for (const part of list) all += part;
  return all;
}

const tasks = [spawn(work, 1), spawn(work, 2), spawn(work, 3), spawn(work, 4)];
for (const task of tasks) print(await task);
`;

test('a run that is stopped again and again prints the same in either form, and goes on in the other one', async ({
  lab,
}) => {
  test.setTimeout(300_000);
  await expectRunning(lab);
  const told = await lab.evaluate(async (source) => {
    const { lab } = window;
    await lab.load(source);
    await lab.run({ workers: 4 });
    const expected = (await lab.finished()).output;
    const outputs = [];
    for (const compile of /** @type {const} */ (['first', true, false])) {
      await lab.run({ workers: 4, compile });
      await lab.automatic({ reason: 'gc', everyMs: 5 });
      const files = [];
      while (lab.state !== 'finished' && files.length < 3) {
        const file = await lab.snapshot().catch(() => null);
        if (file) files.push(file);
      }
      const { output } = await lab.finished();
      await lab.automatic(null);
      outputs.push(output);
      for (const file of files) {
        const other = compile === false ? 'first' : false;
        await lab.restore(file, { workers: 2, compile: other });
        outputs.push((await lab.finished()).output);
      }
    }
    return { expected, outputs };
  }, LONG);
  expect(told.outputs.length).toBeGreaterThan(6);
  expect(new Set(told.outputs)).toEqual(new Set([told.expected]));
});

test('the page says which functions are compiled', async ({ lab }) => {
  await expectRunning(lab);
  const compiled = await detail(lab, 'Compiled');
  await expect(compiled.getByRole('row', { name: /^count compiled/ })).toBeVisible();
  await expect(compiled).toContainText(/of WebAssembly, compiled in \d+\sms while the program ran/);
  await stopWorld(lab, 'GC');
});

test('the WebAssembly of a function is shown with its polls, which lead to the text', async ({ lab }) => {
  await expectRunning(lab);
  const compiled = await detail(lab, 'Compiled');
  await compiled.getByRole('button', { name: 'WebAssembly of count' }).click();
  const polls = compiled.locator('mark');
  await expect(polls.first()).toHaveText(/^\s*global.get \$word\s+i32.atomic.load\s/);
  await expect(compiled.locator('#code-said')).toContainText(/lines, \d+ polls/);
  await compiled.getByRole('button', { name: 'poll of line 11' }).first().click();
  await expect(lab.locator('.cm-activeLine')).toContainText('while (i < 500000000)');
  const told = await lab.evaluate(async () => {
    const [code] = await window.lab.webAssembly('count');
    const { length } = await window.lab.webAssembly('nothing');
    return { length, polls: code?.polls.map(({ at }) => code.lines[at]?.trim()) };
  });
  expect(told.length).toBe(0);
  expect(new Set(told.polls)).toEqual(new Set(['global.get $word']));
  // What is shown is not what runs any more.
  await lab.evaluate(() => {
    const { lab } = window;
    lab.dispatchEvent(new CustomEvent('compiled', { detail: lab.compiled() }));
  });
  await expect(compiled.locator('#code-said')).toContainText('compiled anew since');
  await compiled.getByRole('button', { name: 'Close' }).click();
  await expect(polls.first()).toBeHidden();
  await expect(compiled.getByRole('button', { name: 'WebAssembly of count' })).toBeFocused();
});

for (const what of ['safepoint_tier', 'tier.worker'])
  test(`without ${what} everything is interpreted, and the page says why`, async ({ page, address }) => {
    await page.route(`**/${what}*`, (route) => route.abort());
    allowErrors(page, /ERR_FAILED|tier/);
    await openLab(page, address);
    await expectRunning(page);
    await expect
      .poll(() => page.evaluate(() => window.lab.compiled()?.failed ?? null))
      .toMatch(/could not be (loaded|fetched|downloaded)/);
    await expect(await detail(page, 'Compiled')).toContainText('Everything is interpreted: ');
    await stopWorld(page, 'GC');
    // What can be had by now is fetched by the next run.
    await page.unroute(`**/${what}*`);
    await runIt(page);
    await expect.poll(() => page.evaluate(() => window.lab.compiled()?.functions.length ?? 0)).toBe(1);
  });

test('what is compiled is of the program that runs, not of one that was loaded meanwhile', async ({
  lab,
}) => {
  await expectRunning(lab);
  const told = await lab.evaluate(async () => {
    const { lab } = window;
    await lab.load(
      'function spin(): number {\n  let n = 0;\n  while (n < 1e9) n += 1;\n  return n;\n}\nspin();\n',
    );
    await lab.breakpoint({ line: 6 });
    const held = new Promise((resolve) => lab.on('pause', resolve));
    await lab.run({ workers: 1 });
    await held;
    const early = lab.compiled();
    await lab.clearBreakpoints();
    await lab.load('print(1);');
    await lab.resume();
    const { functions, failed } = await new Promise((resolve) => lab.on('compiled', resolve));
    const state = lab.state;
    await lab.stop();
    return { early, functions, failed, state };
  });
  expect(told).toEqual({ early: null, functions: ['spin'], failed: null, state: 'running' });
});

test('a compiled loop without a poll ends with its run', async ({ lab }) => {
  await expectRunning(lab);
  const states = await lab.evaluate(async (policy) => {
    const { lab } = window;
    await lab.load(
      "let i = 0;\nwhile (true) {\n  i = (i + 1) & 1048575;\n  if (i === 0) print('round');\n}\n",
    );
    const seen = [];
    for (const profile of [true, false]) {
      const round = new Promise((resolve) => lab.on('output', resolve));
      await lab.run({ workers: 2, compile: 'first', profile, policy });
      await round;
      await lab.stop();
      seen.push(...lab.workers().map(({ state }) => state));
    }
    return seen;
  }, /** @type {PollPolicy} */ (POLICIES['no polls']));
  expect(new Set(states)).toEqual(new Set(['finished']));
});

test('compiled back-edges poll as seldom as a wanted time allows, interpreted ones at every turn', async ({
  lab,
}) => {
  await expectRunning(lab);
  const turns = 20_000_000;
  const told = await lab.evaluate(
    async ([source, adapt, all]) => {
      const { lab } = window;
      const { program } = await lab.load(source);
      const site = program?.listing.find(({ poll }) => poll === 'back-edge')?.site ?? -1;
      const polls = [];
      for (const compile of /** @type {const} */ (['first', false])) {
        await lab.run({ workers: 1, policy: { ...all, adapt }, compile });
        await lab.finished();
        polls.push((await lab.hits())[site]);
      }
      const [bound] = await lab.bounds({ ...all, adapt });
      const both = await lab.run({ policy: { ...all, every: 2, adapt } }).catch(String);
      return { polls, bound, both };
    },
    /** @type {const} */ ([`let i = 0;\nwhile (i < ${turns}) i++;\nprint(i);\n`, 100, ALL]),
  );
  const [compiled, interpreted] = told.polls;
  expect(interpreted).toBe(turns);
  expect(compiled).toBeGreaterThan(10);
  expect(compiled).toBeLessThan(turns / 100);
  expect(told.bound).toMatchObject({
    instructions: null,
    why: expect.stringContaining('as often as its time demands'),
  });
  expect(told.both).toContain('"policy.adapt" is 100');
});

test('one loop adapts where its comment says so, and another one polls at every turn', async ({ lab }) => {
  await expectRunning(lab);
  const turns = 5_000_000;
  const loop = `while (i < ${turns}) i++;`;
  const text = `let i = 0;\n// @poll adapt\n${loop}\ni = 0;\n${loop}\nprint(i);\n`;
  const told = await lab.evaluate(async (source) => {
    const { lab } = window;
    const { program } = await lab.load(source);
    const rows = program?.listing.filter(({ poll }) => poll === 'back-edge') ?? [];
    const polls = [];
    for (const compile of /** @type {const} */ (['first', false])) {
      await lab.run({ workers: 1, compile });
      await lab.finished();
      const hits = await lab.hits();
      polls.push(rows.map(({ site }) => hits[site ?? -1]));
    }
    return { polls, placed: rows.map(({ placed }) => placed), bounds: await lab.bounds() };
  }, text);
  expect(told.placed).toEqual([65_535, null]);
  const [[adapted = 0, always] = [], interpreted] = told.polls;
  expect(adapted).toBeGreaterThan(10);
  expect(adapted).toBeLessThan(turns / 100);
  expect(always).toBe(turns);
  expect(interpreted).toEqual([turns, turns]);
  expect(told.bounds[0]?.instructions).toBeGreaterThan(65_535);
});

test('a compiled loop knows that an element has left its list meanwhile', async ({ lab }) => {
  await expectRunning(lab);
  const text = `function replaced(list: number[]): void {
  for (let i = 0; i < 30; i++) {
    const last = list.length - 1;
    list.pop();
    list[last] = i;
  }
}

replaced([1, 2, 3]);
`;
  const traps = await lab.evaluate(async (source) => {
    const { lab } = window;
    await lab.load(source);
    const seen = [];
    for (const compile of /** @type {const} */ (['first', false])) {
      await lab.run({ workers: 1, compile });
      seen.push((await lab.finished()).trap);
    }
    return seen;
  }, text);
  expect(JSON.stringify(traps[0])).toContain('index 2 is outside of a list of 2 elements');
  expect(traps[0]).toEqual(traps[1]);
});

test('a snapshot of a loop whose polls adapt can be restored', async ({ lab }) => {
  await expectRunning(lab);
  const restored = await lab.evaluate(async (all) => {
    const { lab } = window;
    await lab.load('let i = 0;\nwhile (true) i = (i + 1) & 1048575;\n');
    const policy = { ...all, adapt: 1000 };
    const files = [];
    await lab.run({ workers: 1, policy, compile: 'first', profile: false });
    // The number of turns has grown by then as far as it does.
    for (let at = 0; at < 12; at += 1) files.push(await lab.snapshot());
    let times = 0;
    for (const file of files) {
      await lab.restore(file, { policy, compile: 'first' });
      times += lab.state === 'running' ? 1 : 0;
    }
    await lab.stop();
    return times;
  }, ALL);
  expect(restored).toBe(12);
});

test('a loop that was compiled for integers is left where it is entered with a fraction', async ({ lab }) => {
  await expectRunning(lab);
  const text = `function turn(by: number, turns: number): number {
  let now = by;
  for (let i = 0; i < turns; i++) now = by - now;
  return now;
}

for (const by of [1, 0.5, 3, 0.25]) print(turn(by, 100000000));
`;
  const output = await lab.evaluate(async (source) => {
    await window.lab.load(source);
    let compiled = 0;
    window.lab.addEventListener('compiled', () => (compiled += 1));
    await window.lab.run({ workers: 1, compile: 'first' });
    const { output: printed } = await window.lab.finished();
    return { printed, again: compiled > 1 };
  }, text);
  // Compiled anew for what its registers held, so there was something to leave.
  expect(output).toEqual({ printed: '1\n0.5\n3\n0.25\n', again: true });
});
