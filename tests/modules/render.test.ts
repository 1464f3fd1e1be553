import assert from 'node:assert/strict';
import { afterEach, test, vi } from 'vitest';
import { Histogram, bucketOf, bucketStart } from '../../www/run/histogram.ts';
import { EngineClock } from '../../www/run/engine-clock.ts';
import { Rates } from '../../www/run/rates.ts';
import { Frames } from '../../www/draw/frame.ts';
import { drawPauses } from '../../www/draw/charts.ts';
import { drawHeap, extremes } from '../../www/draw/heap-chart.ts';
import { drawLanes, planLanes } from '../../www/draw/lanes.ts';
import { liveScale, logScale, niceSteps, pauseScale, rangeScale } from '../../www/draw/scale.ts';
import { pauseAt } from '../../www/draw/pick.ts';
import { rowsOf } from '../../www/run/idle.ts';
import { Recording } from '../../www/run/recording.ts';
import { instants } from '../../www/run/pause-parts.ts';
import { eventOf, pauseOf, lanesOf } from './made.ts';
import type { CauseKind } from '../../www/run/types.ts';

afterEach(() => void vi.unstubAllGlobals());

test('the live scale ends now', () => {
  const scale = liveScale(10e6, 4e6, 0.5e6, 100, 500);
  assert.equal(scale.x(10e6), 500);
  assert.equal(scale.x(8e6), 300);
  assert.equal(scale.x(0), 100, 'what is older stands at the edge');
  assert.equal(scale.time(300), 8e6);
  assert.deepEqual(
    scale.marks.map(({ label }) => label),
    ['6 s', '7 s', '8 s', '9 s'],
    'round times of the run, which began at 0.5 s',
  );
});

test('the time to safepoint is drawn to scale, a long operation is not, and that is said', () => {
  const minute = pauseOf({ operation: 60e6 });
  const { requested, armed, stopped, release, released } = instants(minute);
  const scale = pauseScale({ requested, armed, stopped, release, last: released ?? 0, step: 5 }, 0, 1000);
  const reach = scale.x(stopped) - scale.x(armed);
  assert.ok(Math.abs(scale.x(armed + 1910) - scale.x(armed) - reach / 2) < 1e-6);
  assert.ok(scale.x(release ?? 0) - scale.x(stopped) < reach);
  assert.ok(scale.breaks.some((gap) => gap.from === scale.x(stopped)));
  assert.deepEqual(
    scale.marks.map((mark) => mark.label),
    ['armed', 'stopped', 'resumed', '1\u202fms', '2\u202fms', '3\u202fms'],
    'and the time since arming',
  );
});

test('every pause has a scale that rises, also one shorter than a step of the clock', () => {
  for (const change of [
    {},
    { ttsp: 0, queue: 0 },
    { operation: null, release: null, total: null },
    { operation: 0, release: 0 },
    { queue: 9e6 },
  ]) {
    const { requested, armed, stopped, release, released } = instants(pauseOf(change));
    const scale = pauseScale(
      { requested, armed, stopped, release, last: released ?? stopped, step: 5 },
      50,
      900,
    );
    let last = -Infinity;
    for (let i = 0; i <= 100; i += 1) {
      const x = scale.x(scale.from + ((scale.to - scale.from) * i) / 100);
      assert.ok(x >= last && x >= 50 && x <= 900, `${JSON.stringify(change)}: ${x} after ${last}`);
      last = x;
    }
    assert.equal(scale.x(scale.from), 50);
    assert.equal(scale.x(scale.to), 900);
  }
});

test('steps are round and logarithmic axes hold every value', () => {
  assert.deepEqual(niceSteps(4, 4), [0, 1, 2, 3, 4]);
  assert.deepEqual(niceSteps(10, 3), [0, 5, 10]);
  const scale = logScale(5, 3820, 200, 0);
  assert.deepEqual(scale.ticks, [1, 10, 100, 1000, 10_000]);
  assert.equal(scale.at(1), 200);
  assert.equal(scale.at(10_000), 0);
  assert.equal(scale.at(100), 100);
});

