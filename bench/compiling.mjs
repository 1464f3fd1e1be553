/** How long it takes to compile 500 lines of TypeScript: in the browser, once the language module is there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../scripts/paths.mjs';
import { figures, range } from './figures.mjs';
import { writeReport } from './report.mjs';

const ROUNDS = 40;
/** Before that the browser's compiler has not seen enough of the module. */
const WARM_UP = 10;

/** @param {import('./browser.mjs').Bench} bench */
export async function benchCompiling(bench) {
  const text = readFileSync(path.join(root, 'tests/typescript/programs/five-hundred-lines.ts'), 'utf8');
  const page = await bench.openProduct();
  const measured = await page.evaluate(measure, { text, rounds: ROUNDS + WARM_UP });
  const [first = 0] = measured;
  const later = measured.slice(WARM_UP);
  writeReport({
    name: 'compiling',
    title: 'Compiling 500 lines of TypeScript',
    explanation:
      'Milliseconds from handing the text over until the page has the faults, the bytecode with its poll sites, and the longest paths: read, compiled, verified and listed in the language worker. The first text comes right after the page has opened; the language module is fetched with it. Of the later ones, whose texts differ, median and range. Nothing runs meanwhile.',
    columns: ['text', 'milliseconds'],
    cells: [
      ['first', first.toFixed(1)],
      ['later', range(figures(later))],
    ],
    data: { first, later },
    conditions: { ...bench.conditions, rounds: ROUNDS },
  });
}

/**
 * In the page.
 *
 * @param {{ text: string, rounds: number }} what
 */
async function measure({ text, rounds }) {
  const { lab } = window;
  await lab.stop();
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    const { ok, errors } = await lab.load(`${text}// ${round}\n`);
    times.push(performance.now() - begin);
    if (!ok) throw new Error(errors[0]?.message);
  }
  return times;
}
