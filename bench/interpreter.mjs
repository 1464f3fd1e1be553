/** The interpreter beside Lua 5.4 compiled to wasm, in the same page and run. */
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
    const [ours, theirs] = times.results;
    if (ours !== theirs) throw new Error(`${workload.name}: the lab gives ${ours}, Lua ${theirs}`);
    rows.push({ workload: workload.name, ...times, ratio: pairedRatio(times.lab, times.lua) });
  }
  writeReport({
    name: 'interpreter',
    title: 'The interpreter in the browser',
    explanation:
      'Milliseconds, median and range; the ratio is the median of the ratios of paired rounds (below 1: the lab is faster).',
    columns: ['workload', 'Safepoint Lab', 'Lua 5.4 (wasmoon)', 'ratio'],
    cells: rows.map(({ workload, lab, lua, ratio }) => [
      workload,
      range(figures(lab)),
      range(figures(lua)),
      ratio.toFixed(2),
    ]),
    data: rows,
    conditions: { ...bench.conditions, rounds: ROUNDS, workers: 1, polls: 'all on, not counted per site' },
  });
}
