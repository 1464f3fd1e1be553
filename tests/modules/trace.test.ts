import assert from 'node:assert/strict';
import { test } from 'vitest';
import { noStats } from '../../www/run/recorder.ts';
import { pausesCsv, reportJson } from '../../www/run/report.ts';
import { Tape } from '../../www/run/tape.ts';
import { traceOf } from '../../www/run/trace.ts';
import { eventOf, givenUp, heldPause, pauseOf } from './made.ts';
import { checkTrace, pausesOf } from './trace-format.ts';
import type { LabEvent, Pause } from '../../www/run/types.ts';

const program = { name: 'made', functions: ['main', 'hog'] } as any;

function traceWith(events: LabEvent[], pauses: Pause[]) {
  const made = traceOf({
    program,
    workers: 2,
    pauses,
    events: (callback) => events.forEach(callback),
    missing: 0,
    clockStep: 5,
  });
  const read = JSON.parse(JSON.stringify(made));
  checkTrace(read);
  return read;
}

/** Hands out what it is given, as rings would. */
class Script {
  waiting: LabEvent[] = [];
  dropped = 0;

  drain(callback: (event: LabEvent) => void) {
    const events = this.waiting.splice(0);
    events.forEach(callback);
    const { dropped } = this;
    this.dropped = 0;
    return { events: events.length, dropped };
  }
}

test('a run as a trace: tasks, stops and pauses, nested and in order', () => {
  const events = [
    eventOf(0, 100, 'task-start', { function: 0, task: 1 }),
    eventOf(1, 120, 'task-start', { function: 1, task: 3 }),
    eventOf(0, 1070, 'arrived', { pause: 41 }),
    eventOf(1, 4830, 'arrived', { pause: 41 }),
    eventOf(0, 5950, 'resumed'),
    eventOf(1, 5990, 'resumed'),
    eventOf(0, 7000, 'task-stop', { task: 1 }),
    eventOf(0, 7000, 'idle-begin'),
    eventOf(0, 7010, 'safe-enter'),
  ];
  const trace = traceWith(events, [pauseOf()]);
  const [pause] = pausesOf(trace);
  assert.deepEqual([pause?.ttsp, pause?.operation], [3820, 1100]);
  assert.ok(Math.abs((pause?.release ?? 0) - 40) < 1e-6);
  assert.deepEqual(
    pause?.arrivals.map(({ tid, ts, args }) => [tid, ts, args?.site]),
    [
      [1, 1070, null],
      [2, 4830, 'hog, line 15, acopy'],
    ],
  );
  assert.deepEqual(
    pause?.again.map(({ tid, ts }) => [tid, ts]),
    [
      [1, 5950],
      [2, 5990],
    ],
  );
  const spans = trace.traceEvents.filter(({ ph, cat }: any) => ph === 'X' && cat !== 'pause');
  assert.deepEqual(
    spans.map(({ name, tid, ts, dur }: any) => [name, tid, ts, dur]),
    [
      ['main', 1, 100, 6900],
      ['hog', 2, 120, 6890],
      ['stopped', 1, 1070, 4880],
      ['stopped', 2, 4830, 1160],
      ['idle', 1, 7000, 10],
      ['in a safe region', 1, 7010, 0],
    ],
  );
});

test('a trace from which events are missing is still one', () => {
  traceWith(
    [
      eventOf(0, 50, 'resumed'),
      eventOf(0, 60, 'task-stop', { task: 1 }),
      eventOf(0, 70, 'task-start', { task: 2 }),
      eventOf(0, 80, 'arrived', { pause: 1 }),
      eventOf(0, 90, 'task-start', { task: 3, function: 9 }),
      eventOf(0, 95, 'safe-enter'),
      eventOf(0, 97, 'idle-end'),
    ],
    [],
  );
});

test('pauses that overlap have rows of their own, and a held one its time to safepoint', () => {
  const trace = traceWith(
    [],
    [
      pauseOf({ id: 1 }),
      pauseOf({ id: 2, at: 2000, reason: 'snapshot' }),
      pauseOf({ id: 3, at: 9000, operation: null, release: null, total: null }),
    ],
  );
  assert.deepEqual(
    pausesOf(trace).map(({ id, ttsp, operation }) => [id, ttsp, operation]),
    [
      [1, 3820, 1100],
      [2, 3820, 1100],
      [3, 3820, undefined],
    ],
  );
});

