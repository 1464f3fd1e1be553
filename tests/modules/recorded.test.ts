/** Recorded runs: there and back, bounded, cut where it is right, and refused where they cannot be shown. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'vitest';
import { gzipSync } from 'node:zlib';
import { root } from '../../scripts/paths.mjs';
import { Lane, STATE } from '../../www/run/lane.ts';
import { browserName, recordedText } from '../../www/words/recorded-text.ts';
import { Recording } from '../../www/run/recording.ts';
import { replayed } from '../../www/run/replayed.ts';
import { FORMAT, VERSION, readRecordedRun, runOf } from '../../www/run/recorded-file.ts';
import { fileOf } from '../../www/run/recorded-file-writer.ts';
import { MOST, bounded, excerptOf } from '../../www/run/recorded-run.ts';
import { blankEvent } from '../../www/run/events.ts';
import { Standing } from '../../www/run/standing.ts';
import { Tape } from '../../www/run/tape.ts';
import { isAsked } from '../../www/run/pause-parts.ts';
import { eventOf, givenUp, heldPause, pauseOf, runOfThree } from './made.ts';
import type { RecordedRun } from '../../www/run/recorded.ts';
import type { EventKind } from '../../www/run/types.ts';

const [IDLE, START]: EventKind[] = ['idle-begin', 'task-start'];
const NONE = { events: 0, pauses: 0, tasks: 0, characters: 0, instructions: 0 };

const text = (run: RecordedRun) => JSON.stringify(fileOf(run));

/** What a recording tells the views. */
function seen(recording: Recording) {
  const { lanes, pauses, resumptions, wasted, stood, count, late, begin, latest, held } = recording;
  return {
    lanes: lanes.map((lane) =>
      Array.from({ length: lane.written }, (_, i) => [lane.start(i), lane.state(i), lane.task(i)]),
    ),
    ...{
      pauses,
      rows: [...resumptions.rows],
      wasted,
      stood,
      count,
      late: late.byPlace(),
      begin,
      latest,
      held,
    },
  };
}

test('a run is read as it was written, to the nanosecond', () => {
  const run = runOfThree();
  assert.deepEqual(readRecordedRun(text(run)), run);
  const held = heldPause({ id: 4, at: 400_000, halt: null });
  const trap = {
    message: 'no',
    task: 1,
    function: 'main',
    line: 2,
    offset: 0,
    stack: ['main'],
    framesOmitted: 3,
  };
  const stopped = {
    kind: 'back-edge' as const,
    ...{ task: 1, function: 'main', instruction: 3, offset: 9 },
    ...{ line: 4, text: 'main, line 4, jmp again' },
  };
  const task = {
    ...{ id: 1, state: 'running', worker: 0, circle: [], waiting: null, stopped },
    ...{ circleLength: 0, turns: 2, readyToRunning: 3.5, longestReadyToRunning: 4.25 },
    framesOmitted: 5,
    frames: [
      {
        ...{ function: 'main', instruction: 0, offset: 0, line: 2 },
        locals: [{ name: 'i', value: '1', object: 7 }],
        operands: [{ value: 'null', object: null }],
      },
    ],
  };
  const halt = {
    ...{ worker: 1, task: 1, function: 'main', instruction: 0, offset: 0, line: 2 },
    ...{ why: 'breakpoint' as const, breakpoint: 1, hits: 3, text: 'Stopped.' },
  };
  const other: RecordedRun = {
    ...run,
    ...{ how: 'finished', trap, totals: [], events: [], selected: null },
    pauses: [
      pauseOf({ id: 3, reason: 'debug', outcome: { kind: 'debug', tasks: [task] }, halt }),
      pauseOf({ id: 2, reason: 'snapshot', outcome: { kind: 'snapshot', size: 9 }, halt: null }),
      pauseOf({ id: 1, program: { why: 'revoke bias', site: { ...stopped, kind: 'explicit' } }, halt: null }),
      held,
    ],
  };
  assert.deepEqual(readRecordedRun(text(other)), other);
});

