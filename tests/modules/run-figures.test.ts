import assert from 'node:assert/strict';
import { test } from 'vitest';
import { policyText } from '../../www/words/format.ts';
import { ranFor, ranUntil, readSummary, summaryOf } from '../../www/run/run-summary.ts';
import { Recording } from '../../www/run/recording.ts';
import { verdictText } from '../../www/panels/late.panel.ts';
import { noStats } from '../../www/run/recorder.ts';
import { arrivalOf, eventOf, givenUp, heldPause, pauseOf } from './made.ts';

test("the verdict on lateness is the engine's, and is told when there is one", () => {
  const none = { pauses: 29, enough: 30, workers: [], places: [] };
  assert.match(verdictText(none), /needs 30 pauses .* so far: 29\./);
  assert.match(verdictText({ ...none, pauses: 400 }), /no worker is last more often than chance explains/);
  const biased = {
    ...none,
    pauses: 40,
    workers: [{ who: 'worker 3', last: 32, expected: 10 }],
    places: [{ who: 'hog, line 15, acopy', last: 30, expected: 7.5 }],
  };
  assert.equal(
    verdictText(biased),
    'Worker 3 was last in 32 of 40 pauses; by chance it would be about 10. ' +
      'The last was held up at hog, line 15, acopy in 30 of 40 pauses; by chance it would be about 7.5.',
  );
  assert.match(verdictText(null), /does not say/);
});

test('the table counts the place where the last was held up, not the one where it stopped', () => {
  const recording = new Recording(2);
  // It was in a long instruction of `hog`, and stopped at a jump afterwards.
  const stopsAt = { ...(pauseOf().stragglers[0]?.site as any), text: 'hog, line 17, jmp again' };
  const [first, ...rest] = pauseOf().arrivals;
  for (let id = 1; id <= 40; id += 1)
    recording.released(pauseOf({ id, arrivals: [{ ...(first as any), site: stopsAt }, ...rest] }));
  const [row] = recording.late.byPlace();
  assert.deepEqual([row?.key, row?.count], ['hog, line 15, acopy', 40]);
});

const own = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };
const program = {
  name: 'made',
  policy: own,
  bounds: [
    { function: 'a', instructions: 7, per_frame: false },
    { function: 'b', instructions: 18, per_frame: true },
  ],
} as any;

test('a run in a few figures: rates are of the time in which the world ran', () => {
  const recording = new Recording(2);
  recording.event(eventOf(0, 1e6, 'worker-start'));
  recording.released(pauseOf({ operation: 400_000, release: 98_090, held: 0 }));
  const reason = noStats().gc;
  const gc = { ...reason, count: 1, ttsp: { p50: 3820, p90: 3820, p99: 3820, p99_9: 3820, max: 3820 } };
  const workers = [
    { instructions: 3e6, polls: 10 },
    { instructions: 1e6, polls: 30 },
  ] as any[];
  const made = {
    run: { workers: 2, policy: null, program, bounds: program.bounds },
    longest: 17,
    recording,
    end: 3.5e6,
    workers,
    stats: { ...noStats(), gc },
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
  const bound = (bounds: any) => summaryOf({ ...made, run: { ...made.run, policy: other, bounds } }).bound;
  assert.equal(bound(endless), null);
  assert.equal(bound(null), 'unknown');
  assert.equal(policyText(other), 'calls, one back-edge in 1000, allocations, awaits');
  const adapts = policyText({ ...own, adapt: 100 });
  assert.equal(adapts, 'calls, as few back-edges as 100\u202fµs allow, allocations, awaits');
  assert.deepEqual(readSummary(JSON.parse(JSON.stringify(summary)), ''), summary);
  for (const none of [null, {}, { ...summary, pauses: 'many' }]) assert.throws(() => readSummary(none, ''));
});

test('a run begins with its first event, whichever worker is read first', () => {
  const recording = new Recording(2);
  recording.event(eventOf(0, 900, 'worker-start'));
  recording.event(eventOf(1, 100, 'worker-start'));
  recording.event(eventOf(1, 950, 'worker-end'));
  assert.deepEqual([recording.begin, recording.latest], [100, 950]);
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
  // One that had not run again since the pause before does not run either, though nobody waits for it.
  const before = ranFor(recording, 30e6);
  const stayed = arrivalOf({ worker: 0, safe: true, standing: 'not-yet-resumed' });
  recording.released(givenUp({ id: 44, at: 24e6, ttsp: 4e6, arrivals: [stayed] }));
  assert.equal(ranFor(recording, 30e6), before - 2e6);
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
  const outcome = { kind: 'gc', before: 900, after: 100 } as any;
  recording.stopped(heldPause());
  recording.released(pauseOf({ outcome }));
  recording.released(pauseOf({ id: 42, reason: 'debug' }));
  assert.deepEqual([recording.columns.before[0], recording.columns.after[0]], [900, 100]);
  assert.ok(Number.isNaN(recording.columns.before[1]));
});
