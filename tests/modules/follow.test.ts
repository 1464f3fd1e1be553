import assert from 'node:assert/strict';
import { beforeEach, test } from 'vitest';
import { Commands, limits } from '../../www/app/commands.ts';
import { follow } from '../../www/app/follow.ts';
import { Log } from '../../www/app/log.ts';
import { Output } from '../../www/app/output.ts';
import { initialState } from '../../www/app/page-state.ts';
import { Store } from '../../www/app/store.ts';
import { describe } from '../../www/panels/state-line.ts';
import { heldPause, pauseOf } from './made.ts';
import type { PageState } from '../../www/app/page-state.ts';

const POLICY = { calls: true, back_edges: true, allocations: true, awaits: true, every: 1 };

/** Says what the engine would say, when a test tells it to. */
class ScriptedLab extends EventTarget {
  calls: string[] = [];
  held = null as any;
  program = { source: 'text', name: 'made', listing: [], bounds: [], policy: POLICY } as any;
  /** Where a run polls. */
  policy = POLICY;

  get ran() {
    return { program: this.program, policy: this.policy, bounds: this.program.bounds };
  }
  loads: { ok: boolean; errors: any[]; warnings: any[] } = { ok: true, errors: [], warnings: [] };
  answer: ((call: string) => unknown) | null = null;

  on(name: string, heard: (detail: any) => void) {
    this.addEventListener(name, (event) => heard((event as CustomEvent).detail));
  }

  say(name: string, detail?: unknown) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  workers() {
    return [{}, {}];
  }

  async load() {
    return { ...this.loads, program: this.loads.ok ? this.program : null };
  }

  async #do(call: string) {
    this.calls.push(call);
    return this.answer?.(call);
  }

  run() {
    return this.#do('run');
  }

  stop() {
    return this.#do('stop');
  }

  pause(reason: string) {
    return this.#do(`pause ${reason}`);
  }

  cycle(reason: string) {
    return this.#do(`cycle ${reason}`);
  }

  resume() {
    return this.#do('resume');
  }

  cancel() {
    this.calls.push('cancel');
  }

  automatic() {
    return this.#do('automatic');
  }

  setTimeouts() {
    return this.#do('timeouts');
  }
}

let lab: ScriptedLab;
let store: Store<PageState>;
let commands: Commands;
let log: Log;

beforeEach(() => {
  lab = new ScriptedLab();
  store = new Store(initialState(2));
  log = new Log(10);
  const output = new Output(100);
  commands = new Commands(lab as any, store, log, output);
  follow(lab as any, store, commands, log, output);
  store.set({ status: 'ready' });
});

async function started() {
  lab.answer = (call) => void (call === 'run' && lab.say('state', 'running'));
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
  lab.loads = { ok: false, errors: [error], warnings: [] };
  await commands.run('text');
  assert.deepEqual(lab.calls, []);
  assert.equal(describe(store.state), 'The program has 1 error');
});

test('only the answer to the newest text counts', async () => {
  const answers: ((value: any) => void)[] = [];
  lab.load = () => new Promise((resolve) => answers.push(resolve));
  const old = commands.load('old');
  const fresh = commands.load('fresh');
  answers[1]({ ok: true, errors: [], warnings: [], program: { name: 'fresh' } });
  assert.equal(await fresh, true);
  answers[0]({ ok: false, errors: [{}], program: null });
  assert.equal(await old, false);
  assert.deepEqual(store.state.errors, []);
  assert.equal(store.state.program?.name, 'fresh');
});

test('a text that is being read when Run is pressed is run, and read once', async () => {
  const answers: ((value: any) => void)[] = [];
  lab.load = () => new Promise((resolve) => answers.push(resolve));
  const run = commands.run('text');
  const typed = commands.load('text');
  assert.equal(answers.length, 1);
  answers[0]({ ok: true, errors: [], warnings: [], program: lab.program });
  assert.equal(await typed, true);
  await run;
  assert.equal(lab.calls.filter((call) => call.startsWith('run')).length, 1);
});

