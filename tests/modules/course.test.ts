import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Course } from '../../www/lessons/course.ts';
import { moduleName } from '../../www/lessons/programs.ts';
import { LESSONS } from '../../www/lessons/shipped.ts';
import { readLesson } from '../../www/lessons/read.ts';
import { pauseOf } from './made.ts';
import { memoryStorage } from './storage.ts';
import type { Run } from '../../www/run/run-summary.ts';
import type { LessonEvent } from '../../www/lessons/types.ts';
import type { Pause, PollPolicy } from '../../www/run/types.ts';

const EVERYWHERE: PollPolicy = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };

function ranOf(policy: Partial<PollPolicy> = {}, changes: Partial<Run> = {}): Run {
  return {
    workers: 4,
    policy: { ...EVERYWHERE, ...policy },
    program: null,
    bounds: [],
    counted: true,
    ...changes,
  };
}

const began = (run: Run = ranOf()): LessonEvent => ({ kind: 'run', run, restored: false });

const paused = (changes: Partial<Pause>, run: Run = ranOf()): LessonEvent => ({
  kind: 'pause',
  pause: pauseOf(changes),
  asked: (changes.by ?? 'page') === 'page',
  run,
  ran: 2e6,
});

/** The lesson in which a copy is last three times, begun. */
function late(storage: ReturnType<typeof memoryStorage> | null) {
  const course = new Course(LESSONS, storage);
  course.open('late');
  course.feed(began(), 5);
  return course;
}

test('only the open lesson hears, what was seen stays, and progress is kept', () => {
  const storage = memoryStorage();
  new Course(LESSONS, storage).feed(paused({}), 5);
  const course = late(storage);
  assert.equal(course.done.size, 0);
  course.feed(paused({}), 5);
  course.feed(paused({}), 5);
  assert.equal(course.isOver, false);
  course.feed(paused({}), 5);
  assert.equal(course.isOver, true);
  course.feed(paused({ stragglers: [] }), 5);
  assert.equal(course.isOver, true, 'a later pause does not take it back');
  assert.deepEqual([...new Course(LESSONS, storage).done], ['late']);
  course.forget();
  assert.deepEqual([...new Course(LESSONS, storage).done], []);
});

test('what the browser kept may be anything', () => {
  for (const text of ['', '{', 'null', '{"a":1}', '{"at":1,"value":7}', '[1,2]']) {
    const storage = memoryStorage();
    storage.setItem('safepoint-lab.lesson:late', text);
    storage.setItem('safepoint-lab.lessons', text);
    assert.equal(new Course(LESSONS, storage).done.size, 0, text);
  }
  const full = memoryStorage();
  full.setItem = () => {
    throw new Error('full');
  };
  const course = new Course(LESSONS, full);
  course.open('late');
  course.feed(began(), 5);
  for (let i = 0; i < 3; i += 1) course.feed(paused({}), 5);
  assert.ok(course.done.has('late'));
});

test('two tabs that do lessons at the same time keep what both have done', () => {
  const storage = memoryStorage();
  storage.setItem('safepoint-lab.lessons', '["one-poll"]');
  const [one, other] = [new Course(LESSONS, storage), new Course(LESSONS, storage)];
  one.open('late');
  one.feed(began(), 5);
  for (let i = 0; i < 3; i += 1) one.feed(paused({}), 5);
  const [first] = LESSONS;
  other.shelf.add(first.id, first.id);
  const all = [...new Course(LESSONS, storage).done].sort();
  assert.deepEqual(all, [first.id, 'late', 'one-poll'].sort());
});

test('a pause that the user did not request ticks nothing', () => {
  for (const lesson of LESSONS) {
    const course = new Course(LESSONS, null);
    course.open(lesson.id);
    course.feed(began(), 5);
    const outcome = {
      kind: 'gc',
      freed_objects: 5,
      before: 9,
      after: 4,
      mark: 1,
      sweep: 1,
    } as any;
    for (const by of ['timer', 'worker 2']) {
      for (let i = 0; i < 5; i += 1) course.feed(paused({ by, outcome, halt: null }), 5);
    }
    assert.equal(course.done.size, 0, lesson.title);
  }
});

test('lessons have different ids, and titles of a few words', () => {
  assert.equal(new Set(LESSONS.map(({ id }) => id)).size, LESSONS.length);
  for (const { title, steps } of LESSONS) {
    assert.ok(title.length < 40, title);
    assert.ok(steps.length >= 1, title);
    for (const { text } of steps) assert.ok(text.length < 110, text);
  }
});

test('steps are ticked one by one, misses are kept, and what was done stays done', () => {
  const course = new Course(LESSONS, null);
  course.open('late');
  course.feed(paused({}), 5);
  assert.equal(course.steps, 0, 'its program runs first');
  course.feed(began(), 5);
  assert.equal(course.steps, 1);
  course.feed(paused({}), 5);
  assert.match(course.said, /^1 of 3 seen\. The stop waited for the copy in line 15, this time 3\.82/);
  course.feed(paused({ stragglers: [] }), 5);
  assert.equal(course.steps, 1, 'a miss takes nothing back');
  assert.match(course.said, /^1 of 3 seen · 1 missed\. This time the worker that copies/);
  course.feed(paused({}), 5);
  course.feed(paused({}), 5);
  assert.ok(course.isOver);
  course.open('cost');
  assert.deepEqual([course.steps, course.said], [0, ''], 'the next one begins anew');
});

