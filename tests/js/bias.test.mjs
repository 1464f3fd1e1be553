import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bias, ENOUGH_PAUSES } from '../../www/data/bias.js';
import { policyText, ranFor, readSummaries, summaryOf } from '../../www/data/run-summary.js';
import { Recording } from '../../www/data/recording.js';
import { verdictText } from '../../www/views/late.js';
import { eventOf, pauseOf } from './made.mjs';

/** @param {number[]} order of arrival, the last one last */
function arrivals(order) {
  return order
    .map((worker, i) => ({
      worker,
      after: i + 1,
      safe: false,
      site: null,
      instructions: 0,
      since_poll: null,
    }))
    .reverse();
}

test('a worker that is always last is named once there are enough pauses', () => {
  const bias = new Bias();
  for (let i = 1; i < ENOUGH_PAUSES; i += 1) bias.add(pauseOf({ arrivals: arrivals([0, 1, 2, 3]) }));
  assert.deepEqual(bias.verdicts().workers, []);
  assert.match(verdictText(bias.pauses, [], []), /needs 30 pauses .* so far: 29\./);
  bias.add(pauseOf({ arrivals: arrivals([0, 1, 2, 3]) }));
  const { workers, places } = bias.verdicts();
  assert.deepEqual(
    workers.map(({ who, last, expected }) => [who, last, expected]),
    [['Worker 3', 30, 7.5]],
  );
  assert.equal(
    verdictText(bias.pauses, workers, places),
    'Worker 3 was last in 30 of 30 pauses; by chance it would be about 7.5.',
  );
});

test('taking turns is no bias, and that is said', () => {
  const bias = new Bias();
  const order = [0, 1, 2, 3];
  for (let turn = 0; turn < 400; turn += 1) {
    order.push(/** @type {number} */ (order.shift()));
    bias.add(pauseOf({ arrivals: arrivals(order) }));
  }
  assert.deepEqual(bias.verdicts().workers, []);
  assert.match(verdictText(400, [], []), /nobody is last more often than chance explains/);
});

test('a pause that waited for one worker says nothing', () => {
  const bias = new Bias();
  bias.add(
    pauseOf({
      arrivals: [
        ...arrivals([5]),
        { worker: 1, after: 0, safe: true, site: null, instructions: 0, since_poll: null },
      ],
    }),
  );
  assert.equal(bias.pauses, 0);
});

const own = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };
const program = /** @type {any} */ ({
  name: 'made',
  policy: own,
  bounds: [
    { function: 'a', instructions: 7, per_frame: false },
    { function: 'b', instructions: 18, per_frame: true },
  ],
});

test('a run in a few figures: rates are of the time in which the world ran', () => {
  const recording = new Recording(2);
  recording.event(eventOf(0, 1e6, 'worker-start'));
  recording.released(pauseOf({ operation: 400_000, release: 100_000 }));
  const none = { p50: 0, p90: 0, p99: 0, p99_9: 0, max: 0 };
  const reason = { count: 0, queue: none, ttsp: none, operation: none, release: none, total: none };
  const gc = { ...reason, count: 1, ttsp: { p50: 3820, p90: 3820, p99: 3820, p99_9: 3820, max: 3820 } };
  const workers = /** @type {any[]} */ ([
    { instructions: 3e6, polls: 10 },
    { instructions: 1e6, polls: 30 },
  ]);
  const made = {
    run: { workers: 2, policy: null, program, bounds: program.bounds },
    longest: 17,
    recording,
    end: 3.5e6,
    workers,
    stats: { gc, snapshot: reason, debug: reason },
    cores: 2,
    step: 5,
  };
  const summary = summaryOf(made);
  assert.equal(summary.seconds, 2);
  assert.deepEqual([summary.instructions, summary.polls], [2e6, 20]);
  assert.deepEqual([summary.reason, summary.pauses, summary.ttsp.max], ['gc', 1, 3820]);
  assert.deepEqual([summary.bound, summary.perFrame, summary.longest], [18, true, 17]);
  const other = { ...own, every: 1000 };
  const endless = [...program.bounds, { function: 'c', instructions: null, per_frame: false }];
  const bound = (/** @type {any} */ bounds) =>
    summaryOf({ ...made, run: { ...made.run, policy: other, bounds } }).bound;
  assert.equal(bound(endless), null);
  assert.equal(bound(null), 'unknown');
  assert.equal(policyText(other), 'calls, one back-edge in 1000, allocations, awaits');
  assert.deepEqual(
    readSummaries(JSON.parse(JSON.stringify([summary, null, {}, { ...summary, pauses: 'many' }]))),
    [summary],
  );
});

test('a world that stands still does not run', () => {
  const recording = new Recording(1);
  recording.event(eventOf(0, 0, 'worker-start'));
  recording.stopped(pauseOf({ operation: null, release: null, total: null }));
  assert.equal(ranFor(recording, 9e6), 4830);
  assert.equal(ranFor(recording, 0), 4830, 'no event was read since long before the pause');
});

test('the heap before and after each collection is kept, also of one that was held', () => {
  const recording = new Recording(1);
  const outcome = /** @type {any} */ ({ kind: 'gc', before: 900, after: 100 });
  recording.stopped(pauseOf({ operation: null, release: null, total: null }));
  recording.released(pauseOf({ outcome }));
  recording.released(pauseOf({ id: 42, reason: 'debug' }));
  assert.deepEqual([recording.columns.before[0], recording.columns.after[0]], [900, 100]);
  assert.ok(Number.isNaN(recording.columns.before[1]));
});
