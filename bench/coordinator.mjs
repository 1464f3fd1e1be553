/** The poll and the arming by themselves, in the browser: what `cargo bench --bench safepoint` times natively. */
import { say } from '../scripts/log.mjs';
import { figures, pairedRatio, range } from './figures.mjs';
import { writeReport } from './report.mjs';

const ROUNDS = 15;

/** @typedef {import('./page/coordinator.worker.js').Timed} Timed */

/** @param {import('./browser.mjs').Bench} bench */
export async function benchCoordinator(bench) {
  const page = await bench.open(['measurements']);
  say('bench: the poll and the arming by themselves ...');
  /** @type {{ looks: Timed[], pauses: Timed[] }} */
  const { looks, pauses } = await page.evaluate(
    (rounds) => /** @type {any} */ (window).bench.coordinator(rounds),
    ROUNDS,
  );
  const all = [
    ...looks,
    ...pauses.map(({ name, nanoseconds }) => ({
      name: `a pause that awaits no worker, ${name === '1' ? '1 slot' : `${name} slots`}`,
      nanoseconds,
    })),
  ];
  const bare = /** @type {Timed} */ (looks[0]).nanoseconds;
  writeReport({
    name: 'coordinator',
    title: 'The poll and the arming by themselves, in the browser',
    explanation:
      'Nanoseconds of one turn of a loop that does nothing else, median and range of the rounds; beside the bare load: the median of the ratios of paired rounds. A pause that awaits no worker: all are in safe regions, so what is left is arming, collecting and disarming their slots.',
    columns: ['what', 'nanoseconds', 'beside the bare load'],
    cells: all.map(({ name, nanoseconds }, index) => [
      name,
      index < looks.length ? range(figures(nanoseconds), 2) : range(figures(nanoseconds), 0),
      index < looks.length ? pairedRatio(nanoseconds, bare).toFixed(2) : '',
    ]),
    data: { looks, pauses },
    conditions: { ...bench.conditions, rounds: ROUNDS },
  });
}