test('one stop does not tick two steps, and one beginning ticks what is about different things', () => {
  const text =
    '---\ntitle: A\n---\n1. a\n   - check: path, instructions <= 9\n2. b\n   - check: runs\n3. c\n   - check: stops\n4. d\n   - check: stops\n';
  const course = new Course([readLesson(text, 'a')], null);
  course.open('a');
  const bound = (instructions: number | null) =>
    ranOf({}, { bounds: [{ function: 'f', instructions, per_frame: false, line: 3, why: '' }] });
  course.feed(began(bound(null)), 5);
  assert.deepEqual(
    [course.steps, course.said],
    [
      0,
      'Not yet: "instructions" (most instructions that a worker can execute without a poll) is unbounded; asked for is at most 9.',
    ],
  );
  course.feed(began(bound(9)), 5);
  assert.equal(course.steps, 2);
  course.feed(paused({}), 5);
  assert.equal(course.steps, 3);
});

test('a step says why something does not count', () => {
  const text = '---\ntitle: A\n---\n1. a\n   - check: stops, ran >= 3 s\n';
  const course = new Course([readLesson(text, 'a')], null);
  course.open('a');
  course.feed(paused({}), 5);
  assert.match(
    course.said,
    /^Not yet: "ran" \(how long the program had run\) is 2\.00\u202fs; asked for is at least 3\.00\u202fs\.$/,
  );
});

test('a step that waits for a stop which does not come says why a request that was given up is none', () => {
  const text = '---\ntitle: A\n---\n1. a\n   - check: waits\n';
  const course = new Course([readLesson(text, 'a')], null);
  course.open('a');
  course.feed({ kind: 'resumed', run: ranOf() }, 5);
  assert.equal(course.said, '');
  course.feed({ kind: 'in-vain', waited: 300_000, absent: 2, run: ranOf() }, 5);
  assert.match(course.said, /^The request was given up after 300\u202fms: .* Stop again, and wait longer\.$/);
});

test('a program is called what its text says, in either language', () => {
  for (const [text, name] of [
    ['.module "counted turns"\n.func main', 'counted turns'],
    ['; a comment\n.func main', 'program'],
    ['// name: Counted turns\n\nlet x = 1;', 'Counted turns'],
    ['\n// What it does.\n// name: Counted turns \nlet x = 1;', 'Counted turns'],
    ['let x = 1;\n// name: Counted turns', 'program'],
  ] as const)
    assert.equal(moduleName(text), name, text);
});

test('what a poll costs is said of two runs that do not count polls, and of no other', () => {
  const course = new Course(LESSONS, null);
  course.open('cost');
  let run = ranOf();
  const begin = (every: number, counted: boolean) => {
    run = ranOf({ every }, { counted });
    course.feed(began(run), 5);
  };
  const pause = (instructions: number) => {
    const { arrivals } = pauseOf();
    course.feed(paused({ arrivals: arrivals.map((one) => ({ ...one, instructions })) }, run), 5);
  };
  begin(1, true);
  pause(1e6);
  assert.equal(course.steps, 0, 'counted polls cost more');
  begin(1, false);
  pause(1e6);
  assert.equal(course.steps, 1);
  begin(1000, false);
  assert.equal(course.steps, 2);
  pause(1.05e6);
  assert.ok(course.isOver);
  assert.match(course.said, /cannot be told apart/);
});

test('the loop without a poll is caused, seen and cured in three steps', () => {
  const course = new Course(LESSONS, null);
  course.open('no-poll');
  const bounds = [{ function: 'deaf', instructions: null, per_frame: false, line: 3, why: '' }];
  const run = ranOf({ back_edges: false }, { bounds });
  const worker = { worker: 2, kind: 'unpolled-loop' as const, place: null, line: 3, last: null };
  const awaiting = { pause: 1, reason: 'gc' as const, since: 0, workers: [worker] };
  course.feed({ kind: 'in-vain', waited: 300_000, absent: 1, run }, 5);
  assert.equal(course.said, 'That was quick. Stop again, and wait for a second at least.');
  assert.equal(course.steps, 0, 'until then it could have come');
  course.feed({ kind: 'awaited', awaiting, run }, 5);
  assert.equal(course.steps, 1);
  assert.match(course.said, /^Worker 2 does not arrive/);
  const vain = (waited: number) => course.feed({ kind: 'in-vain', waited, absent: 1, run }, 5);
  vain(10_000);
  assert.equal(course.steps, 1, 'a slip of the finger');
  vain(2e6);
  assert.equal(course.steps, 2);
  assert.match(course.said, /^For 2\.00\u202fs 3 of 4 workers .* unbounded in deaf, line 3\.$/);
  course.feed(paused({}, run), 5);
  assert.equal(course.steps, 2, 'it is not cured yet');
  course.feed(paused({}), 5);
  assert.ok(course.isOver);
  assert.match(course.said, /With polls at back-edges the same program stopped after 3\.82/);
});
