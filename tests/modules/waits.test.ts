import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Recording } from '../../www/run/recording.ts';
import { difference, summaryOf } from '../../www/run/run-summary.ts';
import { Waits } from '../../www/run/waits.ts';
import { noStats } from '../../www/run/recorder.ts';
import { eventOf, givenUp, pauseOf } from './made.ts';

const EVERY = 250_000;

test('a request that was due while another waited counts from when it was due', () => {
  const waits = new Waits();
  assert.equal(waits.figures(), null);
  // Ten quick ones, then one of ten seconds: forty were due in between.
  for (let i = 0; i < 10; i += 1) waits.add(pauseOf({ ttsp: 50 }), EVERY);
  waits.add(pauseOf({ ttsp: 10e6 }), EVERY);
  const { p50, p99, max, atLeast } = waits.figures() ?? assert.fail();
  assert.equal(max, 10e6);
  assert.equal(atLeast, null);
  assert.equal(p50, 3.75e6, 'of fifty, ten were quick: the fifteenth of the others');
  assert.ok(p99 > 9.7e6);
  const byHand = new Waits();
  for (let i = 0; i < 10; i += 1) byHand.add(pauseOf({ ttsp: 50 }), null);
  byHand.add(pauseOf({ ttsp: 10e6 }), null);
  assert.equal(byHand.figures()?.p50, 50, 'nothing was due beside what was asked for');
});

test('who was given up waited at least so long, and who waits still, too', () => {
  const waits = new Waits();
  waits.add(pauseOf({ ttsp: 50 }), null);
  waits.add(pauseOf({ ttsp: 60 }), null);
  waits.add(givenUp({ ttsp: 5e6 }), null);
  assert.deepEqual(waits.figures(), { p50: 60, p99: 5e6, max: 5e6, atLeast: 5e6, isHalfOpen: false, due: 3 });
  const now = waits.figures({ waited: 1e6, every: EVERY }) ?? assert.fail();
  // Those that were due while it waits have no answer either: half of all may be longer.
  assert.deepEqual([now.max, now.atLeast, now.p50, now.due], [5e6, 0.5e6, 0.5e6, 7]);
  const automatic = new Waits();
  automatic.add(givenUp({ ttsp: 0.9e6 }), EVERY);
  assert.deepEqual(automatic.figures()?.atLeast, 0.4e6, 'given up, and three more were due meanwhile');
  // One that the end of the run has cut off leaves the median of the others as it is.
  const cut = new Waits();
  for (let i = 0; i < 20; i += 1) cut.add(pauseOf({ ttsp: 90 }), EVERY);
  cut.add(givenUp({ ttsp: 20 }), EVERY);
  assert.deepEqual(cut.figures(), { p50: 90, p99: 90, max: 90, atLeast: 90, isHalfOpen: false, due: 21 });
});

test('workers that stand and wait for one that does not come are counted while they do', () => {
  const recording = new Recording(2);
  recording.event(eventOf(0, 0, 'worker-start'));
  recording.event(eventOf(1, 0, 'worker-start'));
  recording.event(eventOf(-1, 1e6, 'armed', { pause: 1 }));
  recording.event(eventOf(0, 1.1e6, 'arrived', { pause: 1 }));
  const run = { workers: 2, policy: null, program: null, bounds: null };
  const one = { instructions: 0, polls: 0 };
  const summary = summaryOf({
    ...{
      run,
      longest: null,
      recording,
      end: 3.1e6,
      workers: [one, one],
      stats: noStats(),
      cores: 2,
      step: 5,
    },
  });
  assert.equal(summary.wasted, 2e6);
});

test('a policy under which no worker stops is not the one that stops soonest', () => {
  const run = { workers: 2, policy: null, program: null, bounds: null };
  const of = (recording: Recording, end = 20e6) =>
    summaryOf({
      run,
      longest: null,
      recording,
      end,
      workers: [
        { instructions: 1e9, polls: 10 },
        { instructions: 0, polls: 0 },
      ],
      uncounted: 1,
      stats: { ...noStats(), gc: { ...noStats().gc, count: 5 } },
      cores: 2,
      step: 5,
    });
  const polls = new Recording(2);
  const deaf = new Recording(2);
  for (const recording of [polls, deaf]) {
    recording.every = EVERY;
    recording.event(eventOf(0, 0, 'worker-start'));
  }
  for (let id = 1; id <= 40; id += 1) polls.released(pauseOf({ id, by: 'timer', at: id * EVERY, ttsp: 300 }));
  // Five came before the loop began; the sixth waits for ever.
  for (let id = 1; id <= 5; id += 1) deaf.released(pauseOf({ id, by: 'timer', at: id * EVERY, ttsp: 20 }));
  deaf.event(eventOf(-1, 1.5e6, 'armed', { pause: 6 }));
  const good = of(polls);
  const bad = of(deaf);
  assert.equal(good.ttsp.p50, 300);
  assert.equal(good.atLeast, null);
  assert.ok(bad.ttsp.p50 > 8e6, `${bad.ttsp.p50}`);
  assert.ok(bad.ttsp.max >= (bad.atLeast ?? Infinity), 'it may be longer');
  assert.equal(bad.givenUp, 1);
  assert.deepEqual([good.isHalfOpen, bad.isHalfOpen], [false, true]);
  assert.equal(bad.due, 5 + 74, 'one each 250 ms since it was asked for');
  // Its time is that until the workers were asked; the count of the one that does not poll is not known.
  assert.ok(bad.seconds < 1.6);
  assert.equal(bad.uncounted, 1);
});

test('what differs by little cannot be told apart', () => {
  assert.equal(difference(1.05, 1), 'cannot be told apart');
  assert.equal(difference(0.93, 1), 'cannot be told apart');
  assert.equal(difference(1.5, 1), '+50\u202f%');
  assert.equal(difference(0.5, 1), '−50\u202f%');
  assert.equal(difference(1, 0), '');
});