test('a request may be given up while a pause is held, and before it asked any worker', () => {
  const run = runOfThree();
  const waited = givenUp({ id: 5, at: 420_000, queue: 900, ttsp: 0, total: 900, arrivals: [], causes: [] });
  const held = heldPause({ id: 4, at: 400_000, halt: null });
  const pauses = [...run.pauses, held, { ...waited, stragglers: [], halt: null }];
  assert.deepEqual(readRecordedRun(text({ ...run, pauses })).pauses, pauses);
  assert.deepEqual(pauses.map(isAsked), [true, true, true, true, false]);
  // Of two that are held one cannot be.
  const twice = [...run.pauses, { ...held, id: 6 }, held];
  assert.throws(() => readRecordedRun(text({ ...run, pauses: twice })), /pauses\[3\]/);
});

test('how often sites polled goes along with the listing, and files without are as good', () => {
  const { hits, ...without } = fileOf(runOfThree());
  assert.deepEqual(hits, [0, 0, 0, 0, 13]);
  assert.equal(runOf(without).hits, null);
  assert.deepEqual(excerptOf(runOfThree(), 2)?.hits, hits);
  assert.equal(excerptOf(runOfThree(), 2, { listing: false })?.hits, null);
});

test('the words and statements of the source go along with the listing, and files without are as good', () => {
  const file = JSON.parse(text(runOfThree()));
  const known = () => runOf(file).program.listing.map(({ words, statement }) => [words, statement]);
  assert.deepEqual(known(), [
    ['`1`', [2, 5, 2, 12]],
    [null, null],
  ]);
  file.program.listing.statement[0] = [2, 5, 2];
  assert.throws(() => runOf(file), /program\.listing\.statement\[0\]/);
  for (const name of ['words', 'statement', 'begins']) delete file.program.listing[name];
  assert.deepEqual(known(), [
    [null, null],
    [null, null],
  ]);
});

test('files from before it was known what each worker executed are as good', () => {
  const file = JSON.parse(text(runOfThree()));
  const executed = () => runOf(file).pauses.flatMap(({ arrivals }) => arrivals.map((one) => one.since_poll));
  assert.ok(executed().includes(13));
  for (const { arrivals } of file.pauses) delete arrivals.since_poll;
  assert.deepEqual([...new Set(executed())], [null]);
});

/** As files of the first version have it: no part of its own for what came after. */
function firstVersion(run: RecordedRun) {
  const file = JSON.parse(text(run));
  file.version = 1;
  for (const pause of file.pauses) {
    pause.ttsp += pause.noticing ?? 0;
    for (const name of ['ended', 'noticing', 'held', 'resuming', 'parts', 'served', 'servedFor', 'causes'])
      delete pause[name];
    delete pause.arrivals.standing;
  }
  for (const figures of Object.values<any>(file.stats)) {
    delete figures.noticing;
    delete figures.held;
  }
  return JSON.stringify(file);
}

test('a file of the first version is opened: what follows from it is told, what does not is not known', () => {
  const run = runOfThree();
  const [first, ...others] = run.pauses;
  assert.ok(first);
  const held = { ...first, held: 10e6, total: 10_005_000 };
  const read = readRecordedRun(firstVersion({ ...run, pauses: [held, ...others] }));
  const [pause] = read.pauses;
  const { queue, ttsp, noticing, operation, held: looked, release, resuming, total } = pause ?? assert.fail();
  assert.deepEqual([queue, ttsp, noticing, operation, looked, release], [10, 3820, 30, 1100, 10e6, 40]);
  assert.deepEqual([resuming, total, pause?.ended], [null, 10_005_000, 'completed']);
  assert.deepEqual(
    pause?.arrivals.map(({ standing }) => standing),
    ['awaited', 'awaited'],
  );
  assert.equal(read.stats.gc.ttsp.max, 3820, 'of its pauses, for all of them are in it');
  assert.equal(read.stats.gc.held?.max, 10e6);
  const less = { ...run, missing: { ...run.missing, pauses: 9 } };
  const part = readRecordedRun(firstVersion(less)).stats.gc;
  assert.deepEqual([part.count, part.noticing, part.held], [3, null, null], 'nothing is made up');
});

