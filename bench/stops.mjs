/** Time to safepoint in the browser beside a bare JavaScript `Atomics` stop, in the same page and run. */
import { say } from '../scripts/log.mjs';
import { percentile } from './figures.mjs';
import { writeReport } from './report.mjs';

const WORKERS = [1, 2, 4, 8, 32, 100];
const ROUNDS = 5;
const PAUSES = 100;
const GAP_MS = 10;

/**
 * @param {import('@playwright/test').Page} page
 * @param {Record<string, string | number>} browser its conditions
 */
export async function benchStops(page, browser) {
  const rows = [];
  for (const workers of WORKERS) {
    say(`bench: time to safepoint, ${workers} workers ...`);
    /** @type {{ lab: number[], bare: number[] }} */
    const times = await page.evaluate(
      ([count, pauses, rounds, gap]) => /** @type {any} */ (window).bench.stops(count, pauses, rounds, gap),
      /** @type {const} */ ([workers, PAUSES, ROUNDS, GAP_MS]),
    );
    rows.push({ workers, ...times });
  }
  const at = (/** @type {number[]} */ times, /** @type {number} */ share) => percentile(times, share);
  writeReport({
    name: 'time-to-safepoint',
    title: 'Time to safepoint in the browser',
    explanation:
      'Microseconds from arming until the requester knows that all have stopped, workers counting in a loop; beside a bare JavaScript `Atomics` stop that keeps no records. The page draws nothing.',
    columns: ['workers', 'lab p50', 'lab p99', 'bare p50', 'bare p99', 'ratio of p50'],
    cells: rows.map(({ workers, lab, bare }) => [
      String(workers),
      ...[at(lab, 0.5), at(lab, 0.99), at(bare, 0.5), at(bare, 0.99)].map((time) => time.toFixed(0)),
      (at(lab, 0.5) / at(bare, 0.5)).toFixed(2),
    ]),
    data: rows,
    conditions: { ...browser, pauses: ROUNDS * PAUSES, gapMilliseconds: GAP_MS, page: 'idle' },
  });
}
