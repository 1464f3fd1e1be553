import assert from 'node:assert/strict';
import { test } from 'vitest';
import { Phases, TRANSITIONS, hasEngine, isLive } from '../../www/run/phases.ts';
import { LabError } from '../../www/engine/errors.ts';
import { heldPause, pauseOf } from './made.ts';
import { STOPPED, ScriptedEngine } from './scripted-lab.ts';
import type { Phase, PhaseEvent } from '../../www/run/phases.ts';

const PHASES = Object.keys(TRANSITIONS) as Phase[];
const EVENTS = [...new Set(PHASES.flatMap((phase) => Object.keys(TRANSITIONS[phase])))] as PhaseEvent[];

/** The least events that lead to each phase. */
function ways(): Map<Phase, PhaseEvent[]> {
  const found = new Map<Phase, PhaseEvent[]>([['loading', []]]);
  for (const [phase, way] of found)
    for (const [event, next] of Object.entries(TRANSITIONS[phase]) as [PhaseEvent, Phase][])
      if (!found.has(next)) found.set(next, [...way, event]);
  return found;
}

/** @param told hears of each change */
function at(phase: Phase, told: (phase: Phase) => void = () => {}) {
  const phases = new Phases((next) => told(next));
  for (const event of ways().get(phase) ?? assert.fail()) phases.take(event);
  assert.equal(phases.now, phase);
  return phases;
}

test('every phase can be reached, and every event happens somewhere', () => {
  assert.deepEqual([...ways().keys()].sort(), PHASES.toSorted());
  const all: Record<PhaseEvent, true> = {
    ...{ booted: true, broken: true, loaded: true, unloaded: true, run: true, unable: true, began: true },
    ...{ asked: true, held: true, released: true, stop: true, finished: true, cut: true, crashed: true },
    disposed: true,
  };
  assert.deepEqual(EVENTS.toSorted(), Object.keys(all).sort());
});

test('every event in the table leads where it says, and tells once where that is another phase', () => {
  for (const phase of PHASES)
    for (const [event, next] of Object.entries(TRANSITIONS[phase]) as [PhaseEvent, Phase][]) {
      let told: Phase[] = [];
      const phases = at(phase, (now) => told.push(now));
      told = [];
      assert.ok(phases.may(event));
      phases.take(event);
      assert.equal(phases.now, next, `${phase}, ${event}`);
      assert.deepEqual(told, next === phase ? [] : [next], `${phase}, ${event}`);
    }
});

test('every other event is refused with a reason, and changes nothing', () => {
  for (const phase of PHASES)
    for (const event of EVENTS.filter((event) => !(event in TRANSITIONS[phase]))) {
      const phases = at(phase);
      assert.equal(phases.may(event), false);
      const reason = `"${event}" cannot happen while the lab is "${phase}".`;
      assert.throws(() => phases.take(event), { message: reason });
      assert.equal(phases.now, phase);
    }
  const refused: string[] = [];
  const phases = new Phases(
    () => assert.fail(),
    (reason) => refused.push(reason),
  );
  phases.take('held');
  assert.deepEqual(refused, ['"held" cannot happen while the lab is "loading".']);
});

test('what is live has a run that can end; what has an engine can be disposed of and lives', () => {
  for (const phase of PHASES) {
    const row = TRANSITIONS[phase];
    assert.equal(isLive(phase), 'cut' in row || 'began' in row, phase);
    assert.equal(hasEngine(phase), 'loaded' in row || isLive(phase), phase);
  }
});

/** A lab that heard these phases; mistakes of its own are failures. */
async function lab() {
  const engine = new ScriptedEngine();
  const { lab } = engine;
  const phases: string[] = [lab.state];
  lab.on('state', (phase) => {
    assert.equal(lab.state, phase);
    phases.push(phase);
  });
  lab.on('run', () => phases.push('(run)'));
  const errors: string[] = [];
  lab.on('error', ({ message }) => errors.push(message));
  await lab.ready;
  /** What was heard since the last time. */
  const heard = () => phases.splice(0).join(' ');
  return { engine, lab, heard, errors };
}

