/** The interpreter and compiled code, with and without counts per poll site, beside JavaScript and Lua 5.4 in wasm: same page, same run. */
import { Problem, say } from '../scripts/log.mjs';
import { figures, pairedRatio, range } from './figures.mjs';
import { WORKLOADS } from './programs.mjs';
import { writeReport } from './report.mjs';

const ROUNDS = 11;
const WORKERS = [1, 2, 4, 8];

/** As many tasks as workers, which share nothing. */
const TOGETHER = (/** @type {number} */ workers) => `function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
async function work(): Promise<number> {
  let sum = 0;
  for (let i = 0; i < 40; i++) sum += fib(24);
  return sum;
}
const tasks: Promise<number>[] = [];
for (let i = 0; i < ${workers}; i++) tasks.push(spawn(work));
for (const task of tasks) print(await task);
`;

/** @param {import('./browser.mjs').Bench} bench */
export async function benchInterpreter(bench) {
  const page = await bench.open();
  const rows = [];
  const cells = [];
  for (const workload of WORKLOADS) {
    say(`bench: ${workload.name} ...`);
    // Not from within the page, which forbids itself to make code of text.
    await page.evaluate(`window.program = ${workload.javascript}`);
    /** @type {import('./page/bench.js').Times} */
    const { plain, counted, compiled, compiledCounted, javascript, lua, results } = await page.evaluate(
      ([work, rounds]) => /** @type {any} */ (window).bench.measure(work, rounds),
      /** @type {const} */ ([workload, ROUNDS]),
    );
    if (new Set(Object.values(results)).size > 1)
      throw new Problem(`${workload.name}: the results differ: ${JSON.stringify(results)}`);
    const others = { lua: figures(lua).median, javascript: figures(javascript).median };
    for (const ms of [plain, counted, compiled, compiledCounted]) {
      rows.push({
        workload: workload.name,
        form: ms === plain || ms === counted ? 'interpreter' : 'compiled',
        ms: figures(ms).median,
        ...others,
        ratioLua: pairedRatio(ms, lua),
        ratioJavaScript: pairedRatio(ms, javascript),
        polls: true,
        counted: ms === counted || ms === compiledCounted,
        rounds: { ms, lua, javascript },
      });
    }
    cells.push([
      workload.name,
      ...[plain, counted, compiled, compiledCounted, lua, javascript].map((times) => range(figures(times))),
      pairedRatio(plain, lua).toFixed(2),
      pairedRatio(counted, lua).toFixed(2),
      pairedRatio(counted, javascript).toFixed(1),
      pairedRatio(plain, counted).toFixed(2),
      pairedRatio(compiled, lua).toFixed(2),
      pairedRatio(compiled, javascript).toFixed(1),
      pairedRatio(compiled, compiledCounted).toFixed(2),
    ]);
  }
  writeReport({
    name: 'interpreter',
    title: 'The interpreter and compiled code in the browser',
    explanation:
      'Milliseconds, median and range; a ratio is the median of the ratios of paired rounds. The page counts polls per site, the command line does not. JavaScript is the same program in the page itself, without polls and compiled by the browser. Compiled: everything is, before the program begins; the first runs are of code that the browser has yet to optimize. Beside another, below 1: the lab is faster; speed with counts, 1: counts cost nothing.',
    columns: [
      'workload',
      'without counts',
      'with counts, as on the page',
      'compiled, without counts',
      'compiled, with counts',
      'Lua 5.4 (wasmoon)',
      'JavaScript',
      'without, beside Lua',
      'with, beside Lua',
      'with, beside JavaScript',
      'speed with counts',
      'compiled, beside Lua',
      'compiled, beside JavaScript',
      'speed of compiled code with counts',
    ],
    cells,
    data: rows,
    isList: true,
    conditions: { ...bench.conditions, rounds: ROUNDS, workers: 1, polls: 'all on' },
  });
  await benchCode(bench, page);
  await benchTogether(bench, page);
}

/**
 * What all of a workload's code is when it is compiled.
 *
 * @param {import('./browser.mjs').Bench} bench
 * @param {import('@playwright/test').Page} page
 */
async function benchCode(bench, page) {
  const data = [];
  for (const { name, lab } of WORKLOADS) {
    const compiled = await page.evaluate((source) => /** @type {any} */ (window).bench.code(source), lab);
    data.push({
      workload: name,
      functions: compiled.functions.length,
      bytes: compiled.bytes,
      ms: compiled.took,
    });
  }
  writeReport({
    name: 'compiled-code',
    title: 'Compiled code',
    explanation:
      'All functions of a program, each with all places at which the interpreter may enter. Milliseconds: from when the code is wanted until the workers have it, in the background.',
    columns: ['workload', 'functions', 'bytes', 'milliseconds'],
    cells: data.map(({ workload, functions, bytes, ms }) => [
      workload,
      String(functions),
      String(bytes),
      ms.toFixed(1),
    ]),
    data,
    isList: true,
    conditions: bench.conditions,
  });
}

/**
 * @param {import('./browser.mjs').Bench} bench
 * @param {import('@playwright/test').Page} page
 */
async function benchTogether(bench, page) {
  const forms = /** @type {const} */ ([
    ['interpreter', false],
    ['compiled', 'first'],
  ]);
  /** @type {Record<string, number[]>} */
  const times = {};
  for (let round = 0; round < ROUNDS; round++)
    for (const workers of WORKERS)
      for (const [form, compile] of forms) {
        const args = /** @type {const} */ ([TOGETHER(workers), workers, compile]);
        const ms = await page.evaluate(
          ([source, count, how]) => /** @type {any} */ (window).bench.together(source, count, how),
          args,
        );
        (times[`${form} ${workers}`] ??= []).push(ms);
      }
  const of = (/** @type {string} */ form, /** @type {number} */ workers) => times[`${form} ${workers}`] ?? [];
  const data = forms.flatMap(([form]) =>
    WORKERS.map((workers) => ({
      form,
      workers,
      ms: figures(of(form, workers)).median,
      speed: (1 / pairedRatio(of(form, workers), of(form, 1))) * workers,
      rounds: of(form, workers),
    })),
  );
  writeReport({
    name: 'throughput',
    title: 'Independent work on several workers',
    explanation:
      'Each worker has a task that computes fib(24) forty times and shares nothing. Speed: the work of all workers in a second, beside that of one worker. Polls are counted, as on the page.',
    columns: ['form', 'workers', 'milliseconds', 'speed'],
    cells: data.map(({ form, workers, speed }) => [
      form,
      String(workers),
      range(figures(of(form, workers))),
      speed.toFixed(2),
    ]),
    data,
    isList: true,
    conditions: { ...bench.conditions, rounds: ROUNDS },
  });
}
