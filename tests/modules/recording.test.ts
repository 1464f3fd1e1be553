import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Lane, STATE } from '../../www/run/lane.ts';
import { Recording } from '../../www/run/recording.ts';
import { instants } from '../../www/run/pause-parts.ts';
import { pauseLine } from '../../www/words/log-line.ts';
import { arrivalOf, eventOf, givenUp, heldPause, pauseOf } from './made.ts';

test('a lane follows its worker from event to event', () => {
  const lane = new Lane(64);
  for (const [time, kind] of [
    [10, 'worker-start'],
    [20, 'idle-begin'],
    [21, 'safe-enter'],
    [30, 'safe-leave'],
    [31, 'idle-end'],
    [32, 'task-start'],
    [50, 'arrived'],
    [70, 'resumed'],
    [90, 'safe-enter'],
    [95, 'arrived'],
    [99, 'worker-end'],
  ] as const) {
    lane.accept(eventOf(0, time, kind));
  }
  assert.equal(lane.at(5), STATE.absent);
  assert.equal(lane.at(15), STATE.running);
  assert.equal(lane.at(25), STATE.idle, 'idle says more than the safe region it waits in');
  assert.equal(lane.at(40), STATE.running);
  assert.equal(lane.at(50), STATE.stopped);
  assert.equal(lane.at(69.9), STATE.stopped);
  assert.equal(lane.at(70), STATE.running);
  assert.equal(lane.at(92), STATE.safe);
  assert.equal(lane.current, STATE.ended);
});

test('a lane forgets the oldest and finds what is left', () => {
  const lane = new Lane(4);
  lane.accept(eventOf(0, 0, 'worker-start'));
  for (let i = 1; i <= 10; i += 1) lane.accept(eventOf(0, i * 10, i % 2 ? 'arrived' : 'resumed'));
  assert.equal(lane.written, 11);
  assert.equal(lane.first, 7);
  assert.equal(lane.at(15), STATE.absent);
  assert.equal(lane.at(75), STATE.stopped);
  assert.equal(lane.at(85), STATE.running);
  assert.equal(lane.find(1e9), 10, 'the last segment is open');
});

test('two changes within a step of the clock leave one segment', () => {
  const lane = new Lane(8);
  lane.accept(eventOf(0, 10, 'worker-start'));
  lane.accept(eventOf(0, 20, 'arrived'));
  lane.accept(eventOf(0, 20, 'resumed'));
  assert.equal(lane.at(20), STATE.running);
  assert.equal(lane.at(30), STATE.running);
});

test('a dead worker stays dead', () => {
  const lane = new Lane(8);
  lane.accept(eventOf(0, 10, 'worker-start'));
  lane.accept(eventOf(0, 20, 'died'));
  lane.accept(eventOf(0, 30, 'worker-end'));
  assert.equal(lane.current, STATE.dead);
});

test('a pause is kept once, held and then over', () => {
  const recording = new Recording(2);
  recording.stopped(heldPause());
  assert.equal(recording.held?.id, 41);
  assert.equal(recording.count, 1, 'its time to safepoint counts at once');
  recording.released(pauseOf());
  assert.equal(recording.held, null);
  assert.equal(recording.pauses.length, 1);
  assert.equal(recording.pause(41)?.total, 5000);
  assert.equal(recording.count, 1);
  assert.equal(recording.wasted, 3760);
  assert.equal(recording.ttsp.gc.total, 1);
});

test('who is late is counted by worker and by place', () => {
  const recording = new Recording(2);
  for (let id = 1; id <= 3; id += 1) recording.released(pauseOf({ id }));
  recording.released(pauseOf({ id: 4, stragglers: [] }));
  assert.equal(recording.late.total, 3);
  const [worker] = recording.late.byWorker();
  assert.deepEqual([worker.key, worker.count, worker.worst], ['Worker 1', 3, 3820]);
  const [place] = recording.late.byPlace();
  assert.deepEqual([place.key, place.line], ['hog, line 15, acopy', 15]);
  // Of one that is awaited alone the verdict says nothing either.
  const [alone] = pauseOf().arrivals;
  recording.released(pauseOf({ id: 5, arrivals: alone ? [alone] : [] }));
  assert.deepEqual([recording.late.awaited, recording.late.total], [4, 3]);
  assert.equal(recording.late.byWorker()[0]?.count, 3);
});

test('memory is bounded however many pauses and workers', () => {
  const recording = new Recording(128);
  for (let id = 1; id <= 2000; id += 1) {
    recording.event(eventOf(5, id, 'arrived', { pause: id }));
    recording.event(eventOf(5, id, 'resumed'));
    recording.released(pauseOf({ id }));
  }
  assert.equal(recording.pauses.length, recording.kept);
  assert.ok(recording.kept * 128 <= 40_000);
  assert.ok(recording.resumptions.rows.size <= recording.kept + 16);
  assert.equal(recording.columns.written, 2000);
  assert.equal(recording.count, 2000);
});