test('a histogram counts each duration in the bucket that holds it', () => {
  const histogram = new Histogram();
  for (const us of [0, 1, 9.99, 10, 99, 1e9]) histogram.add(us);
  assert.equal(histogram.total, 6);
  assert.equal(
    histogram.counts.reduce((a, b) => a + b),
    6,
  );
  for (const us of [1, 7, 10, 55, 3820, 1e6]) {
    assert.ok(bucketStart(bucketOf(us)) <= us * (1 + 1e-9));
    assert.ok(bucketStart(bucketOf(us) + 1) > us);
  }
});

/** A clock that a test moves by hand. */
function handClock() {
  const waiting: { at: number; callback: () => void }[] = [];
  const clock = {
    time: 0,
    frames: 0,
    now: () => clock.time,
    frame: (callback: () => void) => waiting.push({ at: clock.time + 16, callback }),
    later: (callback: () => void, ms: number) => waiting.push({ at: clock.time + ms, callback }),
    /** What it takes to paint a frame. */
    painting: 0,
    after: (callback: () => void) => {
      clock.time += clock.painting;
      callback();
    },
    run(to: number) {
      for (;;) {
        waiting.sort((a, b) => a.at - b.at);
        const next = waiting[0];
        if (!next || next.at > to) break;
        waiting.shift();
        clock.time = next.at;
        next.callback();
      }
      clock.time = to;
    },
    pending: () => waiting.length,
  };
  return clock;
}

/**
 * When a view is drawn that is out of date all the time, while painting takes so long.
 *
 * @param painting milliseconds
 */
function drawnDuring(painting: (frame: number) => number, prepare?: (frames: Frames) => void) {
  const clock = handClock();
  const frames = new Frames(clock);
  prepare?.(frames);
  const drawn: number[] = [];
  const view = frames.add(() => {
    clock.painting = painting(drawn.length);
    drawn.push(clock.time);
    if (clock.time < 2000) view.invalidate();
  }, 1);
  view.invalidate();
  clock.run(3000);
  return drawn.slice(1).map((time, i) => time - drawn[i]);
}

test('a page that has a processor to itself is painted thirty times a second at most', () => {
  for (const gap of drawnDuring(() => 8)) assert.ok(gap >= 33 && gap <= 50, `a gap of ${gap} ms`);
});

test('a page keeps to its share of the processors, by what its fastest frames take', () => {
  // Every second frame has to wait for a processor.
  const crowded = drawnDuring(
    (frame) => (frame % 2 === 0 ? 8 : 80),
    (frames) => frames.share(30, 2),
  );
  // 8 ms of the 16 threads' each, and the wait for the next frame.
  const known = crowded.slice(1);
  assert.ok(known.length > 4, `${known.length} gaps`);
  for (const gap of known) assert.ok(gap >= 125 && gap <= 165, `a gap of ${gap} ms`);
  // No view waits for more than a second.
  const packed = drawnDuring(
    () => 8,
    (frames) => frames.share(1000, 2),
  );
  for (const gap of packed) assert.ok(gap <= 1040, `a gap of ${gap} ms`);
});

test('what follows a hand is drawn at once, however many there are', () => {
  const clock = handClock();
  clock.painting = 10;
  const frames = new Frames(clock);
  frames.share(100, 2);
  let drawn = 0;
  // All of these are always out of date, and were not drawn for long.
  for (let i = 0; i < 50; i += 1) {
    const other = frames.add(() => other.invalidate(), 20);
    other.invalidate();
  }
  clock.run(2000);
  const view = frames.add(() => (drawn += 1), 500);
  view.setInterval(0);
  for (let time = 2020; time <= 3000; time += 20) {
    view.invalidate();
    clock.run(time);
  }
  assert.ok(drawn > 30, `${drawn} drawings in a second`);
});