test('a run from its start to its end, with a stop that holds and one that goes through', async () => {
  const { lab: one, engine, heard, errors } = await lab();
  await one.load('text');
  await one.run();
  assert.equal(heard(), 'loading empty ready starting running (run)');
  const pause = one.pause('gc');
  assert.deepEqual([one.state, one.reason], ['stopping', 'gc']);
  await pause;
  assert.deepEqual([one.state, one.reason, one.held?.reason], ['stopped', 'gc', 'gc']);
  await one.pause('debug');
  assert.deepEqual([one.state, one.reason], ['stopped', 'debug'], 'in the stopped world');
  await one.resume();
  await one.cycle('snapshot');
  assert.equal(heard(), 'stopping stopped running stopping running');
  engine.news({ finished: { result: '42', output: '', trap: null } });
  assert.equal(heard(), 'finished');
  await one.load('text');
  await one.run();
  await one.stop();
  assert.equal(heard(), 'ready starting running (run) ending ended');
  assert.deepEqual(errors, []);
});

test('a stop that is taken back or given up lets the world run', async () => {
  const { lab: one, engine, heard } = await lab();
  await one.load('text');
  await one.run();
  heard();
  for (const code of ['cancelled', 'timed-out'] as const) {
    engine.answer = () => {
      throw new LabError(code, 'No.', '');
    };
    await assert.rejects(one.pause('gc'), { code });
    assert.equal(heard(), 'stopping running');
    assert.equal(one.reason, null);
  }
});

test('of two stops that wait the second one is still asked for when the first is over', async () => {
  const { lab: one, engine, heard } = await lab();
  await one.load('text');
  await one.run();
  heard();
  const answers: ((said: unknown) => void)[] = [];
  engine.answer = (call) => (call === 'resume' ? undefined : new Promise((resolve) => answers.push(resolve)));
  const first = one.pause('gc');
  const second = one.pause('snapshot');
  answers[0](heldPause({ id: 41 }));
  await first;
  assert.equal(one.state, 'stopped');
  await one.resume();
  assert.deepEqual([one.state, one.reason], ['stopping', 'snapshot']);
  answers[1](heldPause({ id: 42, reason: 'snapshot' }));
  await second;
  assert.equal(heard(), 'stopping stopped stopping stopped');
});

test('a worker at a breakpoint holds the world, a timer does not', async () => {
  const { lab: one, engine, heard } = await lab();
  await one.load('text');
  await one.run();
  heard();
  engine.news({ pauses: [pauseOf({ id: 1, by: 'timer' })] });
  assert.equal(heard(), '');
  engine.news({ held: heldPause({ id: 2, reason: 'debug' }) });
  assert.equal(heard(), 'stopped');
  engine.news({ held: heldPause({ id: 3, reason: 'debug' }) });
  assert.equal(heard(), '', 'handed on');
  engine.news({ finished: STOPPED });
  assert.equal(heard(), 'ended', 'the end of its pause is no release');
});

test('a run that cannot begin leaves what was before', async () => {
  const { lab: one, engine, heard } = await lab();
  await assert.rejects(one.run(), { code: 'no-program' });
  assert.equal(heard(), 'loading empty');
  await one.load('text');
  engine.answer = (call) => {
    if (call === 'run') throw new LabError('failed', 'No.', '');
  };
  await assert.rejects(one.run(), { code: 'failed' });
  assert.equal(heard(), 'ready starting ready');
});

test('the end may be asked for before the run has begun', async () => {
  const { lab: one, heard } = await lab();
  await one.load('text');
  heard();
  const starting = new Promise((resolve) => one.on('state', resolve));
  const run = one.run();
  await starting;
  const stop = one.stop();
  await Promise.all([run, stop]);
  assert.equal(heard(), 'starting ending (run) ended');
});

test('runs that are asked for at once begin one after the other', async () => {
  const { lab: one, heard, errors } = await lab();
  await one.load('text');
  heard();
  await Promise.all([one.run(), one.load('text'), one.run(), one.stop(), one.run()]);
  assert.equal(one.state, 'running');
  assert.deepEqual(errors, []);
  await one.stop();
  assert.match(heard(), / ending ended$/);
});

