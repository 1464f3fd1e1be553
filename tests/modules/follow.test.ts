import assert from 'node:assert/strict';
import { beforeEach, test, vi } from 'vitest';
import { Commands, limits } from '../../www/app/commands.ts';
import { follow } from '../../www/app/follow.ts';
import { Log } from '../../www/app/log.ts';
import { Output } from '../../www/app/output.ts';
import { initialState } from '../../www/app/page-state.ts';
import { Store } from '../../www/app/store.ts';
import { describe } from '../../www/panels/state-line.panel.ts';
import { LabError } from '../../www/engine/errors.ts';
import { noStats } from '../../www/run/recorder.ts';
import { heldPause, pauseOf } from './made.ts';
import { ScriptedEngine } from './scripted-lab.ts';
import type { PageState } from '../../www/app/page-state.ts';

let engine: ScriptedEngine;
let store: Store<PageState>;
let commands: Commands;
let log: Log;

beforeEach(async () => {
  engine = new ScriptedEngine();
  const { lab } = engine;
  store = new Store(initialState(2));
  log = new Log(10);
  const output = new Output(100);
  commands = new Commands(lab, store, log, output);
  follow(lab, store, commands, log, output);
  await lab.ready;
});

async function started() {
  await commands.run('text');
  assert.equal(store.state.status, 'running');
}

test('a run begins with the engine, and a new recording with it', async () => {
  const before = store.state.recording;
  await started();
  assert.notEqual(store.state.recording, before);
  assert.equal(store.state.recording.workers, 2);
  assert.equal(describe(store.state), 'Running on 2 workers');
});

test('a program with errors is not run', async () => {
  const error = { line: 3, column: 1, length: 1, offset: 0, message: 'no' };
  engine.loads = { ok: false, errors: [error], warnings: [] };
  await commands.run('text');
  assert.deepEqual(engine.calls, []);
  assert.equal(describe(store.state), 'The program has 1 error');
});

test('only the answer to the newest text counts', async () => {
  const answers: ((value: any) => void)[] = [];
  engine.load = () => new Promise((resolve) => answers.push(resolve));
  const old = commands.load('old');
  const fresh = commands.load('fresh');
  await vi.waitUntil(() => answers.length === 1);
  answers[0]({ ok: false, errors: [{}], warnings: [], program: null });
  assert.equal(await old, false);
  assert.deepEqual(store.state.errors, []);
  await vi.waitUntil(() => answers.length === 2);
  answers[1]({ ok: true, errors: [], warnings: [], program: { name: 'fresh' } });
  assert.equal(await fresh, true);
  assert.equal(store.state.program?.name, 'fresh');
});

test('a text that is being read when Run is pressed is run, and read once', async () => {
  const answers: ((value: any) => void)[] = [];
  engine.load = () => new Promise((resolve) => answers.push(resolve));
  const run = commands.run('text');
  const typed = commands.load('text');
  await vi.waitUntil(() => answers.length > 0);
  answers[0]({ ok: true, errors: [], warnings: [], program: engine.program });
  assert.equal(await typed, true);
  await run;
  assert.equal(answers.length, 1);
  assert.equal(engine.calls.filter((call) => call.startsWith('run')).length, 1);
});

test('a button keeps the world stopped until Resume, and says so', async () => {
  await started();
  await commands.stopWorld('gc');
  assert.equal(store.state.status, 'stopped');
  assert.equal(store.state.view, 'pause');
  assert.equal(describe(store.state), 'Stopped for GC · 2 of 2 arrived');
  assert.match(store.state.spoken, /Worker 1 was late\. The world is stopped/);
  await commands.stopWorld('debug');
  assert.equal(
    engine.calls.filter((call) => call.startsWith('pause')).length,
    2,
    'done in the stopped world',
  );
  assert.equal(store.state.status, 'stopped');
  assert.equal(store.state.recording.count, 1, 'it is one pause');
  await commands.resume();
  assert.equal(store.state.status, 'running');
  assert.equal(store.state.view, 'live');
  assert.equal(store.state.selected, 41, 'its evidence stays');
  assert.match(log.entries.at(-1)?.text ?? '', /Pause 41 "GC"/);
});

test('without "keep stopped" the pause goes through, and its evidence is shown', async () => {
  await started();
  store.set({ keepStopped: false });
  await commands.stopWorld('gc');
  assert.ok(engine.calls.includes('cycle gc'));
  assert.equal(store.state.view, 'pause');
  assert.equal(store.state.status, 'running');
  assert.equal(store.state.selected, 41);
  assert.equal(store.state.recording.count, 1);
});

test('a task that was at a breakpoint at the same time comes next, in the same pause', async () => {
  await started();
  const at = (task: number) => {
    const text = `Worker ${task} stopped the world at breakpoint 1 (task ${task}).`;
    const halt = { task, worker: task, line: 3, text } as any;
    const outcome = { kind: 'debug', tasks: [{ id: 1 }, { id: 2 }] } as any;
    return heldPause({ halt, outcome });
  };
  const [first, next] = [at(1), at(2)];
  engine.news({ held: first });
  store.set({ stepped: { pause: first.id, task: 1, tasks: [], message: 'one instruction' } });
  // Something else in the same world leaves the task in sight that is looked at.
  engine.news({ held: first });
  assert.equal(store.state.stepped?.task, 1);
  engine.news({ held: next });
  assert.equal(store.state.stepped, null);
  assert.equal(store.state.status, 'stopped');
  assert.equal(store.state.recording.held?.halt?.task, 2);
  assert.equal(store.state.recording.count, 1);
  assert.match(log.entries.at(-1)?.text ?? '', /Pause \d+\. Worker 2 stopped the world/);
});

