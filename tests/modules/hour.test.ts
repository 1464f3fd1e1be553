/** An hour of 32 workers: bounded, and still to be seen. */
import assert from 'node:assert/strict';
import { test } from 'vitest';
import { STATE } from '../../www/run/lane.ts';
import { Recording } from '../../www/run/recording.ts';
import { Shares, WIDTHS } from '../../www/run/shares.ts';
import { drawLanes, planLanes } from '../../www/draw/lanes.ts';
import { rangeScale } from '../../www/draw/scale.ts';
import { eventOf, pauseOf, lanesOf } from './made.ts';
import type { EventKind } from '../../www/run/types.ts';

const SECOND = 1e6;
const HOUR = 3600 * SECOND;
const WORKERS = 32;

/**
 * Each worker changes between a task and waiting twenty times a second: it works for 10 ms of 50 in the
 * first half hour, for 40 ms of 50 in the second. Four times a second the world stops for 2 ms.
 */
function anHour() {
  const recording = new Recording(WORKERS);
  const event = eventOf(0, 0, 'task-start');
  const say = (worker: number, time: number, kind: EventKind, pause = 0) =>
    recording.event(Object.assign(event, { worker, time, kind, pause }));
  let pause = 0;
  for (let time = 0; time < HOUR; time += 50_000) {
    const busy = time < HOUR / 2 ? 10_000 : 40_000;
    const stops = time % 250_000 === 0;
    if (stops) pause += 1;
    for (let worker = 0; worker < WORKERS; worker += 1) {
      say(worker, time, 'idle-end');
      if (stops) {
        say(worker, time + 1000, 'arrived', pause);
        say(worker, time + 3000, 'resumed');
      }
      say(worker, time + busy, 'idle-begin');
    }
    if (stops) {
      const times = {
        at: time + 900,
        queue: 0,
        ttsp: 100,
        noticing: 0,
        operation: 1900,
        release: 10,
        total: 2010,
      };
      recording.released(pauseOf({ id: pause, ...times }));
    }
  }
  return recording;
}

const recording = anHour();

test('an hour of 32 workers takes no more memory than it may', () => {
  const lanes = recording.lanes.reduce(
    (sum, { starts, states, tasks, shares }) =>
      sum + starts.byteLength + states.byteLength + tasks.byteLength + shares.size,
    0,
  );
  assert.ok(lanes < 16e6, `${lanes} bytes of lanes`);
  assert.ok(recording.lanes[0].written > 140_000, 'there was more than is kept');
  assert.equal(recording.count, 14_400);
  assert.ok(recording.pauses.length <= 1250);
  assert.ok(recording.resumptions.rows.size <= 1266);
  assert.ok(recording.whole > HOUR / 2 && recording.whole < HOUR, 'and says since when it is whole');
});

test('the coarse picture of the hour is that of what happened', () => {
  for (const { shares } of [recording.lanes[0], recording.lanes[31]]) {
    const level = shares.level(HOUR / 1000, 0);
    assert.ok(level.oldest * level.width <= level.width, 'it reaches back to the beginning');
    const at = (time: number, state: number) => level.share(Math.floor(time / level.width), state);
    for (const minute of [1, 10, 29])
      assert.ok(Math.abs(at(minute * 60 * SECOND, STATE.running) - 0.192) < 0.01);
    for (const minute of [31, 45, 59])
      assert.ok(Math.abs(at(minute * 60 * SECOND, STATE.running) - 0.792) < 0.01);
    assert.ok(
      Math.abs(at(45 * 60 * SECOND, STATE.stopped) - 0.008) < 0.005,
      'stops of two milliseconds show',
    );
  }
});

test('the newest seconds are kept to the microsecond', () => {
  const lane = recording.lanes[7];
  const last = HOUR - 50_000;
  assert.equal(lane.at(last + 39_999), STATE.running);
  assert.equal(lane.at(last + 40_000), STATE.idle);
  assert.equal(lane.at(HOUR - 250_000 + 2000), STATE.stopped);
});

test('a picture of the hour takes a bounded number of shapes', () => {
  let shapes = 0;
  const context = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === 'measureText') return () => ({ width: 10 });
        return () => {
          if (name === 'fillRect' || name === 'fill' || name === 'stroke') shapes += 1;
        };
      },
      set: () => true,
    },
  ) as any;
  const theme = new Proxy({}, { get: (_, name) => name }) as any;
  const width = 900;
  const plan = planLanes(lanesOf(WORKERS), width);
  for (const [from, to] of [
    [0, HOUR],
    [0, 60 * SECOND],
    [HOUR - 60 * SECOND, HOUR],
    [HOUR - SECOND, HOUR],
  ]) {
    shapes = 0;
    const scale = rangeScale(from, to, 0, plan.left, width - 12);
    const view = {
      recording,
      scale,
      plan,
      theme,
      step: 5,
      now: HOUR,
      pause: null,
      rates: [],
      selected: null,
    };
    drawLanes(context, { width, height: plan.total }, view);
    assert.ok(shapes > WORKERS, 'something is drawn');
    assert.ok(shapes < 40_000, `${shapes} shapes from ${from} to ${to}`);
  }
});

test('a level that no longer reaches back gives way to a wider one', () => {
  const shares = new Shares();
  for (let i = 0; i < 3000; i += 1) shares.add(STATE.running, i * WIDTHS[1], i * WIDTHS[1] + WIDTHS[0]);
  assert.equal(shares.level(1, 2990 * WIDTHS[1]).width, WIDTHS[0]);
  assert.equal(shares.level(1, 0).width, WIDTHS[2]);
  const level = shares.level(WIDTHS[2], 0);
  assert.ok(Math.abs(level.share(100, STATE.running) - 0.25) < 0.01);
  assert.equal(level.share(100, STATE.stopped), 0);
});

test('a long state and a long silence cost no more than what is kept', () => {
  const shares = new Shares();
  shares.add(STATE.running, 0, 100 * HOUR);
  shares.add(STATE.stopped, 300 * HOUR, 300 * HOUR + 8000);
  const level = shares.level(WIDTHS[0], 300 * HOUR);
  assert.equal(level.share(Math.floor((300 * HOUR) / WIDTHS[0]) - 5, STATE.running), 0);
  assert.ok(level.share(Math.floor((300 * HOUR) / WIDTHS[0]), STATE.stopped) > 0.4);
});