test('where threads wait for processors a frame draws one view, and what moves does not wait for the figures', () => {
  const clock = handClock();
  clock.painting = 5;
  const frames = new Frames(clock);
  frames.share(32, 2);
  const times: number[] = [];
  const busy = (interval: number) => {
    const drawn: number[] = [];
    const view = frames.add(() => {
      times.push(clock.time);
      drawn.push(clock.time);
      view.invalidate();
    }, interval);
    view.invalidate();
    return drawn;
  };
  const figures = Array.from({ length: 12 }, () => busy(1000));
  const moving = busy(40);
  clock.run(20_000);
  assert.equal(new Set(times).size, times.length, 'one view a frame');
  assert.ok(moving.length > times.length / 2, `${moving.length} of ${times.length} drawings`);
  for (const { length } of figures) assert.ok(length >= 4, `${length} drawings of figures in 20 s`);
});

/** A view that is always out of date and can be scrolled out of sight. */
function scrollable() {
  const clock = handClock();
  let see = (_seen: boolean) => {};
  const frames = new Frames(clock, (_element, changed) => {
    see = changed;
  });
  const drawn: number[] = [];
  const view = frames.add(() => {
    drawn.push(clock.time);
    view.invalidate();
  }, 100);
  view.within({} as any);
  view.invalidate();
  const drawings = (ms: number) => {
    const before = drawn.length;
    clock.run(clock.time + ms);
    return drawn.length - before;
  };
  return { frames, see: (seen: boolean) => see(seen), drawings };
}

test('what is out of sight is drawn less often the more threads share a processor, yet every three seconds', () => {
  const { frames, see, drawings } = scrollable();
  const inSight = drawings(10_000);
  assert.ok(inSight >= 80, `${inSight} drawings in sight`);
  see(false);
  assert.ok(Math.abs(drawings(10_000) - inSight) <= 1, 'no other thread wants the processor');
  frames.share(8, 2);
  const few = drawings(10_000);
  // Every 500 ms, and the wait for the next frame.
  assert.ok(few >= 18 && few <= 20, `${few} drawings beside 8 workers`);
  frames.share(126, 2);
  const fewest = drawings(10_000);
  assert.ok(fewest >= 3, `${fewest} drawings beside 126 workers`);
});

test('what comes into sight, or has the processor to itself again, waits no longer', () => {
  const { frames, see, drawings } = scrollable();
  frames.share(126, 2);
  see(false);
  drawings(3500);
  assert.equal(drawings(900), 0);
  see(true);
  assert.equal(drawings(20), 1);
  see(false);
  assert.equal(drawings(900), 0);
  frames.share(0, 2);
  assert.equal(drawings(20), 1);
});

test('who only reads needs no frame, and reads no more often than it asked for', () => {
  const clock = handClock();
  clock.frame = () => assert.fail('a frame was asked for');
  const frames = new Frames(clock);
  const times: number[] = [];
  const reader = frames.read(() => {
    times.push(clock.time);
    reader.invalidate();
  }, 40);
  reader.invalidate();
  reader.invalidate();
  clock.run(200);
  assert.deepEqual(times, [0, 40, 80, 120, 160, 200]);
});

test('nothing is drawn while nothing is out of date', () => {
  const clock = handClock();
  const frames = new Frames(clock);
  let drawn = 0;
  const view = frames.add(() => (drawn += 1), 40);
  clock.run(1000);
  assert.equal(drawn, 1, 'at first');
  clock.run(2000);
  assert.equal(drawn, 1);
  view.invalidate();
  view.invalidate();
  assert.equal(clock.pending(), 1, 'one frame, however often it was asked for');
  clock.run(3000);
  assert.equal(drawn, 2);
  assert.equal(clock.pending(), 0);
});

test('a view that is always out of date is drawn no more often than it asked for, the others at once', () => {
  const clock = handClock();
  const frames = new Frames(clock);
  let slow = 0;
  let fast = 0;
  const busy = frames.add(() => {
    slow += 1;
    busy.invalidate();
  }, 100);
  const other = frames.add(() => (fast += 1));
  busy.invalidate();
  for (let time = 20; time <= 1000; time += 20) {
    clock.run(time);
    other.invalidate();
  }
  assert.ok(slow >= 8 && slow <= 10, `${slow} drawings in a second`);
  assert.ok(fast > 40, `${fast} drawings in a second`);
});

