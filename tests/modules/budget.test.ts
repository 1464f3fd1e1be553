import assert from 'node:assert/strict';
import { test } from 'vitest';
import { overBudget, resultsText, transferText } from '../../scripts/budget.mjs';

const SIZES = { script: 208_400, engine: 245_000, language: 90_000, style: 5230 };

function results({
  visits = [2600, 700, 900, 800],
  tasks = [[], [], [60, 90]],
  busiest = [9.2, 12, 17.6],
}: {
  visits?: number[];
  /** beside 1, 2 and 8 workers */
  tasks?: number[][];
  busiest?: number[];
} = {}) {
  const conditions = { date: '2026-01-02', cores: 2 };
  const data = [1, 2, 8].map((workers, i) => ({
    workers,
    lab: { tasks: tasks[i] ?? [], busiest: busiest[i] ?? 0 },
  }));
  return { opening: { conditions, data: visits }, answering: { conditions, data } };
}

test('the budget is said in words, with what the page has of it', () => {
  assert.equal(
    transferText(SIZES),
    'gzipped script 208 kB, engine 245 kB, language 90 kB, style 5.2 kB (at most 250 kB of the first view’s script and of engine, 300 kB of language)',
  );
  assert.deepEqual(resultsText(results()), [
    'a program runs 800 ms after a later visit begins (at most 1500), measured on 2026-01-02',
    'beside 1 / 2 / 8 workers on 2 cores the longest task takes 9 / 12 / 18 ms of the processor (at most 50), and 0 / 0 / 2 tasks take over 50 ms by the clock (none where every worker has a core), measured on 2026-01-02',
  ]);
});

test('a page within its budget passes, also where nothing was measured', () => {
  assert.deepEqual(overBudget(SIZES, results()), []);
  assert.deepEqual(overBudget({ ...SIZES, script: 250_000, engine: 250_000, language: 300_000 }, null), []);
});

test('whatever is over the budget is named with its figure and its limit', () => {
  const over = (change: Parameters<typeof results>[0], sizes = SIZES) =>
    overBudget(sizes, results(change)).join('\n');
  assert.match(over({}, { ...SIZES, script: 250_600 }), /^The page's script is 251 kB .* over the 250 kB/);
  assert.match(over({}, { ...SIZES, engine: 300_000 }), /^The page's engine is 300 kB/);
  assert.match(
    over({}, { ...SIZES, language: 300_600 }),
    /^The page's language is 301 kB .* over the 300 kB/,
  );
  assert.match(over({ visits: [100, 1600, 1501, 1400] }), /^A program runs 1501 ms .* over the 1500/);
  const tasks = over({ tasks: [[], [51, 70], [60]] });
  assert.match(tasks, /^With 2 workers on 2 cores 2 tasks .* over 50 ms, the longest 70/);
  assert.equal(tasks.includes('8 workers'), false);
  assert.match(
    over({ busiest: [1, 2, 51] }),
    /^With 8 workers a task .* took 51 ms of the processor, over the 50/,
  );
});