test('an event reaches a reader that drains once, and the tape always', () => {
  const tape = new Tape();
  const script = new Script();
  const spectator = script as any;
  const heard: number[] = [];
  const reader = { tape, handed: 0, lost: 0 };
  const drain = () => tape.drain(spectator, ({ time }) => heard.push(time), reader);
  script.waiting.push(eventOf(0, 1, 'task-start'), eventOf(0, 2, 'task-stop'));
  assert.deepEqual(drain(), { events: 2, dropped: 0 });
  script.waiting.push(eventOf(0, 3, 'arrived', { pause: 7 }));
  script.dropped = 4;
  tape.gather(spectator);
  script.waiting.push(eventOf(0, 4, 'resumed'));
  assert.deepEqual(drain(), { events: 2, dropped: 4 });
  assert.deepEqual(drain(), { events: 0, dropped: 0 });
  assert.deepEqual(heard, [1, 2, 3, 4]);
  const [other, late] = [{ tape, handed: 0, lost: 0 }, [] as number[]];
  assert.deepEqual(
    tape.drain(spectator, ({ time }) => late.push(time), other),
    { events: 4, dropped: 4 },
    'a reader of one’s own takes nothing away from others, nor they from it',
  );
  assert.deepEqual(late, heard);
  const kept: unknown[] = [];
  tape.each(({ time, kind, pause }) => kept.push([time, kind, pause]));
  assert.deepEqual(kept, [
    [1, 'task-start', 0],
    [2, 'task-stop', 0],
    [3, 'arrived', 7],
    [4, 'resumed', 0],
  ]);
  assert.equal(tape.missing, 4);
});

test('the tape is bounded and counts what it forgot', () => {
  const tape = new Tape();
  const script = new Script();
  script.waiting.push(eventOf(0, 0, 'task-start', { task: 5 }));
  for (let i = 0; i < 300; i += 1) {
    for (let n = 0; n < 1000; n += 1) script.waiting.push(eventOf(0, i * 1000 + n, 'arrived'));
    tape.gather(script);
  }
  let first = Infinity;
  let last = 0;
  let count = 0;
  const told: unknown[] = [];
  tape.each(({ time, kind, pause, task }) => {
    if (kind !== 'arrived' || time < first) told.push([kind, pause, task]);
    if (kind !== 'arrived') return;
    first = Math.min(first, time);
    last = time;
    count += 1;
  });
  // Where the worker was when the kept ones begin, as what is forgotten had said.
  assert.deepEqual(told, [
    ['worker-start', 0, 0],
    ['task-start', 0, 5],
    ['arrived', 0, 0],
  ]);
  assert.equal(last, 299_999);
  assert.equal(count + tape.missing, 300_001);
  assert.equal(first, tape.missing - 1);
  assert.ok(count <= 64 * 4096);
});

test('the parts of a pause in a trace add up to it, held time too; a request in vain is no pause', () => {
  const pauses = [
    pauseOf({ id: 1, held: 10e6, total: 10_005_000 }),
    givenUp({ id: 2, at: 20e6 }),
    heldPause({ id: 3, at: 30e6, operation: 1100 }),
  ];
  const trace = traceWith([], pauses);
  const spans = trace.traceEvents.filter(({ ph, cat }: any) => ph === 'X' && cat === 'pause');
  const of = (id: number) =>
    spans.filter(({ args }: any) => args.pause === id).map(({ name, dur }: any) => [name, Math.round(dur)]);
  assert.deepEqual(of(1), [
    ['time to safepoint', 3820],
    ['noticing', 30],
    ['operation', 1100],
    ['held', 10e6],
    ['release', 40],
  ]);
  const [whole] = spans.filter(({ args }: any) => args.id === 1);
  const sum = of(1).reduce((all: number, [, dur]: any) => all + dur, 0);
  assert.equal(Math.round(whole.dur), sum);
  assert.deepEqual(of(2), [['waited in vain', 3820]]);
  assert.deepEqual(of(3), [
    ['time to safepoint', 3820],
    ['noticing', 30],
    ['operation', 1100],
  ]);
});

test('the table of pauses survives commas and quotes', () => {
  const [straggler] = pauseOf().stragglers;
  const site = { ...(straggler?.site as any), text: 'a "b", line 1' };
  const csv = pausesCsv([pauseOf({ stragglers: [{ ...(straggler as any), site }] })]);
  const [head = '', line = '', end] = csv.split('\r\n');
  assert.equal(end, '');
  assert.ok(
    head.startsWith(
      'pause,reason,asked_by,ended,at_us,queue_us,time_to_safepoint_us,noticing_us,operation_us,held_us,release_us,resuming_us,total_us',
    ),
  );
  assert.ok(line.includes(',"a ""b"", line 1",'));
  assert.ok(line.startsWith('41,gc,page,completed,1000,10,3820,30,1100,0,40,,5000,3760,1,'));
});

test('the record of a run says what it was measured with', () => {
  const policy = { calls: true, back_edges: false, allocations: true, awaits: true, every: 3 };
  const ttsp = { p50: 5, p90: 6, p99: 7, p99_9: 8, max: 9 };
  const stats = { ...noStats(), gc: { ...noStats().gc, count: 50, ttsp } };
  const made = {
    program,
    workers: 2,
    policy,
    cores: 4,
    clockStep: 5,
    browser: 'one',
    stats,
    pauses: [pauseOf()],
  };
  const read = JSON.parse(reportJson(made));
  assert.deepEqual([read.workers, read.cores, read.clockStep, read.policy], [2, 4, 5, policy]);
  // Fifty pauses carry no 99th of a hundred.
  assert.deepEqual(read.stats.gc.ttsp, { ...ttsp, p99: null, p99_9: null });
  assert.deepEqual([read.stats.gc.count, read.stats.totals], [50, null]);
  assert.equal(read.pauses[0].ttsp, 3820);
});