test('a replay tells the recording what a live run tells it', () => {
  const run = runOfThree();
  const live = new Recording(run.workers);
  // As the page reads the rings: now and then, worker by worker, and the records when they come.
  for (const [i, pause] of run.pauses.entries()) {
    const from = i * 100_000 + 50_000;
    for (const worker of [0, 1, -1])
      for (const event of run.events)
        if (
          event.worker === worker &&
          event.time > from - (i === 0 ? 1e9 : 0) &&
          event.time <= from + 100_000
        )
          live.event(event);
    live.released(pause);
  }
  const told: number[] = [];
  const again = replayed(readRecordedRun(text(run)), ({ id, at }, recording) => {
    told.push(id);
    // What the log says of a pause is said with what was known then.
    assert.equal(recording.begin, 1.001);
    assert.equal(recording.latest, at + 5000);
  });
  assert.deepEqual(told, [1, 2, 3]);
  assert.deepEqual(seen(again), seen(live));
  assert.deepEqual([...(again.resumptions.rows.get(2) ?? [])], [205_010, 206_000.25]);
});

test('what is too much is left out, the oldest first, and told of', () => {
  const run = runOfThree();
  const pauses = Array.from({ length: MOST.pauses + 5 }, (_, i) =>
    pauseOf({ id: i + 1, at: i * 10, halt: null }),
  );
  const last = run.events.at(-1)?.time ?? 0;
  const many = Array.from({ length: MOST.events }, (_, i) => {
    const { instruction, count, ...event } = eventOf(0, last + 1 + i, i % 2 ? 'idle-end' : 'idle-begin');
    return event;
  });
  const stack = Array.from({ length: MOST.frames }, () => ({
    ...{ function: 'main', instruction: 0, offset: 0, line: null, locals: [], operands: [] },
  }));
  const task = { id: 1, state: 'running', worker: null, circle: [], waiting: null, frames: stack };
  const outcome = { kind: 'debug' as const, tasks: [task] };
  pauses[pauses.length - 1] = pauseOf({
    id: 9999,
    reason: 'debug',
    outcome: { ...outcome, tasks: [{ ...task, frames: [] }] },
  });
  pauses[pauses.length - 2] = pauseOf({ id: 9998, reason: 'debug', outcome });
  const output = `${'a'.repeat(50)}\n`.repeat(2 * (MOST.characters / 50));
  const all = bounded({ ...run, pauses, events: [...many].reverse().concat(run.events), output });
  assert.equal(all.pauses.length, MOST.pauses);
  assert.equal(all.pauses.at(-1)?.id, 9999);
  assert.equal(all.missing.pauses, 5);
  assert.equal(all.missing.tasks, 1);
  assert.equal(all.missing.events, run.events.length);
  assert.equal(all.missing.characters + all.output.length, output.length);
  assert.ok(all.output.startsWith('aaa') && all.output.length <= MOST.characters);
  // What the events said that are gone is said where the others begin.
  const begun = all.events.filter(({ time }) => time === last + 1);
  assert.deepEqual(
    begun.map(({ worker, kind, task: of }) => [worker, kind, of]),
    [
      [0, 'worker-start', 0],
      [0, 'task-start', 1],
      [1, 'worker-start', 0],
      [1, 'task-start', 2],
      [0, 'idle-begin', 0],
    ],
  );
  assert.deepEqual(readRecordedRun(text({ ...all, pauses: all.pauses.slice(0, -2) })).missing, all.missing);
  const wide = bounded({ ...run, workers: 128, pauses: pauses.slice(0, 1000) });
  assert.equal(wide.pauses.length, Math.floor(MOST.arrivals / 128));
});