test('events of the requester tell of a pause that waits', () => {
  const recording = new Recording(2);
  const event = eventOf(-1, 500, 'armed', { pause: 7, detail: 2 });
  recording.event(event);
  assert.deepEqual(recording.arming, { id: 7, reason: 2, armed: 500 });
  recording.event(eventOf(-1, 600, 'timed-out', { pause: 7 }));
  assert.equal(recording.arming, null);
});

test('neighbours are found by id', () => {
  const recording = new Recording(1);
  for (const id of [3, 5, 9]) recording.released(pauseOf({ id }));
  assert.equal(recording.neighbour(5, -1)?.id, 3);
  assert.equal(recording.neighbour(5, 1)?.id, 9);
  assert.equal(recording.neighbour(9, 1), null);
  assert.equal(recording.neighbour(4, 1), null);
});

test('the instants of a pause follow from its parts', () => {
  assert.deepEqual(instants(pauseOf()), {
    requested: 1000,
    armed: 1010,
    stopped: 4830,
    noticed: 4860,
    done: 5960,
    release: 5960,
    released: 6000,
  });
  const held = instants(pauseOf({ held: 10e6, total: 10_005_000 }));
  assert.deepEqual([held.done, held.release, held.released], [5960, 10_005_960, 10_006_000]);
  assert.equal(instants(heldPause()).released, null);
  const seen = instants(heldPause({ operation: 1100 }));
  assert.deepEqual([seen.done, seen.release], [5960, null], 'done, and still looked at');
  const vain = instants(givenUp());
  assert.deepEqual([vain.armed, vain.released, vain.noticed], [1010, 4830, null]);
});

test('the log line names every part and the straggler', () => {
  const line = pauseLine(pauseOf(), { begin: 0, previousEnd: 500, step: 5 });
  assert.equal(
    line,
    '[0.001s][info][safepoint] Pause 41 "GC", Time since last: 500 us, Waiting in queue: 10 us, Reaching safepoint: 3820 us, ' +
      'Noticing: 30 us, At safepoint: 1100 us, Held: <5 us, Leaving safepoint: 40 us, Total: 5000 us, Last: worker 1 at hog, line 15, acopy',
  );
});

test('a worker that arrives by entering a safe region stays in it when the pause is over', () => {
  const lane = new Lane(16);
  lane.accept(eventOf(0, 10, 'task-start'));
  lane.accept(eventOf(0, 20, 'safe-enter'));
  lane.accept(eventOf(0, 20, 'arrived', { pause: 1 }));
  lane.accept(eventOf(0, 90, 'safe-leave'));
  assert.equal(lane.at(50), STATE.safe);
  assert.equal(lane.current, STATE.running);
});

test('each worker has its first instruction after a pause', () => {
  const recording = new Recording(4);
  const arrival = (worker: number, safe = false) => arrivalOf({ worker, safe });
  for (const worker of [0, 1, 2, 3]) recording.event(eventOf(worker, 0, 'task-start'));
  // Worker 0 polls, worker 1 blocks while it is awaited, 2 and 3 are idle before that.
  for (const worker of [2, 3]) recording.event(eventOf(worker, 500, 'idle-begin'));
  recording.event(eventOf(0, 1020, 'arrived', { pause: 41 }));
  recording.event(eventOf(1, 1030, 'safe-enter'));
  recording.event(eventOf(1, 1030, 'arrived', { pause: 41 }));
  recording.event(eventOf(0, 5965, 'resumed'));
  recording.event(eventOf(2, 6000, 'safe-leave'));
  recording.event(eventOf(2, 6000, 'idle-end'));
  recording.released(pauseOf({ arrivals: [arrival(1), arrival(0), arrival(2, true), arrival(3, true)] }));
  recording.event(eventOf(1, 7000, 'safe-leave'));
  recording.event(eventOf(3, 9000, 'safe-leave'));
  assert.deepEqual([...(recording.resumptions.rows.get(41) ?? [])], [5965, 7000, 6000, 9000]);
});

test('what was lost is said, and near losses are one', () => {
  const recording = new Recording(1);
  recording.event(eventOf(0, 3e6, 'worker-start'));
  recording.lose(5, 1e6);
  recording.event(eventOf(0, 3.5e6, 'arrived'));
  recording.lose(7, 3.2e6);
  recording.event(eventOf(0, 9e6, 'resumed'));
  recording.lose(1, 8e6);
  assert.equal(recording.dropped, 13);
  assert.deepEqual(recording.gaps, [
    { from: 1e6, to: 3.5e6 },
    { from: 8e6, to: 9e6 },
  ]);
});

test('workers that waited for nothing have waited', () => {
  const recording = new Recording(2);
  recording.released(givenUp());
  assert.deepEqual([recording.givenUp, recording.wasted], [1, 3760]);
});
