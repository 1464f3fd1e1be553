/** The interpreter, with and without counts per poll site, beside Lua 5.4 compiled to wasm: same page, same run. */
import { say } from '../scripts/log.mjs';
import { figures, pairedRatio, range } from './figures.mjs';
import { BESIDE_LUA } from './programs.mjs';
import { writeReport } from './report.mjs';

const ROUNDS = 11;

/** @param {import('./browser.mjs').Bench} bench */
export async function benchInterpreter(bench) {
  const page = await bench.open();
  const rows = [];
  for (const workload of BESIDE_LUA) {
    say(`bench: ${workload.name} ...`);
    /** @type {import('./page/bench.js').Times} */
    const times = await page.evaluate(
      ([work, rounds]) => /** @type {any} */ (window).bench.measure(work, rounds),
      /** @type {const} */ ([workload, ROUNDS]),
    );
    const [ours, counted, theirs] = times.results;
    if (ours !== theirs || counted !== theirs) {
      throw new Error(`${workload.name}: the lab gives ${ours}, counting ${counted}, Lua ${theirs}`);
    }
    rows.push({ workload: workload.name, ...times });
  }
  writeReport({
    name: 'interpreter',
    title: 'The interpreter in the browser',
    explanation:
      'Milliseconds, median and range; a ratio is the median of the ratios of paired rounds. The page counts polls per site, the command line does not. Beside Lua, below 1: the lab is faster; counted beside uncounted, 1: counts cost nothing.',
    columns: [
      'workload',
      'without counts',
      'with counts, as on the page',
      'Lua 5.4 (wasmoon)',
      'without, beside Lua',
      'with, beside Lua',
      'speed with counts, beside without',
    ],
    cells: rows.map(({ workload, lab, counted, lua }) => [
      workload,
      range(figures(lab)),
      range(figures(counted)),
      range(figures(lua)),
      pairedRatio(lab, lua).toFixed(2),
      pairedRatio(counted, lua).toFixed(2),
      pairedRatio(lab, counted).toFixed(2),
    ]),
    data: rows,
    conditions: { ...bench.conditions, rounds: ROUNDS, workers: 1, polls: 'all on' },
  });
}