test('an excerpt has its pause with all that came of it, and the lanes before, during and after', () => {
  const run = runOfThree();
  const excerpt = excerptOf(run, 2);
  assert.ok(excerpt);
  assert.deepEqual(excerpt.pauses, run.pauses.slice(1, 2));
  assert.deepEqual([excerpt.selected, excerpt.excerpt, excerpt.stats.gc.count], [2, true, 1]);
  assert.deepEqual(excerpt.missing, { ...NONE, events: 4 + 16, pauses: 2, characters: 10 });
  const whole = replayed(run);
  const part = replayed(readRecordedRun(text(excerpt)));
  assert.deepEqual(part.resumptions.rows.get(2), whole.resumptions.rows.get(2));
  const at = 200_000;
  for (const worker of [0, 1])
    for (const time of [at - 1000, at + 50, at + 100, at + 4000, at + 5500, at + 8000])
      assert.equal(
        part.lanes[worker]?.at(time),
        whole.lanes[worker]?.at(time),
        `worker ${worker} at ${time}`,
      );
  assert.ok((excerpt.events[0]?.time ?? 0) > 150_000);

  const least = excerptOf(run, 2, { listing: false, around: false });
  assert.ok(least && least.events.length < excerpt.events.length + 1);
  assert.deepEqual(least.program.listing, []);
  assert.deepEqual(replayed(least).resumptions.rows.get(2), whole.resumptions.rows.get(2));
  assert.equal(excerptOf(run, 9), null);
});

test('pauses close by are in an excerpt with their own records', () => {
  const run = runOfThree();
  const near = pauseOf({ id: 7, at: 208_000, reason: 'debug', halt: null, ttsp: 90 });
  const excerpt = excerptOf({ ...run, pauses: [...run.pauses.slice(0, 2), near] }, 2);
  assert.deepEqual(
    excerpt?.pauses.map(({ id }) => id),
    [2, 7],
  );
  assert.equal(excerpt?.stats.debug.ttsp.p99, 90);
});

for (const [what, events, state] of [
  ['runs a task', [['task-start', { task: 3 }]], STATE.running],
  [
    'is idle',
    [
      ['task-start', { task: 3 }],
      ['task-stop', {}],
      ['idle-begin', {}],
    ],
    STATE.idle,
  ],
  [
    'is blocked',
    [
      ['task-start', { task: 3 }],
      ['safe-enter', {}],
    ],
    STATE.safe,
  ],
  [
    'stands',
    [
      ['task-start', { task: 3 }],
      ['arrived', { pause: 4 }],
    ],
    STATE.stopped,
  ],
  [
    'arrived by blocking',
    [
      ['safe-enter', {}],
      ['arrived', { pause: 4 }],
    ],
    STATE.safe,
  ],
  [
    'left its safe region',
    [
      ['safe-enter', {}],
      ['arrived', { pause: 4 }],
      ['safe-leave', {}],
    ],
    STATE.running,
  ],
  [
    'ran on',
    [
      ['arrived', { pause: 4 }],
      ['resumed', {}],
    ],
    STATE.running,
  ],
  ['left', [['worker-end', {}]], STATE.ended],
  [
    'died',
    [
      ['task-start', { task: 3 }],
      ['died', {}],
    ],
    STATE.dead,
  ],
] as [string, [EventKind, object][], number][]) {
  test(`of a worker that ${what}, no more is said than leads there`, () => {
    const standing = new Standing();
    const lane = new Lane(8);
    const all = [
      eventOf(0, 1, 'worker-start'),
      ...events.map(([kind, rest], i) => eventOf(0, i + 2, kind, rest)),
    ];
    for (const event of all) {
      standing.event(event);
      lane.accept(event);
    }
    const cut = new Lane(8);
    for (const event of standing.restated(9)) cut.accept(event);
    assert.equal(lane.current, state);
    assert.equal(cut.current, state);
    assert.equal(cut.task(cut.written - 1), lane.task(lane.written - 1));
    assert.equal(cut.start(cut.first), 9);
  });
}

