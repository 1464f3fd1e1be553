/**
 * What polls cost in compiled code. Where a loop's code lies changes its time by more than a poll does, so each program
 * is measured in several layouts, with other code before it, and what layouts alone explain is called so.
 */
import { Problem, say } from '../scripts/log.mjs';
import { figures, pairedRatio } from './figures.mjs';
import { WORKLOADS } from './programs.mjs';
import { writeReport } from './report.mjs';

const LAYOUTS = 7;
const ROUNDS = 5;
const FILES = ['fib', 'sum', 'tight', 'sieve', 'quicksort', 'objects'];

const ALL = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };
/** @typedef {{ name: string, policy: typeof ALL & { adapt?: number } }} Variant */
/** The first one is what the others are compared with. @type {Variant[]} */
const VARIANTS = [
  { name: 'no polls', policy: { ...ALL, calls: false, back_edges: false, allocations: false } },
  { name: 'one back-edge in 1000', policy: { ...ALL, every: 1000 } },
  { name: 'as few back-edges as 100 µs allow', policy: { ...ALL, adapt: 100 } },
  { name: 'polls everywhere', policy: ALL },
];

/**
 * The program behind so many functions, and with as much before its own code, that run once.
 *
 * @param {string} source
 * @param {number} layout
 */
function inLayout(source, layout) {
  const numbers = Array.from({ length: layout }, (_, index) => index);
  const before = numbers.map(
    (n) => `function before${n}(x: number): number {\n  return x < 0 ? x * 3 + ${n} : x + ${n};\n}\n`,
  );
  const calls = numbers.map((n) => `if (before${n}(${n}) < 0) print('never');\n`);
  return [...before, ...calls, source].join('');
}

/** @param {import('./browser.mjs').Bench} bench */
export async function benchLayouts(bench) {
  const page = await bench.open();
  /** @type {{ workload: string, polls: string, ratio: number, least: number, most: number, isTellable: boolean, ratios: number[] }[]} */
  const data = [];
  for (const { name, lab, file } of WORKLOADS) {
    if (!FILES.includes(file)) continue;
    say(`bench: polls in compiled code, ${name} ...`);
    const layouts = Array.from({ length: LAYOUTS }, (_, layout) => inLayout(lab, layout));
    /** @type {number[][][]} milliseconds by layout, variant and round */
    const times = await page.evaluate(
      ([sources, policies, rounds]) => /** @type {any} */ (window).bench.layouts(sources, policies, rounds),
      /** @type {const} */ ([layouts, VARIANTS.map(({ policy }) => policy), ROUNDS]),
    );
    VARIANTS.slice(1).forEach((variant, index) => {
      const ratios = times.map(([base = [], ...others]) => pairedRatio(others[index] ?? [], base));
      const { median, least, most } = figures(ratios);
      const isTellable = least > 1 || most < 1;
      data.push({ workload: name, polls: variant.name, ratio: median, least, most, isTellable, ratios });
    });
  }
  if (data.length === 0) throw new Problem('no workload was measured');
  const percent = (/** @type {number} */ ratio) =>
    `${ratio < 1 ? '−' : '+'}${Math.abs((ratio - 1) * 100).toFixed(0)} %`;
  writeReport({
    name: 'polls-compiled',
    title: 'What polls cost in compiled code',
    explanation: `Time beside that of the same code without polls, as the median and the range over ${LAYOUTS} layouts; of each layout it is the median over ${ROUNDS} rounds in which the variants took turns. So that it can be ended, a program without polls still looks whether it is over: a loop at one turn in 997, a recursion at each call, which takes about as long as a poll. A layout is the same program behind other code. Where the range has both more and less, layouts alone explain the difference, and what polls cost cannot be told. Polls are not counted per site.`,
    columns: ['workload', 'polls', 'more time', 'over layouts', 'told apart'],
    cells: data.map(({ workload, polls, ratio, least, most, isTellable }) => [
      workload,
      polls,
      percent(ratio),
      `${percent(least)} to ${percent(most)}`,
      isTellable ? 'yes' : 'cannot be told apart',
    ]),
    data,
    isList: true,
    conditions: { ...bench.conditions, layouts: LAYOUTS, rounds: ROUNDS, workers: 1 },
  });
}
