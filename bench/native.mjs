/** Time to safepoint natively, beside HotSpot's on the same work, by turns. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { say } from '../scripts/log.mjs';
import { root } from '../scripts/paths.mjs';
import { ask, run } from '../scripts/run.mjs';
import { nativeToolchain } from '../scripts/toolchain.mjs';
import { percentile } from './figures.mjs';
import { writeReport } from './report.mjs';

/** Workers, and pauses of each round: with many workers one pause takes until all have run since the last. */
const SIZES = [
  { workers: 1, pauses: 700 },
  { workers: 2, pauses: 700 },
  { workers: 4, pauses: 700 },
  { workers: 8, pauses: 400 },
  { workers: 32, pauses: 150 },
  { workers: 100, pauses: 60 },
];
const ROUNDS = 3;
/** Between two of HotSpot's stops, in milliseconds. */
const GAP = 2;
/** The first ones are HotSpot's own, or are made while it compiles. */
const WARM_UP = 20;

/** @typedef {{ ttsp: number[], release: number[], first: number[], last: number[] }} Pauses microseconds */

export async function benchNative() {
  const java = ask('java', ['--version'])?.split('\n')[0] ?? null;
  if (!java) say('bench: no java here, so nothing to set beside it');
  /** @type {({ workers: number } & Pauses & { hotspot: number[] })[]} */
  const rows = [];
  for (const { workers, pauses } of SIZES) {
    say(`bench: time to safepoint natively, ${workers} workers ...`);
    /** @type {Pauses & { hotspot: number[] }} */
    const all = { ttsp: [], release: [], first: [], last: [], hotspot: [] };
    for (let round = 0; round < ROUNDS; round++) {
      const ours = await coordinator(workers, pauses);
      for (const key of /** @type {const} */ (['ttsp', 'release', 'first', 'last']))
        all[key].push(...ours[key]);
      if (java) all.hotspot.push(...(await hotspot(workers, pauses)));
    }
    rows.push({ workers, ...all });
  }
  const of = (/** @type {number[]} */ times, /** @type {number} */ share) =>
    times.length === 0 ? '' : percentile(times, share).toFixed(1);
  const ratio = (/** @type {typeof rows[number]} */ { ttsp, hotspot }, /** @type {number} */ share) =>
    hotspot.length === 0 ? '' : (percentile(ttsp, share) / percentile(hotspot, share)).toFixed(2);
  writeReport({
    name: 'native',
    title: 'Time to safepoint natively',
    explanation:
      'Microseconds from arming until the requester knows that all have stopped, workers that do nothing but poll (the coordinator) or count (HotSpot: what its log calls "Reaching safepoint" for the operation FindDeadlocks), by turns. The coordinator is asked only when every worker has run since the pause before, HotSpot every two milliseconds: with more workers than processors some of its threads have stopped already. Release: clearing the request and issuing the wake-ups; with more workers than processors, woken workers take the processor of the requester, which then learns late that the release is over. First and last: from the release until that worker ran again.',
    columns: [
      'workers',
      'p50',
      'p99',
      'HotSpot p50',
      'HotSpot p99',
      'ratio of p50',
      'ratio of p99',
      'release p50',
      'first runs again p50',
      'last runs again p50',
    ],
    cells: rows.map((row) => [
      String(row.workers),
      of(row.ttsp, 0.5),
      of(row.ttsp, 0.99),
      of(row.hotspot, 0.5),
      of(row.hotspot, 0.99),
      ratio(row, 0.5),
      ratio(row, 0.99),
      of(row.release, 0.5),
      of(row.first, 0.5),
      of(row.last, 0.5),
    ]),
    data: rows,
    conditions: {
      ...(java && { java }),
      pauses: SIZES.map(({ workers, pauses }) => `${pauses * ROUNDS} with ${workers}`).join(', '),
    },
  });
}

/**
 * @param {number} workers
 * @param {number} pauses
 * @returns {Promise<Pauses>}
 */
async function coordinator(workers, pauses) {
  const { env, cwd } = await nativeToolchain();
  const manifest = ['--manifest-path', path.join(root, 'Cargo.toml')];
  const rest = ['--', 'pauses', String(workers), String(pauses)];
  const args = ['bench', ...manifest, '--bench', 'safepoint', ...rest];
  const { output } = await run('cargo', args, { env, log: 'bench-native', ...(cwd && { cwd }) });
  const line = output.split('\n').find((text) => text.startsWith('{"ttsp"'));
  if (!line) throw new Error('the benchmark printed no pauses');
  return JSON.parse(line);
}

/**
 * @param {number} workers
 * @param {number} stops
 * @returns {Promise<number[]>} microseconds
 */
async function hotspot(workers, stops) {
  const folder = mkdtempSync(path.join(tmpdir(), 'safepoint-'));
  try {
    const log = path.join(folder, 'safepoint.log');
    const args = [`-Xlog:safepoint:file=${log}`, path.join(root, 'bench/hotspot/Stops.java')];
    const all = [...args, String(workers), String(stops + WARM_UP), String(GAP)];
    await run('java', all, { log: 'bench-hotspot' });
    const found = readFileSync(log, 'utf8').matchAll(/"FindDeadlocks".*?Reaching safepoint: (\d+) ns/g);
    return [...found].slice(WARM_UP).map(([, ns]) => Number(ns) / 1000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