test('a program that is loaded during a run counts at its end', async () => {
  const { lab: one, engine, heard } = await lab();
  await one.load('text');
  await one.run();
  engine.loads = { ...engine.loads, ok: false };
  await one.load('wrong');
  assert.equal(one.state, 'running');
  await one.stop();
  await assert.rejects(one.run(), { code: 'no-program' });
  assert.match(heard(), /running \(run\) ending ended$/);
  await one.load('wrong');
  assert.equal(heard(), 'empty');
});

test('a crash ends the run', async () => {
  const { lab: one, engine, heard, errors } = await lab();
  await one.load('text');
  await one.run();
  await one.pause('gc');
  heard();
  const ended = one.finished();
  engine.crash('unreachable');
  await assert.rejects(ended, { code: 'failed' });
  assert.equal(heard(), 'ended');
  assert.deepEqual(errors, ['The worker 1 crashed: unreachable.']);
});

test('an engine that cannot start fails the lab', async () => {
  const starts = async () => {
    throw new LabError('failed', 'No engine.', '');
  };
  const { lab: one } = new ScriptedEngine({ starts });
  await assert.rejects(one.ready, { message: 'No engine.' });
  assert.equal(one.state, 'failed');
  await assert.rejects(one.load('text'), { message: 'No engine.' });
});

test('a lab that is disposed of ends its run; what waits settles, what comes later is refused', async () => {
  const { lab: one, engine, heard } = await lab();
  await one.load('text');
  await one.run();
  const ended = one.finished();
  engine.answer = () => new Promise((_, reject) => (gone = reject));
  let gone: (why: unknown) => void = () => {};
  const pause = one.pause('gc');
  heard();
  one.dispose();
  // As `Calls` does for a worker that was ended.
  gone(engine.gone);
  await assert.rejects(pause, { code: 'disposed' });
  assert.deepEqual(await ended, STOPPED);
  assert.equal(heard(), 'ending ended disposed');
  one.dispose();
  assert.equal(heard(), '', 'a second time is nothing');
  const bytes = new Uint8Array(8);
  const later: (() => Promise<unknown>)[] = [
    ...[() => one.load('text'), () => one.run(), () => one.restore(bytes), () => one.describeSnapshot(bytes)],
    ...[() => one.stop(), () => one.pause('gc'), () => one.resume(), () => one.continue()],
    ...[() => one.cycle('gc'), () => one.collect(), () => one.breakpoint({ line: 1 })],
    ...[() => one.clearBreakpoints(), () => one.breakpoints(), () => one.breakOnTrap(true)],
    ...[() => one.tasks(), () => one.step(1, 'into'), () => one.object(1), () => one.automatic(null)],
    ...[() => one.setTimeouts({ warn: null, deadline: null }), () => one.finished(), () => one.hits()],
    ...[() => one.snapshot(), () => one.snapshotBytes(), () => one.bounds(), () => one.moduleBytes()],
    ...[() => one.disassemble(), () => one.instructionSet()],
  ];
  for (const call of later)
    await assert.rejects(
      call,
      (error: LabError) => error.code === 'disposed' && error.advice !== '',
      String(call),
    );
  assert.throws(() => one.recordedRun(), { code: 'disposed' });
  one.cancel();
  assert.deepEqual([one.program, one.ran, one.held, one.reason, one.pauses], [null, null, null, null, []]);
  assert.deepEqual([one.workers(), one.schedule(), one.awaiting()], [[], null, null]);
});

test('a lab may be disposed of before its engine is there', async () => {
  const { lab: one } = new ScriptedEngine({ starts: () => new Promise(() => {}) });
  const load = one.load('text');
  one.dispose();
  await assert.rejects(one.ready, { code: 'disposed' });
  await assert.rejects(load, { code: 'disposed' });
  assert.equal(one.state, 'disposed');
});

test('what is told of a run that is over changes nothing', async () => {
  const { lab: one, engine, heard, errors } = await lab();
  await one.load('text');
  await one.run();
  engine.news({ finished: STOPPED });
  heard();
  engine.news({ finished: STOPPED, held: heldPause() });
  assert.equal(heard(), '');
  assert.deepEqual(errors, []);
});