test('what takes long is drawn less often, and the others do not wait for it in one frame', () => {
  const clock = handClock();
  const frames = new Frames(clock);
  const drawn: string[] = [];
  const slow = frames.add(() => {
    clock.time += 50;
    drawn.push('slow');
    slow.invalidate();
  }, 40);
  const quick = frames.add(() => drawn.push('quick'));
  slow.invalidate();
  quick.invalidate();
  clock.run(20);
  assert.deepEqual(drawn, ['slow'], 'the rest of the frame is left to the page');
  clock.run(200);
  assert.deepEqual(drawn, ['slow', 'quick']);
  clock.run(5100);
  const times = drawn.filter((name) => name === 'slow').length;
  assert.ok(times >= 8 && times <= 12, `${times} drawings of 50 ms in five seconds`);
});

test('a view that fails does not stop the others', () => {
  const reported = vi.fn();
  vi.stubGlobal('reportError', reported);
  const clock = handClock();
  const frames = new Frames(clock);
  let drawn = 0;
  const bad = frames.add(() => {
    throw new Error('broken');
  });
  const good = frames.add(() => (drawn += 1));
  bad.invalidate();
  good.invalidate();
  clock.run(100);
  assert.equal(drawn, 1);
  assert.equal(reported.mock.calls.length, 1);
});

test('the engine clock is learned from events that arrive late', () => {
  let local = 1000;
  const clock = new EngineClock(() => local);
  assert.equal(clock.now(), 0);
  clock.saw(400_000);
  local = 1100;
  clock.saw(520_000);
  assert.equal(clock.now(), 520_000);
  local = 1200;
  clock.saw(600_000);
  assert.equal(clock.now(), 620_000, 'a late event does not turn the clock back');
});

test('rates are instructions per second between two samples', () => {
  let now = 0;
  const rates = new Rates(() => now);
  rates.sample(() => [100, 0]);
  assert.deepEqual(rates.perSecond, []);
  now = 100;
  rates.sample(() => assert.fail('too early'));
  now = 500;
  rates.sample(() => [600, 10]);
  assert.deepEqual(rates.perSecond, [1000, 20]);
  now = 1000;
  rates.sample(() => [5, 5]);
  assert.deepEqual(rates.perSecond, [0, 0], 'counts that went back are another run');
  rates.reset();
  assert.deepEqual(rates.perSecond, []);
  // One that polls seldom tells in bursts; one that does not poll tells nothing, and that is no zero.
  for (const [count, of] of [
    [0, [100, 7, 3]],
    [0, [200, 7, 3]],
    [2000, [300, 7, 3]],
    [2000, [400, 7, 3]],
  ] as [number, number[]][]) {
    now += 500;
    rates.sample(
      () => [count, ...of],
      (worker) => worker !== 3,
    );
  }
  assert.deepEqual(rates.perSecond.slice(0, 3), [2000, 200, NaN]);
  assert.equal(rates.perSecond[3], 0, 'it does not run');
  assert.equal(rates.silent, 1);
});

/** A canvas context that only remembers which boxes were filled in which colour. */
function recordingContext() {
  const filled: { colour: string; x: number; y: number; width: number }[] = [];
  const texts: string[] = [];
  /** Colours of lines. */
  const strokes: string[] = [];
  /** Where which text was written in which colour. */
  const written: { text: string; colour: string; x: number }[] = [];
  const context = {
    fillStyle: '',
    strokeStyle: '',
    fillRect: (x: number, y: number, width: number) =>
      filled.push({ colour: context.fillStyle, x, y, width }),
    roundRect: (x: number, y: number, width: number) =>
      filled.push({ colour: context.fillStyle, x, y, width }),
    measureText: (text: string) => ({ width: text.length * 6 }),
    fillText: (text: string, x: number) => {
      texts.push(text);
      written.push({ text, colour: context.fillStyle, x });
    },
    setLineDash() {},
    beginPath() {},
    moveTo() {},
    lineTo() {},
    stroke: () => strokes.push(context.strokeStyle),
    save() {},
    restore() {},
    clip() {},
    arc() {},
    closePath() {},
    rect() {},
    strokeRect() {},
    fill() {},
  };
  return { context: context as any, filled, texts, written, strokes };
}