test('a button keeps the world stopped until Resume, and says so', async () => {
  await started();
  lab.answer = (call) => {
    if (call.startsWith('pause')) {
      lab.held = heldPause();
      lab.say('pause', lab.held);
    } else if (call === 'resume') {
      lab.held = null;
      lab.say('resume', pauseOf());
    }
    return {};
  };
  await commands.stopWorld('gc');
  assert.equal(store.state.status, 'stopped');
  assert.equal(store.state.view, 'pause');
  assert.equal(describe(store.state), 'Stopped for GC · 2 of 2 arrived');
  assert.match(store.state.spoken, /Worker 1 was late\. The world is stopped/);
  await commands.stopWorld('debug');
  assert.equal(lab.calls.filter((call) => call.startsWith('pause')).length, 2, 'done in the stopped world');
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
  lab.answer = () => {
    lab.say('pause', pauseOf());
    lab.say('resume', pauseOf());
    return {};
  };
  await commands.stopWorld('gc');
  assert.ok(lab.calls.includes('cycle gc'));
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
  lab.held = first;
  lab.say('pause', first);
  store.set({ stepped: { pause: first.id, task: 1, tasks: [], message: 'one instruction' } });
  // Something else in the same world leaves the task in sight that is looked at.
  lab.say('pause', first);
  assert.equal(store.state.stepped?.task, 1);
  lab.held = next;
  lab.say('pause', next);
  assert.equal(store.state.stepped, null);
  assert.equal(store.state.status, 'stopped');
  assert.equal(store.state.recording.held?.halt?.task, 2);
  assert.equal(store.state.recording.count, 1);
  assert.match(log.entries.at(-1)?.text ?? '', /Pause \d+\. Worker 2 stopped the world/);
});

test('automatic pauses do not disturb a user who looks at one pause', async () => {
  await started();
  lab.say('resume', pauseOf({ id: 1, by: 'timer' }));
  assert.equal(store.state.selected, 1);
  commands.select(1);
  lab.say('resume', pauseOf({ id: 2, by: 'timer' }));
  assert.equal(store.state.selected, 1);
  assert.equal(store.state.view, 'pause');
});

test('a pause that was given up leaves the world running and says who was late', async () => {
  await started();
  lab.answer = () => {
    const { stragglers } = pauseOf();
    lab.say('timeout', { message: 'The pause was given up after 5 ms.', stragglers });
    throw Object.assign(new Error('given up'), { code: 'timed-out', advice: '' });
  };
  await commands.stopWorld('gc');
  assert.equal(store.state.status, 'running');
  assert.match(store.state.notice?.advice ?? '', /worker 1 \(hog, line 15, acopy/);
});

test('a pause that waits for ever is taken back by Resume', async () => {
  await started();
  let fail: (error: Error) => void = () => {};
  lab.answer = () => new Promise((_, reject) => (fail = reject));
  const stopping = commands.stopWorld('gc');
  assert.equal(store.state.status, 'stopping');
  await commands.resume();
  assert.ok(lab.calls.includes('cancel'));
  fail(Object.assign(new Error('The pause was cancelled.'), { code: 'cancelled' }));
  await stopping;
  assert.equal(store.state.status, 'running');
  assert.equal(store.state.notice, null);
});

test('what a script starts is what the page shows', () => {
  lab.say('state', 'running');
  assert.equal(store.state.status, 'running');
  assert.equal(store.state.adopted, lab.program);
  lab.held = heldPause();
  lab.say('pause', lab.held);
  assert.equal(store.state.status, 'stopped');
});

test('the end of a program is told: result, trap, stop', async () => {
  await started();
  lab.say('finished', { result: '42', output: '', trap: null });
  assert.equal(describe(store.state), 'Finished with 42');
  await started();
  lab.say('finished', {
    result: null,
    output: '',
    trap: { message: 'no', task: 1, function: 'f', line: 3, offset: 0, stack: [] },
  });
  assert.equal(describe(store.state), 'Trapped: no (line 3)');
  assert.match(log.entries.at(-1)?.text ?? '', /Trapped: no \(task 1, f, line 3\)/);
  await started();
  lab.say('finished', { result: null, output: '', trap: null });
  assert.equal(describe(store.state), 'Not running');
});

test('a crash ends the run, says what to do, and Run works again', async () => {
  await started();
  lab.say('died', { worker: 'worker 1', message: 'unreachable' });
  lab.say('state', 'failed');
  lab.say('error', { message: 'The worker 1 crashed.', advice: 'Run the program again.' });
  assert.equal(store.state.status, 'ready');
  assert.equal(store.state.notice?.advice, 'Run the program again.');
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