test('the page shows what a script does in the stopped world', async () => {
  await started();
  const [before, after] = [3, 4].map((line) => {
    const frame = { function: 'main', line, instruction: line, locals: [], operands: [] };
    return [{ id: 1, state: 'runnable', frames: [frame] }];
  });
  engine.answer = (call) => {
    if (call === 'pause debug') return heldPause({ outcome: { kind: 'debug', tasks: before } as any });
    if (call === 'step') return { instructions: 1, end: 'moved', message: '', task: after?.[0] };
    if (call === 'tasks') return after;
    if (call === 'cycle gc') {
      const outcome = { kind: 'gc', freed_objects: 7, live_objects: 5 } as any;
      return { pause: heldPause({ reason: 'gc', outcome }), stats: noStats() };
    }
  };
  await commands.stopWorld('debug');
  await engine.lab.step(1, 'over');
  await commands.reading;
  assert.deepEqual(store.state.stepped?.tasks, after);
  assert.match(store.state.spoken, /Task 1 is at main, line 4/);
  await engine.lab.collect();
  assert.match(log.entries.at(-1)?.text ?? '', /a collection freed 7 objects, 5 live/);
  assert.equal(engine.lab.held?.outcome?.kind, 'gc');
  assert.deepEqual(store.state.stepped?.tasks, after, 'its tasks stay in sight');
  assert.equal(store.state.recording.count, 1, 'it is one pause');
});

test('automatic pauses do not disturb a user who looks at one pause', async () => {
  await started();
  engine.news({ pauses: [pauseOf({ id: 1, by: 'timer' })] });
  assert.equal(store.state.selected, 1);
  commands.select(1);
  engine.news({ pauses: [pauseOf({ id: 2, by: 'timer' })] });
  assert.equal(store.state.selected, 1);
  assert.equal(store.state.view, 'pause');
});

test('a pause that was given up leaves the world running and says who was late', async () => {
  await started();
  engine.answer = () => {
    const { stragglers } = pauseOf();
    throw new LabError('timed-out', 'The pause was given up after 5 ms.', '', stragglers);
  };
  await commands.stopWorld('gc');
  assert.equal(store.state.status, 'running');
  assert.match(store.state.notice?.advice ?? '', /worker 1 \(hog, line 15, acopy/);
});

test('a pause that waits for ever is taken back by Resume', async () => {
  await started();
  let fail: (error: Error) => void = () => {};
  engine.answer = () => new Promise((_, reject) => (fail = reject));
  const stopping = commands.stopWorld('gc');
  assert.equal(store.state.status, 'stopping');
  assert.equal(store.state.reason, 'gc');
  await commands.resume();
  assert.equal(engine.cancellation.cancelled[0], 1, 'its ticket');
  fail(new LabError('cancelled', 'The pause was cancelled.', 'Ask again.'));
  await stopping;
  assert.equal(store.state.status, 'running');
  assert.equal(store.state.notice, null);
});

test('what a script does is what the page shows', async () => {
  await engine.lab.load('text');
  assert.equal(store.state.status, 'ready');
  await engine.lab.run();
  assert.equal(store.state.status, 'running');
  assert.equal(store.state.adopted, engine.program);
  await engine.lab.pause('snapshot');
  assert.equal(describe(store.state), 'Stopped for Snapshot · 2 of 2 arrived');
});

test('the end of a program is told: result, trap, stop', async () => {
  await started();
  engine.news({ finished: { result: '42', output: '', trap: null } });
  assert.equal(describe(store.state), 'Finished with 42');
  await started();
  const trap = { message: 'no', task: 1, function: 'f', line: 3, offset: 0, stack: [] } as any;
  engine.news({ finished: { result: null, output: '', trap } });
  assert.equal(describe(store.state), 'Trapped: no (line 3)');
  assert.match(log.entries.at(-1)?.text ?? '', /Trapped: no \(task 1, f, line 3\)/);
  await started();
  await commands.stop();
  assert.equal(describe(store.state), 'Not running');
});

test('a crash ends the run, says what to do, and Run works again', async () => {
  await started();
  engine.crash('unreachable');
  await vi.waitUntil(() => store.state.notice !== null);
  assert.equal(store.state.status, 'ended');
  assert.equal(store.state.notice?.message, 'The worker 1 crashed: unreachable.');
  await started();
  assert.equal(store.state.notice, null);
});

test('timeouts reach the engine in microseconds', () => {
  assert.deepEqual(limits({ mode: 'for-ever', warnMs: 5, deadlineMs: 7 }), { warn: null, deadline: null });
  assert.deepEqual(limits({ mode: 'warn', warnMs: 5, deadlineMs: 7 }), { warn: 5000, deadline: null });
  assert.deepEqual(limits({ mode: 'give-up', warnMs: 5, deadlineMs: 7 }), { warn: null, deadline: 7000 });
});

test('log and output are bounded', () => {
  for (let i = 0; i < 25; i += 1) log.add('info', `line ${i}`);
  assert.equal(log.entries.length, 10);
  assert.equal(log.entries[0].text, 'line 15');
  const output = new Output(20);
  output.add('first line\nsecond line\nthird\n');
  assert.equal(output.text, 'second line\nthird\n');
  assert.equal(output.dropped, 11);
});
