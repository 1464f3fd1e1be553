/** What polls cost: the interpreter beside the same interpreter built without, natively and in the browser. */
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { say, step } from '../scripts/log.mjs';
import { cache, root } from '../scripts/paths.mjs';
import { run } from '../scripts/run.mjs';
import { nativeToolchain } from '../scripts/toolchain.mjs';
import { figures, pairedRatio, range } from './figures.mjs';
import { POLLED } from './programs.mjs';
import { writeReport } from './report.mjs';

const WITHOUT = 'without-polls';
const ROUNDS = 15;

/** @typedef {{ on: number[], off: number[] }} Times milliseconds of paired rounds */

/** @param {import('./browser.mjs').Bench} bench */
export async function benchPolls(bench) {
  const native = await timeNatively();
  const browser = await timeInBrowser(bench);
  const rows = POLLED.flatMap(({ name }, index) => [
    { where: 'native', name, ...at(native, index) },
    { where: 'browser', name, ...at(browser, index) },
  ]);
  writeReport({
    name: 'polls',
    title: 'What polls cost',
    explanation:
      'Milliseconds, median and range, of the interpreter as it is and of the same interpreter built without polls; the cost is the median of the ratios of paired rounds, less one. Two builds of one program can differ by a few percent for where the compiler happened to put its code: a cost below that, or a negative one, says that it is not seen.',
    columns: ['workload', 'where', 'with polls', 'without', 'cost'],
    cells: rows.map(({ where, name, on, off }) => [
      name,
      where,
      range(figures(on)),
      range(figures(off)),
      `${((pairedRatio(on, off) - 1) * 100).toFixed(1)} %`,
    ]),
    data: rows,
    conditions: { ...bench.conditions, rounds: ROUNDS, workers: 1 },
  });
}

/**
 * @template T
 * @param {T[]} list
 * @param {number} index
 */
const at = (list, index) => /** @type {T} */ (list[index]);

/** @returns {Promise<Times[]>} of each program */
async function timeNatively() {
  const on = await buildNative('polls', []);
  const off = await buildNative(WITHOUT, [WITHOUT]);
  /** @type {Times[]} */
  const times = POLLED.map(() => ({ on: [], off: [] }));
  say('bench: polls, natively ...');
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { file }] of POLLED.entries()) {
      at(times, index).on.push(await timeOnce(on, file));
      at(times, index).off.push(await timeOnce(off, file));
    }
  }
  return times;
}

/**
 * @param {string} name
 * @param {string[]} features
 * @returns {Promise<string>} the command line's program
 */
async function buildNative(name, features) {
  const { env } = await nativeToolchain();
  const args = ['build', '--release', '--bin', 'safepoint-lab', `--features=${features.join(',')}`];
  return await step(`bench: compiling the native interpreter, ${name}`, async () => {
    const { output } = await run('cargo', [...args, '--message-format=json'], { env, log: 'bench-cargo' });
    const built = /"executable":"([^"]*safepoint-lab[^"]*)"/.exec(output)?.[1];
    if (!built) throw new Error('cargo named no program called safepoint-lab');
    const kept = path.join(cache, 'bench', name);
    mkdirSync(path.dirname(kept), { recursive: true });
    copyFileSync(built, kept);
    return kept;
  });
}

/**
 * @param {string} program
 * @param {string} workload
 * @returns {Promise<number>} the best of a few runs, in milliseconds
 */
async function timeOnce(program, workload) {
  const file = path.join(root, 'bench/programs', `${workload}.sasm`);
  const times = [];
  for (let turn = 0; turn < 3; turn++) {
    const { output } = await run(program, ['run', file, '--workers', '1', '--stats'], { log: 'bench-polls' });
    times.push(Number(/instructions in ([\d.]+) ms/.exec(output)?.[1]));
  }
  return Math.min(...times);
}

/**
 * @param {import('./browser.mjs').Bench} bench
 * @returns {Promise<Times[]>} of each program
 */
async function timeInBrowser(bench) {
  const off = await bench.open([WITHOUT]);
  const on = await bench.open();
  const all = [];
  for (const { name, lab } of POLLED) {
    say(`bench: polls in the browser, ${name} ...`);
    /** @type {Times} */
    const times = { on: [], off: [] };
    for (let round = 0; round < ROUNDS; round++) {
      times.on.push(await timeInPage(on, lab));
      times.off.push(await timeInPage(off, lab));
    }
    all.push(times);
  }
  return all;
}

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} program
 * @returns {Promise<number>} the best of a few rounds, in milliseconds
 */
async function timeInPage(page, program) {
  /** @type {number[]} */
  const times = await page.evaluate(
    ([text, rounds]) => /** @type {any} */ (window).bench.alone(text, rounds),
    /** @type {const} */ ([program, 3]),
  );
  return Math.min(...times);
}
