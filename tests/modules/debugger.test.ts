/** What the debugger shows of a stopped world: the task that steps move, the object that is watched, files' names. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'vitest';
import { initialState } from '../../www/app/page-state.ts';
import { standing } from '../../www/app/standing.ts';
import { Store } from '../../www/app/store.ts';
import { WatchedObject, localOf } from '../../www/app/watched-object.ts';
import { Recording } from '../../www/run/recording.ts';
import { snapshotName } from '../../www/words/file-name.ts';
import { heldPause, pauseOf } from './made.ts';
import type { HeapObject, Pause, Task } from '../../www/run/types.ts';
import type { PageState } from '../../www/app/page-state.ts';

function taskOf(id: number, functions: string[], changes: Partial<Task> = {}): Task {
  const frames = functions.map((name, i) => ({
    function: name,
    instruction: 10 * id + i,
    offset: 0,
    line: id + i,
    locals: [{ name: 'kept', value: `pair @${id}${i}`, object: 10 * id + i }],
    operands: [],
  }));
  return { id, state: 'runnable', worker: null, circle: [], waiting: null, frames, ...changes };
}

function debugPause(id: number, tasks: Task[], changes: Partial<Pause> = {}) {
  return heldPause({ id, reason: 'debug', halt: null, outcome: { kind: 'debug', tasks } as any, ...changes });
}

function pairOf(reference: number, left: string, changes: Partial<HeapObject> = {}): HeapObject {
  return {
    object: reference,
    kind: 'object',
    text: 'pair',
    bytes: 24,
    length: 2,
    from: 0,
    entries: [
      { name: 'left', value: left, object: null },
      { name: 'next', value: 'pair @77', object: 77 },
    ],
    characters: null,
    holders: [],
    holders_omitted: 0,
    ...changes,
  };
}

let store: Store<PageState>;
let heap: Map<number, HeapObject>;
let watched: WatchedObject;
/** Promises that are kept have been heard. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  store = new Store(initialState(2));
  heap = new Map();
  watched = new WatchedObject(store, {
    object: async (reference) => {
      const object = heap.get(reference);
      if (!object) throw new Error(`There is no object @${reference}; it may have been collected.`);
      return object;
    },
  });
});

function stop(pause: Pause) {
  store.state.recording.stopped(pause);
  store.set({ status: 'stopped' }, 'recording');
}

function resume(id: number) {
  store.state.recording.released(pauseOf({ id }));
  store.set({ status: 'running', stepped: null }, 'recording');
}

function stepped(pause: number, tasks: Task[], task = 1) {
  store.set({ stepped: { pause, task, tasks, message: '' } });
}

function watchKept(task: Task, depth = 0) {
  const local = localOf(task, depth, 'kept');
  const reference = task.frames[depth]?.locals[0]?.object ?? 0;
  watched.start({ reference, from: 0, text: 'kept', by: 'local', local });
  return settled();
}

const leftBefore = () => store.state.watched?.before?.entries[0]?.value;
const left = () => store.state.watched?.object?.entries[0]?.value;

test('steps move the task that was stepped, that stopped the world, or the first that can go on', () => {
  const tasks = [
    taskOf(1, ['main'], { state: 'sleeping' }),
    taskOf(2, ['turn', 'turns']),
    taskOf(3, ['turns']),
  ];
  assert.equal(standing(store.state), null);
  stop(debugPause(5, tasks));
  assert.deepEqual(standing(store.state), {
    task: 2,
    function: 'turn',
    instruction: 20,
    line: 2,
    isAsked: false,
  });
  const halt = { task: 3, function: 'turns', instruction: 30, line: 3 } as Pause['halt'];
  stop(debugPause(6, tasks, { halt }));
  assert.deepEqual(standing(store.state), {
    task: 3,
    function: 'turns',
    instruction: 30,
    line: 3,
    isAsked: true,
  });
  stepped(6, [...tasks.slice(0, 1), taskOf(2, ['turns'])], 2);
  assert.equal(standing(store.state)?.function, 'turns');
  // It has ended: it stands nowhere, and no other task takes its place unasked.
  stepped(6, tasks.slice(0, 1), 2);
  assert.equal(standing(store.state), null);
  resume(6);
  assert.equal(standing(store.state), null);
});

test('an object is read again after a step, beside what it was', async () => {
  const task = taskOf(1, ['main']);
  heap.set(10, pairOf(10, '3'));
  stop(debugPause(5, [task]));
  await watchKept(task);
  assert.equal(left(), '3');
  assert.equal(store.state.watched?.before, null);
  heap.set(10, pairOf(10, '4'));
  // Another task was chosen: nothing has been executed.
  stepped(5, [task], 2);
  const after = [taskOf(1, ['main'])];
  stepped(5, after);
  await settled();
  assert.deepEqual([leftBefore(), left()], ['3', '4']);
  // What is told of the same moment again changes no mark.
  store.set({}, 'recording');
  stepped(5, after, 2);
  await settled();
  assert.deepEqual([leftBefore(), left()], ['3', '4']);
  stepped(5, [taskOf(1, ['main'])]);
  await settled();
  assert.deepEqual([leftBefore(), left()], ['4', '4']);
});

test('what is gone stays as it was seen last, whatever comes to its place', async () => {
  const task = taskOf(1, ['main']);
  heap.set(10, pairOf(10, '3'));
  stop(debugPause(5, [task]));
  await watchKept(task);
  heap.delete(10);
  stepped(5, [taskOf(1, ['main'])]);
  await settled();
  assert.equal(left(), '3');
  assert.match(store.state.watched?.said ?? '', /no object @10.* What is shown was read at pause 5\./);
  heap.set(10, pairOf(10, '9'));
  stepped(5, [taskOf(1, ['main'])]);
  await settled();
  assert.deepEqual([left(), store.state.watched?.isOld], ['3', true]);
});

test('another kind of object at the same place is not taken for it', async () => {
  const task = taskOf(1, ['main']);
  heap.set(10, pairOf(10, '3'));
  stop(debugPause(5, [task]));
  await watchKept(task);
  heap.set(10, pairOf(10, '0', { kind: 'array', text: 'array of 2' }));
  stepped(5, [taskOf(1, ['main'])]);
  await settled();
  assert.equal(left(), '3');
  assert.match(store.state.watched?.said ?? '', /Another object is at @10 now/);
});

test('an array that grows stays the same object', async () => {
  const task = taskOf(1, ['main']);
  const list = (length: number) =>
    pairOf(10, '3', { kind: 'list', text: 'Array', length, bytes: 48 + 8 * length });
  heap.set(10, list(1));
  stop(debugPause(5, [task]));
  await watchKept(task);
  heap.set(10, list(2));
  stepped(5, [taskOf(1, ['main'])]);
  await settled();
  assert.equal(store.state.watched?.object?.length, 2);
  assert.equal(store.state.watched?.isOld, false);
});

test('in the next pause the way to it is gone again', async () => {
  const task = taskOf(1, ['turn', 'main']);
  heap.set(11, pairOf(11, '3'));
  heap.set(77, pairOf(77, '5'));
  stop(debugPause(5, [task]));
  await watchKept(task, 1);
  watched.enter({ reference: 77, from: 0, text: 'next', by: 'field', index: 1 });
  heap.get(11)?.entries.shift();
  await settled();
  assert.equal(left(), '5');
  resume(5);
  assert.deepEqual([left(), store.state.watched?.isOld], ['5', true]);
  assert.match(store.state.watched?.said ?? '', /^The world runs on\. .* pause 5\.$/);

  // The outermost frame is the same one, however many are above it now.
  heap.set(77, pairOf(77, '6'));
  const deeper = taskOf(1, ['other', 'turn', 'main']);
  const [, , main] = deeper.frames;
  if (main) main.locals = [{ name: 'kept', value: 'pair @11', object: 11 }];
  stop(debugPause(6, [deeper]));
  await settled();
  assert.deepEqual([leftBefore(), left()], ['5', '6']);
  assert.deepEqual([store.state.watched?.isOld, store.state.watched?.pause], [false, 6]);

  // It leads to another one now.
  resume(6);
  if (main) main.locals = [{ name: 'kept', value: 'pair @12', object: 12 }];
  heap.set(12, pairOf(12, '1', { entries: [{ name: 'next', value: 'pair @78', object: 78 }] }));
  heap.set(78, pairOf(78, '8'));
  stop(debugPause(7, [deeper]));
  await settled();
  assert.deepEqual([store.state.watched?.before, left()], [null, '8']);
  assert.match(store.state.watched?.said ?? '', /another object than before/);

  // The function has returned.
  resume(7);
  stop(debugPause(8, [taskOf(1, ['start'])]));
  await settled();
  assert.deepEqual([left(), store.state.watched?.isOld], ['8', true]);
  assert.match(store.state.watched?.said ?? '', /kept leads to no object now/);
  resume(8);
  stop(heldPause({ id: 9, halt: null }));
  await settled();
  assert.match(store.state.watched?.said ?? '', /not looked at in pause 9: press Debug/);
});

test('a way that leads nowhere is gone again after each step', async () => {
  const task = taskOf(1, ['main']);
  heap.set(10, pairOf(10, '3'));
  stop(debugPause(5, [task]));
  await watchKept(task);
  resume(5);
  // Stopped for something else, then the tasks are looked at in the same pause: in another function first.
  stop(heldPause({ id: 6, halt: null }));
  await settled();
  assert.equal(store.state.watched?.isOld, true);
  stop(debugPause(6, [taskOf(1, ['start'])]));
  await settled();
  assert.match(store.state.watched?.said ?? '', /kept leads to no object now/);
  heap.set(10, pairOf(10, '4'));
  stepped(6, [task]);
  await settled();
  assert.deepEqual([store.state.watched?.isOld, leftBefore(), left()], [false, '3', '4']);
});

test('of a stack that is not known as a whole no frame is taken for another', () => {
  const task = taskOf(1, ['fib', 'fib', 'main'], { framesOmitted: 900 });
  assert.equal(localOf(task, 1, 'kept').level, null);
  assert.equal(localOf(taskOf(1, ['fib', 'fib', 'main']), 1, 'kept').level, 1);
});

test('an answer that comes after the user has gone on is not shown', async () => {
  const task = taskOf(1, ['main']);
  heap.set(10, pairOf(10, '3'));
  heap.set(77, pairOf(77, '5'));
  stop(debugPause(5, [task]));
  const first = watchKept(task);
  watched.enter({ reference: 77, from: 0, text: 'next', by: 'field', index: 1 });
  watched.back(1);
  watched.close();
  await first;
  assert.equal(store.state.watched, null);
});

test('pause numbers of another run are other pauses', async () => {
  const task = taskOf(1, ['main']);
  heap.set(10, pairOf(10, '3'));
  stop(debugPause(5, [task]));
  await watchKept(task);
  store.set({ status: 'ready' });
  assert.match(store.state.watched?.said ?? '', /^The run has ended\./);
  store.set({ recording: new Recording(2), status: 'running' });
  stop(debugPause(5, [taskOf(2, ['main'])]));
  await settled();
  assert.deepEqual([left(), store.state.watched?.isOld], ['3', true]);
});

test('a snapshot’s file is called after program, pause, workers and time', () => {
  const made = new Date(2026, 2, 1, 4, 5, 6);
  const name = (program: string, workers = 4) => snapshotName({ program, pause: 3, workers }, made);
  assert.equal(name('Parallel sum'), 'parallel-sum_pause-3_4-workers_2026-03-01_04-05-06.snapshot');
  assert.equal(
    name('../a\\b:c*?"<>|\u0000\u202e.sasm', 1),
    'a-b-c-sasm_pause-3_1-worker_2026-03-01_04-05-06.snapshot',
  );
  assert.match(name('Müller’s Übung №1'), /^muller-s-ubung-no1_pause/);
  assert.match(name('計算'), /^program_pause-3/);
  assert.match(name(''), /^program_pause-3/);
  assert.match(name('x'.repeat(300)), /^x{40}_pause/);
});
