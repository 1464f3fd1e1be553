/** The interpreter, with and without counts per poll site, beside JavaScript and Lua 5.4 in wasm: same page, same run. */
import { Problem, say } from '../scripts/log.mjs';
import { figures, pairedRatio, range } from './figures.mjs';
import { WORKLOADS } from './programs.mjs';
import { writeReport } from './report.mjs';

const ROUNDS = 11;

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
    title: 'The interpreter in the browser',
    explanation:
      'Milliseconds, median and range; a ratio is the median of the ratios of paired rounds. The page counts polls per site, the command line does not. JavaScript is the same program in the page itself, without polls and compiled by the browser. Beside another, below 1: the lab is faster; speed with counts, 1: counts cost nothing.',
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
}