/** What is drawn of a pause that `worker 1` was late in, for a reason. */
function drawnFor(kind: CauseKind | null) {
  const recording = new Recording(2);
  for (const worker of [0, 1]) recording.event(eventOf(worker, 0, 'worker-start'));
  recording.event(eventOf(0, 1070, 'arrived', { pause: 41 }));
  recording.event(eventOf(1, 4830, 'arrived', { pause: 41 }));
  const cause = { worker: 1, place: null, line: null, late: 3820, evidence: '' };
  const pause = pauseOf({ causes: kind ? [{ ...cause, kind }] : [] });
  recording.released(pause);
  const { requested, armed, stopped, release, released } = instants(pause);
  const plan = planLanes(lanesOf(2), 800);
  const times = { requested, armed, stopped, release, last: released ?? 0, step: 5 };
  const scale = pauseScale(times, plan.left, 788);
  const theme = new Proxy({}, { get: (_, name) => name }) as any;
  const drawn = recordingContext();
  const view = { recording, scale, plan, theme, step: 5, now: 6000, pause, rates: [], selected: 41 };
  drawLanes(drawn.context, { width: 800, height: plan.total }, view);
  return { ...drawn, plan, way: scale.x(stopped) - scale.x(armed) };
}

test('the straggler alone gets the warm colour, for as long as it was late', () => {
  const { filled, texts, plan, way } = drawnFor('long-instruction');
  const warm = filled.filter(({ colour }) => colour === 'straggler');
  assert.equal(warm.length, 1);
  assert.equal(warm[0]?.y, plan.top + plan.pitch);
  assert.ok(Math.abs((warm[0]?.width ?? 0) - way) < 1e-6);
  assert.ok(texts.some((text) => text.replace('\u202f', ' ') === '3.82 ms late: hog, line 15, acopy'));
  assert.ok(texts.includes('collect'));
});

test('a worker without a processor is hatched, and a cause that is not known is no fault', () => {
  const none = drawnFor('no-processor');
  assert.ok(!none.filled.some(({ colour }) => colour === 'straggler'));
  assert.ok(none.strokes.includes('late'));
  assert.ok(none.texts.some((text) => text.endsWith('late: no processor')));
  const unknown = drawnFor(null);
  assert.ok(!unknown.filled.some(({ colour }) => colour === 'straggler'));
  assert.ok(!unknown.strokes.includes('late'));
});

test('workers that were idle all the time share one lane, and the others keep their numbers', () => {
  const recording = new Recording(12);
  for (let worker = 0; worker < 12; worker += 1) {
    recording.event(eventOf(worker, 0, 'worker-start'));
    if (worker !== 5) recording.event(eventOf(worker, 10, 'idle-begin'));
  }
  recording.event(eventOf(7, 4000, 'idle-end'));
  const shown = (from: number, to: number) => rowsOf(recording.lanes, from, to);
  assert.deepEqual(shown(100, 3000), { workers: [5], idle: 11 });
  assert.deepEqual(shown(100, 5000), { workers: [5, 7], idle: 10 });
  assert.equal(shown(0, 3000).idle, 0, 'all of them ran at first');
  const plan = planLanes(shown(100, 5000), 800);
  assert.deepEqual([plan.y(5), plan.y(7), plan.y(0)], [plan.top, plan.top + plan.pitch, null]);
  const { context, texts } = recordingContext();
  const theme = new Proxy({}, { get: (_, name) => name }) as any;
  const scale = rangeScale(100, 5000, 0, plan.left, 788);
  const view = { recording, scale, plan, theme, step: 5, now: 5000, pause: null, rates: [], selected: null };
  drawLanes(context, { width: 800, height: plan.total }, view);
  assert.deepEqual(
    texts.filter((text) => /Worker|idle/.test(text)),
    ['Worker 5', 'Worker 7', '10 idle'],
  );
  assert.equal(rowsOf(recording.lanes.slice(0, 8), 100, 3000).idle, 0, 'a few have a lane each');
});

