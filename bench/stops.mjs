/** Stops of the world in the browser beside a bare JavaScript `Atomics` stop, in the same page and run. */
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

/** @typedef {import('./page/stops.js').Stop} Stop */

/** @param {import('./browser.mjs').Bench} bench */
export async function benchStops(bench) {
  const page = await bench.open();
  const rows = [];
  for (const workers of WORKERS) {
    say(`bench: stops of ${workers} workers ...`);
    /** @type {{ lab: Stop[], bare: Stop[] }} */
    const stops = await page.evaluate(
      ([count, pauses, times, gapMs]) => /** @type {any} */ (window).bench.stops(count, pauses, times, gapMs),
      /** @type {const} */ ([workers, PAUSES, rounds(workers), gap(workers)]),
    );
    rows.push({ workers, ...stops });
  }
  await page.close();
  const drawing = await whileDrawing(bench);
  const all = rows.map((row) => ({ ...row, drawing: drawing.get(row.workers) ?? [] }));
  const conditions = {
    ...bench.conditions,
    pauses: `${rounds(1) * PAUSES} of each number of workers, ${rounds(100) * PAUSES} with 100`,
    gapMilliseconds: 'the larger of 10 and 5 for each worker',
  };
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
    cells: all.map(({ workers, lab, bare, drawing }) => [
      String(workers),
      at(lab, 'running', 0.5),
      ...both(lab, 'ttsp'),
      ...both(bare, 'ttsp'),
      (Number(at(lab, 'ttsp', 0.5)) / Number(at(bare, 'ttsp', 0.5))).toFixed(2),
      ...both(drawing, 'ttsp'),
    ]),
    data: all.map(({ workers, lab, bare, drawing }) => ({
      workers,
      ...columns({ lab, bare, drawing }, ['ttsp', 'running']),
    })),
    conditions,
  });
  writeReport({
    name: 'resume',
    title: 'Release and resume in the browser',
    explanation:
      'Microseconds, of the same stops as in time-to-safepoint.md, in the page that draws nothing. Release: clearing the request and issuing the wake-ups; woken workers may take the processor of the requester, which then learns late that the release is over. First and last: from the release until that worker ran again, of the workers that did before the next stop.',
    columns: [
      'workers',
      'release p50',
      'release p99',
      'bare release p50',
      'first runs again p50',
      'first p99',
      'bare first p50',
      'last runs again p50',
      'bare last p50',
    ],
    cells: all.map(({ workers, lab, bare }) => [
      String(workers),
      ...both(lab, 'release'),
      at(bare, 'release', 0.5),
      ...both(lab, 'first'),
      at(bare, 'first', 0.5),
      at(lab, 'last', 0.5),
      at(bare, 'last', 0.5),
    ]),
    data: all.map(({ workers, lab, bare }) => ({
      workers,
      ...columns({ lab, bare }, ['release', 'first', 'last']),
    })),
    conditions,
  });
}

/**
 * @param {Stop[]} stops
 * @param {keyof Stop} key
 * @param {number} share
 */
function at(stops, key, share) {
  const known = stops.map((stop) => stop[key]).filter((value) => !Number.isNaN(value));
  return known.length === 0 ? '' : percentile(known, share).toFixed(0);
}

/**
 * @param {Stop[]} stops
 * @param {keyof Stop} key
 */
const both = (stops, key) => [at(stops, key, 0.5), at(stops, key, 0.99)];

/**
 * @param {Record<string, Stop[]>} series
 * @param {(keyof Stop)[]} keys
 * @returns {Record<string, Record<string, number[]>>} every figure
 */
function columns(series, keys) {
  const of = (/** @type {Stop[]} */ stops) =>
    Object.fromEntries(keys.map((key) => [key, stops.map((stop) => stop[key])]));
  return Object.fromEntries(Object.entries(series).map(([name, stops]) => [name, of(stops)]));
}

/**
 * @param {import('./browser.mjs').Bench} bench
 * @returns {Promise<Map<number, Stop[]>>} those in the product's page, for each number of workers
 */
async function whileDrawing(bench) {
  const page = await bench.openProduct();
  const stops = new Map();
  for (const workers of WORKERS) {
    say(`bench: stops of ${workers} workers, page drawing ...`);
    const program = JSON.stringify(spinners(workers));
    // A string, so that the page's policy does not forbid it.
    const drawn = await page.evaluate(
      `(${labStops.toString()})(lab, ${program}, ${workers}, ${PAUSES * 2}, ${gap(workers)}, false)`,
    );
    stops.set(workers, drawn);
  }
  await page.close();
  return stops;
}