const DAMAGE: [string, (file: any) => void, RegExp][] = [
  ['another format', (file) => (file.format = 'x'), /format is "x"; expected "safepoint-lab recorded run"/],
  ['no version', (file) => delete file.version, /version is missing/],
  ['no workers', (file) => (file.workers = 0), /workers is 0; expected a whole number from 1 to 128/],
  ['too many workers', (file) => (file.workers = 129), /workers is 129/],
  [
    'a worker of no lane',
    (file) => (file.events.worker[5] = 2),
    /events\.worker\[5\] is 2; expected .* from -1 to 1/,
  ],
  ['an unknown kind', (file) => file.events.kinds.push('sleep'), /events\.kinds\[\d+\] is "sleep"/],
  ['a kind of no number', (file) => (file.events.kind[0] = 99), /events\.kind\[0\] is 99/],
  ['time that goes back', (file) => (file.events.time[2] = -5), /events\.time\[2\] is -5/],
  [
    'time without end',
    (file) => (file.events.time = file.events.time.map(() => 9e15)),
    /events\.time up to \[1\]/,
  ],
  ['uneven columns', (file) => file.events.task.pop(), /events\.task is a list of 27; expected a list of 28/],
  ['events in words', (file) => (file.events = 'all'), /events is "all"; expected an object/],
  [
    'a place of no number',
    (file) => (file.pauses[0].arrivals.site[0] = 7),
    /pauses\[0\]\.arrivals\.site\[0\] is 7/,
  ],
  [
    'a straggler from elsewhere',
    (file) => (file.pauses[1].stragglers[0].worker = 5),
    /pauses\[1\]\.stragglers\[0\]\.worker is 5/,
  ],
  [
    'the same pause twice',
    (file) => (file.pauses[1].id = 1),
    /pauses\[1\]\.id is 1; expected a number that no pause/,
  ],
  [
    'a pause that holds, not the last',
    (file) => Object.assign(file.pauses[0], { operation: null, release: null, total: null }),
    /pauses\[0\]/,
  ],
  [
    'a pause that is half over',
    (file) => (file.pauses[2].release = null),
    /pauses\[2\] is an object; expected operation, release and total/,
  ],
  [
    'no sentence',
    (file) => (file.pauses[0].sentence = null),
    /pauses\[0\]\.sentence is null; expected a text/,
  ],
  [
    'an outcome of no kind',
    (file) => (file.pauses[0].outcome = { kind: 'none' }),
    /pauses\[0\]\.outcome\.kind is "none"/,
  ],
  ['a time that is none', (file) => (file.pauses[0].ttsp = 'NaN'), /pauses\[0\]\.ttsp is "NaN"/],
  [
    'a function of no name',
    (file) => (file.program.listing.function[0] = 2),
    /program\.listing\.function\[0\] is 2/,
  ],
  ['no program', (file) => (file.program = []), /program is a list of 0; expected an object/],
  ['a policy of nothing', (file) => (file.policy = {}), /policy\.calls is missing; expected true or false/],
  ['figures in words', (file) => (file.stats.gc.ttsp.p50 = '1'), /stats\.gc\.ttsp\.p50 is "1"/],
  [
    'too much output',
    (file) => (file.output = 'a'.repeat(MOST.characters + 1)),
    /output is .*at most 100000 characters/,
  ],
  [
    'too many pauses',
    (file) => (file.pauses = Array(MOST.pauses + 1).fill(file.pauses[0])),
    /pauses is a list of 2001/,
  ],
];
for (const [what, damage, words] of DAMAGE) {
  test(`a file with ${what} is refused by its name`, () => {
    const file = JSON.parse(text(runOfThree()));
    damage(file);
    assert.throws(
      () => runOf(file),
      (error: any) => words.test(error.message) && error.advice.includes('save the run again'),
    );
  });
}