test('what is said of a straggler stands in its bar, or beside it in the colour of text', () => {
  const recording = new Recording(2);
  for (const worker of [0, 1]) recording.event(eventOf(worker, 0, 'worker-start'));
  const pause = pauseOf();
  // The requester was woken long after the last arrival.
  const [straggler] = pause.arrivals;
  pause.arrivals = [{ ...(straggler as any), after: 200 }];
  recording.released(pause);
  const { requested, armed, stopped, release, released } = instants(pause);
  const plan = planLanes(lanesOf(2), 800);
  const times = { requested, armed, stopped, release, last: released ?? 0, step: 5 };
  const scale = pauseScale(times, plan.left, 788);
  const theme = new Proxy({}, { get: (_, name) => name }) as any;
  const { context, written } = recordingContext();
  const rect = { width: 800, height: plan.total };
  const view = { recording, scale, plan, theme, step: 5, now: 6000, pause, rates: [], selected: 41 };
  drawLanes(context, rect, view);
  const said = written.find(({ text }) => text.includes('late'));
  assert.equal(said?.colour, 'ink');
  assert.ok((said?.x ?? 0) > scale.x(armed + 200));
});

test('lanes fit 1 and 128 workers', () => {
  assert.ok(planLanes(lanesOf(1), 1000).total < 100);
  assert.ok(planLanes(lanesOf(32), 1000).total < 600);
  assert.ok(planLanes(lanesOf(128), 390).total < 900);
});

test('a heap with more teeth than pixels keeps its highest and its lowest', () => {
  const points = Array.from({ length: 1000 }, (_, i) => ({
    at: i / 10,
    before: i === 500 ? 1 : 20,
    after: i === 777 ? 99 : 80,
  }));
  const some = extremes(points);
  assert.ok(some.length <= 25, `${some.length} points`);
  assert.equal(some.find(({ before }) => before === 1)?.at, 48);
  assert.equal(some.find(({ after }) => after === 99)?.at, 76);
});

test('a press in the lanes means the pause that stops the workers there, or else the one around it', () => {
  const first = pauseOf({
    id: 1,
    at: 1000,
    queue: 4000,
    ttsp: 500,
    noticing: 0,
    operation: 500,
    resuming: 3000,
  });
  const second = pauseOf({
    id: 2,
    at: 4500,
    queue: 6000,
    ttsp: 500,
    noticing: 0,
    operation: 500,
    resuming: 0,
  });
  const scale = liveScale(20_000, 20_000, 0, 0, 2000);
  const { armed, released } = instants(first);
  assert.deepEqual([armed, (released ?? 0) >= 6000], [5000, true]);
  const at = (time: number) => pauseAt([first, second], scale, scale.x(time));
  assert.equal(at(5500), 1, 'in its stop, while the second waits');
  assert.equal(at(2000), 1, 'while it waits its turn');
  assert.equal(pauseAt([first], scale, scale.x((released ?? 0) + 2000)), 1, 'while workers run again');
  assert.equal(at(10_800), 2);
  assert.equal(at(19_000), null);
});

test('heap and pauses have one axis of time, whichever pauses were collections', () => {
  const recording = new Recording(2);
  const outcome = { kind: 'gc', before: 900_000, after: 100_000 } as any;
  recording.released(pauseOf({ id: 1, at: 1e5, reason: 'debug' }));
  recording.released(pauseOf({ id: 2, at: 3e6, outcome }));
  recording.released(pauseOf({ id: 3, at: 4e6, outcome }));
  recording.released(pauseOf({ id: 4, at: 9e6, reason: 'snapshot' }));
  const theme = new Proxy({}, { get: (_, name) => name }) as any;
  const view = { columns: recording.columns, begin: 0, theme, selected: null };
  const size = { width: 600, height: 200 };
  const times = (draw: (context: any) => void) => {
    const { context, written } = recordingContext();
    draw(context);
    return written.filter(({ text }) => / s$|^Time of run$/.test(text));
  };
  const pauses = times((context) => drawPauses(context, size, { ...view, step: 5, late: Infinity }));
  assert.ok(pauses.length > 4);
  assert.deepEqual(
    times((context) => drawHeap(context, size, view)),
    pauses,
  );
});
