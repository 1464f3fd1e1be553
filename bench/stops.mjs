/** Time to safepoint in the browser beside a bare JavaScript `Atomics` stop, in the same page and run. */
import { say } from '../scripts/log.mjs';
import { spinners } from '../tests/page/engine-programs.mjs';
import { percentile } from './figures.mjs';
import { labStops } from './page/stops.js';
import { writeReport } from './report.mjs';

const WORKERS = [1, 2, 4, 8, 32, 100];
const PAUSES = 50;

/** @param {number} workers */
const rounds = (workers) => (workers > 32 ? 2 : 5);

/** @param {number} workers @returns {number} milliseconds between pauses, in which each of so many gets a processor */
const gap = (workers) => Math.max(10, 5 * workers);

/** @param {import('./browser.mjs').Bench} bench */
export async function benchStops(bench) {
  const page = await bench.open();
  const rows = [];
  for (const workers of WORKERS) {
    say(`bench: time to safepoint, ${workers} workers ...`);
    /** @type {{ lab: number[], bare: number[], running: number[] }} */
    const times = await page.evaluate(
      ([count, pauses, times, gapMs]) => /** @type {any} */ (window).bench.stops(count, pauses, times, gapMs),
      /** @type {const} */ ([workers, PAUSES, rounds(workers), gap(workers)]),
    );
    rows.push({ workers, ...times });
  }
  await page.close();
  const drawing = await whileDrawing(bench);
  const at = (/** @type {number[]} */ times, /** @type {number} */ share) => percentile(times, share);
  const of = (/** @type {number[]} */ times) => [at(times, 0.5).toFixed(0), at(times, 0.99).toFixed(0)];
  writeReport({
    name: 'time-to-safepoint',
    title: 'Time to safepoint in the browser',
    explanation:
      "Microseconds from arming until the requester knows that all have stopped, workers counting in a loop: in a page that draws nothing, beside a bare JavaScript `Atomics` stop that keeps no records, by turns; and in the lab's own page, which draws its timeline meanwhile. With more workers than processors not all have run since the pause before; these have stopped already when the lab asks, while the bare stop wakes them to hear them say so.",
    columns: [
      'workers',
      'of them running',
      'lab p50',
      'lab p99',
      'bare p50',
      'bare p99',
      'ratio of p50',
      'lab p50, drawing',
      'lab p99, drawing',
    ],
    cells: rows.map(({ workers, lab, bare, running }) => [
      String(workers),
      String(at(running, 0.5)),
      ...of(lab),
      ...of(bare),
      (at(lab, 0.5) / at(bare, 0.5)).toFixed(2),
      ...of(drawing.get(workers) ?? []),
    ]),
    data: rows.map((row) => ({ ...row, drawing: drawing.get(row.workers) })),
    conditions: {
      ...bench.conditions,
      pauses: `${rounds(1) * PAUSES} of each number of workers, ${rounds(100) * PAUSES} with 100`,
      gapMilliseconds: 'the larger of 10 and 5 for each worker',
    },
  });
}

/**
 * @param {import('./browser.mjs').Bench} bench
 * @returns {Promise<Map<number, number[]>>} microseconds in the product's page, for each number of workers
 */
async function whileDrawing(bench) {
  const page = await bench.openProduct();
  const times = new Map();
  for (const workers of WORKERS) {
    say(`bench: time to safepoint, ${workers} workers, page drawing ...`);
    const program = JSON.stringify(spinners(workers));
    // A string, so that the page's policy does not forbid it.
    const { times: drawn } = /** @type {Awaited<ReturnType<typeof labStops>>} */ (
      await page.evaluate(`(${labStops})(lab, ${program}, ${workers}, ${PAUSES * 2}, ${gap(workers)})`)
    );
    times.set(workers, drawn);
  }
  await page.close();
  return times;
}