test('whatever takes the place of a field, the file is refused in words or can be shown', () => {
  const file = JSON.parse(text(runOfThree()));
  const visit = (node: any) => {
    for (const key of Object.keys(node)) {
      const before = node[key];
      for (const other of [null, -1, 1e300, 'x', [], {}, [null], true]) {
        node[key] = other;
        try {
          replayed(runOf(file));
        } catch (error: any) {
          assert.equal(error.name, 'RecordedRunError', `${key} = ${JSON.stringify(other)}: ${error.stack}`);
        }
      }
      node[key] = before;
      if (typeof before === 'object' && before !== null) visit(before);
    }
  };
  visit(file);
});

test('a newer file says that it is newer, and what is no file that it is none', () => {
  const file = JSON.parse(text(runOfThree()));
  assert.equal(file.format, FORMAT);
  assert.throws(
    () => runOf({ ...file, version: VERSION + 1, pauses: 'other' }),
    /newer version of the lab \(format 3; this page reads 2\)/,
  );
  assert.throws(() => readRecordedRun('{"format": '), /it is no JSON/);
  for (const none of ['[]', 'null', '3', '{}'])
    assert.throws(() => readRecordedRun(none), /no recorded run that could be shown/);
});

test('a recorded run says where and when it is from, and what is not in it', () => {
  const { mark, facts, missing } = recordedText(runOfThree());
  assert.equal(mark, 'Recorded, not live');
  assert.match(
    facts,
    /^Nov 2[567], 2026, .* · Chrome 156 on Linux · 2 workers on 2 cores · it ran on afterwards$/,
  );
  assert.equal(missing, '');
  const part = {
    ...runOfThree(),
    missing: { events: 7, pauses: 1, tasks: 0, characters: 0, instructions: 2 },
  };
  assert.equal(
    recordedText(part).missing,
    'not in it: 1 earlier pause, 7 earlier events; the bytecode is not in it',
  );
  assert.equal(
    recordedText({ ...part, excerpt: true }).missing,
    'only what happened around pause 2 is in it; the bytecode is not in it',
  );
});

for (const [agent, name] of [
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'Edge 140 on Windows',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox 140 on Linux'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
    'Safari 18 on macOS',
  ],
  ['', 'an unknown browser'],
] as const) {
  test(`a browser is called ${name}`, () => assert.equal(browserName(agent), name));
}

const EXAMPLES = path.join(root, 'www/examples');
const RECORDINGS = path.join(root, 'www/recordings');
for (const example of readdirSync(EXAMPLES).filter((name) => !name.endsWith('.d.ts'))) {
  test(`${example} has a recorded run of this very text: npm run record`, () => {
    const content = readFileSync(path.join(RECORDINGS, example.replace(/\.(?:sasm|ts)$/, '.json')), 'utf8');
    const run = readRecordedRun(content);
    assert.equal(run.program.source, readFileSync(path.join(EXAMPLES, example), 'utf8'));
    assert.ok(run.pauses.length > 0 && run.pauses.some(({ id }) => id === run.selected));
    assert.ok(run.program.listing.length > 0);
    assert.ok(gzipSync(content).length <= 30_000);
    assert.equal(replayed(run).workers, run.workers);
  });
}

test('an excerpt of a tape passes over what was before, and says where every worker was', () => {
  const tape = new Tape();
  const events = Array.from({ length: 20_000 }, (_, n) => ({
    ...blankEvent(),
    time: n * 10,
    worker: n % 2,
    kind: n < 2 ? IDLE : START,
    task: n,
  }));
  tape.gather({ drain: (add: any) => (events.forEach(add), { dropped: 0 }) });
  const told: any[] = [];
  const passed = tape.each((event) => told.push({ ...event }), 150_000);
  assert.ok(told.length < 10_000, `${told.length} events were handed over`);
  assert.equal(passed + told.length, events.length);
  // A worker that was idle before is so still.
  assert.equal(told.filter(({ kind, time }) => kind === 'idle-begin' && time < 150_000).length, 2);
  const after = told.filter(({ time }) => time >= 150_000);
  assert.deepEqual([after.length, after[0]?.task], [5000, 15_000]);
});
