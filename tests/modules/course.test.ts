import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Course } from '../../www/lessons/course.ts';
import { LESSONS } from '../../www/lessons/lessons.ts';
import { pauseOf } from './made.ts';
import { memoryStorage } from './storage.ts';
import type { LessonEvent } from '../../www/lessons/types.ts';
import type { Pause } from '../../www/run/types.ts';

const paused = (changes: Partial<Pause>): LessonEvent => ({
  kind: 'pause',
  pause: pauseOf(changes),
  ran: 2e6,
});

test('only the open lesson hears, what was seen stays, and progress is kept', () => {
  const storage = memoryStorage();
  const course = new Course(LESSONS, storage);
  course.feed(paused({}), 5);
  assert.equal(course.done.size, 0);
  course.open('late');
  course.feed(paused({}), 5);
  course.feed(paused({}), 5);
  assert.equal(course.seen?.done, false);
  course.feed(paused({}), 5);
  assert.equal(course.seen?.done, true);
  course.feed(paused({ stragglers: [] }), 5);
  assert.equal(course.seen?.done, true, 'a later pause does not take it back');
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
  for (let i = 0; i < 3; i += 1) course.feed(paused({}), 5);
  assert.ok(course.done.has('late'));
});

test('two tabs that do lessons at the same time keep what both have done', () => {
  const storage = memoryStorage();
  storage.setItem('safepoint-lab.lessons', '["one-poll"]');
  const [one, other] = [new Course(LESSONS, storage), new Course(LESSONS, storage)];
  one.open('late');
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
  for (const { title, task } of LESSONS) {
    assert.ok(title.length < 40, title);
    assert.ok(task.length < 220, task);
  }
});
