import assert from 'node:assert/strict';
import { test } from 'node:test';
import chances from '../../crates/safepoint/tests/chance.json' with { type: 'json' };
import { Bias, ENOUGH_PAUSES, chance } from '../../www/data/bias.js';
import { policyText, ranFor, ranUntil, readSummary, summaryOf } from '../../www/data/run-summary.js';
import { Recording } from '../../www/data/recording.js';
import { verdictText } from '../../www/views/late.js';
import { noStats } from '../../www/engine/recorder.js';
import { arrivalOf, eventOf, givenUp, heldPause, pauseOf } from './made.mjs';

/** @param {number[]} order of arrival, the last one last */
function arrivals(order) {
  return order.map((worker, i) => arrivalOf({ worker, after: i + 1 })).reverse();
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

test('chance is the tail of the binomial distribution', () => {
  for (const [times, trials, mean, expected] of /** @type {[number, number, number, number][]} */ (chances))
    assert.ok(Math.abs(chance(times, trials, mean) / expected - 1) < 1e-6, `${times} of ${trials}`);
  assert.equal(chance(3, 10, 4), 1, 'less often than expected is no reproach');
  assert.equal(chance(10, 10, 10), 1, 'who is awaited alone is always the last');
});

test('one of four workers last in 32 of 59 pauses is no chance', () => {
  const bias = new Bias();
  for (let i = 0; i < 59; i += 1) {
    const others = [0, 1, 2].map((worker) => (worker + i) % 3);
    bias.add(pauseOf({ arrivals: arrivals(i < 32 ? [...others, 3] : [3, ...others]), stragglers: [] }));
  }
  assert.deepEqual(
    bias.verdicts().workers.map(({ who, last }) => [who, last]),
    [['Worker 3', 32]],
  );
});

test('the sentence and its table count the same place: where the last was held up', () => {
  const recording = new Recording(2);
  // It was in a long instruction of `hog`, and stopped at a jump afterwards.
  const stopsAt = { .../** @type {any} */ (pauseOf().stragglers[0]?.site), text: 'hog, line 17, jmp again' };
  const [first, ...rest] = pauseOf().arrivals;
  for (let id = 1; id <= 40; id += 1)
    recording.released(
      pauseOf({ id, arrivals: [{ .../** @type {any} */ (first), site: stopsAt }, ...rest] }),
    );
  const [place] = recording.bias.verdicts().places;
  const [row] = recording.late.byPlace();
  assert.deepEqual([place?.who, place?.last], ['hog, line 15, acopy', 40]);
  assert.deepEqual([row?.key, row?.count], ['hog, line 15, acopy', 40]);
});

test('taking turns is no bias, and that is said', () => {
  const bias = new Bias();
  const order = [0, 1, 2, 3];
  for (let turn = 0; turn < 400; turn += 1) {
    order.push(/** @type {number} */ (order.shift()));
    bias.add(pauseOf({ arrivals: arrivals(order) }));
  }
  assert.deepEqual(bias.verdicts().workers, []);
  assert.match(verdictText(400, [], []), /no worker is last more often than chance explains/);
});

test('a pause that waited for one worker says nothing', () => {
  const bias = new Bias();
  bias.add(
    pauseOf({
      arrivals: [...arrivals([5]), arrivalOf({ worker: 1, safe: true })],
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
  recording.released(pauseOf({ operation: 400_000, release: 98_090, held: 0 }));
  const reason = noStats().gc;
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
    stats: { gc, snapshot: reason, debug: reason, totals: null },
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
  assert.deepEqual(readSummary(JSON.parse(JSON.stringify(summary))), summary);
  for (const none of [null, {}, { ...summary, pauses: 'many' }]) assert.throws(() => readSummary(none));
});

test('a world that stands still does not run', () => {
  const recording = new Recording(2);
  recording.event(eventOf(0, 0, 'worker-start'));
  recording.stopped(heldPause());
  const ran = 4830 - 3760 / 2; // one of two workers stood and waited for the other
  assert.equal(ranFor(recording, 9e6), ran);
  assert.equal(ranFor(recording, 0), ran, 'no event was read since long before the pause');
});

test('time in which the world was held is not running time, and neither is time waited in vain', () => {
  const recording = new Recording(2);
  recording.event(eventOf(0, 0, 'worker-start'));
  recording.released(pauseOf({ at: 0, noticing: 0, held: 10e6, total: 10_004_970 }));
  const second = ranFor(recording, 11_004_970);
  assert.ok(Math.abs(second - (1_000_000 + 3830 - 1880)) < 1, `${second}`);
  assert.equal(recording.lookedAt, 10e6);
  // One of two workers stands for ten seconds and waits for one that does not come.
  recording.released(givenUp({ id: 42, at: 12e6, ttsp: 10_000_060, total: 10_000_070 }));
  assert.equal(recording.waited, 3760 + 10e6);
  assert.deepEqual([recording.count, recording.givenUp], [1, 1]);
  // While it was waited for, the time stands.
  recording.event(eventOf(-1, 30e6, 'armed', { pause: 43 }));
  assert.equal(ranFor(recording, 60e6), ranFor(recording, 30e6));
});

test('a pause stops the time once, whether the recording knows of it or not', () => {
  const recording = new Recording(2);
  recording.event(eventOf(0, 0, 'worker-start'));
  const first = pauseOf({ id: 1, at: 1e6, held: 5e6, total: 5_005_000 });
  recording.released(first);
  const second = pauseOf({ id: 2, at: 8e6 });
  const before = ranUntil(recording, second);
  assert.equal(before, 8e6 + 3830 - 1880 - (5e6 + 1170 + 1880));
  recording.stopped(heldPause({ id: 2, at: 8e6 }));
  assert.equal(ranUntil(recording, second), before);
  recording.released(second);
  assert.equal(ranUntil(recording, second), before);
});

test('the heap before and after each collection is kept, also of one that was held', () => {
  const recording = new Recording(1);
  const outcome = /** @type {any} */ ({ kind: 'gc', before: 900, after: 100 });
  recording.stopped(heldPause());
  recording.released(pauseOf({ outcome }));
  recording.released(pauseOf({ id: 42, reason: 'debug' }));
  assert.deepEqual([recording.columns.before[0], recording.columns.after[0]], [900, 100]);
  assert.ok(Number.isNaN(recording.columns.before[1]));
});
