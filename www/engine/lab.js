/**
 * Safepoint Lab for scripts: takes programs, runs them on workers, stops the world and tells what that
 * cost. The page uses nothing else and puts its instance at `window.lab`.
 *
 *     const lab = createLab();
 *     await lab.ready;
 *     await lab.load(lab.examples()[0].source);
 *     await lab.run({ workers: 4 });
 *     const pause = await lab.pause('gc'); // the world is stopped
 *     const record = await lab.resume();
 *     await lab.stop();
 *
 * Nothing here blocks the page. Every promise settles once; it rejects with a {@link LabError}. The program,
 * the records and the settings live here and outlast an engine, which may be replaced at any time.
 */

import { bundledExamples } from './bundled-examples.js';
import { measureClockStep } from './clock-step.js';
import { Engines } from './engines.js';
import { LabError, asLabError } from './errors.js';
import { within } from './promises.js';
import { Records } from './records.js';
import { Run } from './run.js';
import { checkAutomatic, checkReason, checkRunOptions, checkTimeouts } from './run-options.js';
import { checkSnapshot, checkSource } from './source.js';
import { Spectator } from './spectator.js';
import { missing } from './support.js';
import { Visibility } from './visibility.js';

/** @import { Commands, News, Notice } from './messages.js' */
/** @import { Engine } from './engine.js' */
/** @import { RecordedFile } from './recorded.js' */
/** @import { RecordedOptions } from './records.js' */
/** @import { Automatic, Breakpoint, BreakpointOptions, Collection, Finished, HeapObject, LabEvent, LabEvents, Layout, LoadResult, Pause, PollPolicy, Program, Reason, RestoreOptions, RunOptions, SnapshotDescription, State, Stats, Step, StepKind, Task, Timeouts, Trace, WorkerStatus } from './types.js' */

// Workers that poll leave within a time slice each; beyond this they never will.
const STOP_LIMIT_MS = 2000;
// A worker's crash marks it dead, so that a pause which waits for it completes.
const DEATH_LIMIT_MS = 1000;

/**
 * @typedef {object} LabOptions
 * @property {number} [workers] threads to start right away, so that a first run with as many or fewer is quick
 * @property {() => Promise<string>} [link] of what the page shows
 * @property {Promise<void>} [isolated] settles when the page is isolated, or will not be
 * @property {(lab: Lab) => Promise<unknown>} [first] what the page does with the lab before scripts do; it must
 *   not await `ready`
 */

/** @param {LabOptions} [options] */
export function createLab(options) {
  return new Lab(options);
}

export class Lab extends EventTarget {
  /** @type {State} */
  #state = 'loading';
  #engines = new Engines({
    onNotice: (notice) => this.#onNotice(notice),
    onDeath: (engine, worker, message) => this.#onDeath(engine, worker, message),
  });
  /** @type {Program | null} */
  #program = null;
  /** @type {Run | null} the run in progress */
  #run = null;
  /** @type {Run | null} that one or the last */
  #lastRun = null;
  /** @type {Pause | null} */
  #held = null;
  /** @type {Automatic | null} */
  #automatic = null;
  /** @type {Timeouts} */
  #timeouts = { warn: null, deadline: null };
  /** @type {Promise<unknown>} loads, starts and stops, one after the other */
  #queue = Promise.resolve();
  #records = new Records();
  #visibility = new Visibility();
  #newsMark = this.#visibility.mark();

  /** @type {LabOptions['link']} */
  #link;

  /** Step of the browser's clock in microseconds. */
  clockStep = measureClockStep();

  /** Resolves when the engine can take a program. */
  #booted;

  /** Resolves when scripts have their turn: the engine can take a program, and the page has started its own. */
  ready;

  /** @param {LabOptions} [options] */
  constructor(options = {}) {
    super();
    this.#link = options.link;
    this.#booted = this.#boot(options);
    this.ready = this.#booted.then(() => options.first?.(this)).then(() => {});
    // Whoever awaits it hears of it; nobody has to.
    this.ready.catch(() => {});
  }

  /** What the lab is doing. */
  get state() {
    return this.#state;
  }

  /** The program that the next run takes, null when there is none. */
  get program() {
    return this.#program;
  }

  /** The pause that holds the world, null while it runs. */
  get held() {
    return this.#held;
  }

  /** The last records of pauses that are over, oldest first. */
  get pauses() {
    return this.#records.pauses;
  }

  /** An address that opens the page with this program and these settings. @returns {Promise<string>} */
  async link() {
    if (this.#link) return this.#link();
    throw new LabError('unsupported', 'There is no page that a link could open.', 'Use the lab of the page.');
  }

  /** Programs to begin with. */
  examples() {
    return bundledExamples();
  }

  /**
   * Hears an event.
   *
   * @template {keyof LabEvents} Name
   * @param {Name} name
   * @param {(detail: LabEvents[Name]) => void} callback
   * @returns {() => void} ends that
   */
  on(name, callback) {
    const listener = (/** @type {Event} */ event) => callback(/** @type {CustomEvent} */ (event).detail);
    this.addEventListener(name, listener);
    return () => this.removeEventListener(name, listener);
  }

  /**
   * Takes a program for the next run; one that runs goes on.
   *
   * @param {string | Uint8Array | ArrayBuffer} textOrBytes the assembler's language, or a binary module
   * @returns {Promise<LoadResult>} with the program's faults, if any
   */
  async load(textOrBytes) {
    await this.#booted;
    const checked = checkSource(textOrBytes);
    if ('refused' in checked) {
      this.#setProgram(null);
      return checked.refused;
    }
    return this.#exclusively(async () => {
      const result = await this.#engines.load(checked.source, { mayReplace: !this.#run });
      this.#setProgram(result.program);
      return result;
    });
  }

  /**
   * Starts the program that was loaded last; one that runs is stopped first.
   *
   * @param {RunOptions} [options]
   */
  async run(options = {}) {
    await this.#booted;
    const settings = checkRunOptions(options, this.#timeouts);
    return this.#exclusively(async () => {
      await this.#stopRun();
      const program = this.#program;
      if (!program)
        throw new LabError('no-program', 'There is no program to run.', 'Load one without errors first.');
      const engine = await this.#engines.holding(settings);
      engine.cancellation.admitAgain();
      await engine.call('automatic', this.#automatic);
      const layout = await engine.call('run', settings);
      await this.#begin(engine, layout, program, settings.policy ?? program.policy);
    });
  }

  /**
   * Goes on where a snapshot was taken, here or elsewhere; a program that runs is stopped first, and the
   * snapshot's becomes the loaded one. What was printed before is printed again.
   *
   * @param {Uint8Array | ArrayBuffer} snapshot
   * @param {RestoreOptions} [options] where they need not be as they were
   * @returns {Promise<SnapshotDescription>} once it runs
   */
  async restore(snapshot, options = {}) {
    await this.#booted;
    const bytes = checkSnapshot(snapshot);
    return this.#exclusively(async () => {
      const { workers, heap, policy } = await (await this.#engines.usable()).call('describeSnapshot', bytes);
      const settings = checkRunOptions({ workers, heap, policy, ...options }, this.#timeouts);
      await this.#stopRun();
      const engine = await this.#engines.holding(settings);
      engine.cancellation.admitAgain();
      await engine.call('automatic', this.#automatic);
      const restored = await engine.call('restore', bytes, settings);
      const { program } = restored;
      this.#program = program;
      const source = restored.snapshot.source ? program.source : await engine.call('moduleBytes');
      if (source) this.#engines.remember(source);
      await this.#begin(engine, restored.layout, program, settings.policy ?? policy);
      return restored.snapshot;
    });
  }

  /**
   * Says what is in a snapshot.
   *
   * @param {Uint8Array | ArrayBuffer} snapshot
   * @returns {Promise<SnapshotDescription>}
   */
  async describeSnapshot(snapshot) {
    await this.#booted;
    return (await this.#engines.usable()).call('describeSnapshot', checkSnapshot(snapshot));
  }

  /** Ends the program, whatever it does. Resolves when no worker runs it any more. */
  async stop() {
    await this.#booted;
    // Before its turn: the control worker may be blocked in a pause that will never be complete.
    if (this.#run) this.#engines.current?.cancellation.close();
    return this.#exclusively(() => this.#stopRun());
  }

  /**
   * Stops the world, performs the reason's operation and holds until {@link resume}. Where the world is held
   * already, performs the operation in the same pause.
   *
   * @param {Reason} reason
   * @returns {Promise<Pause>} once the world is stopped
   */
  async pause(reason) {
    checkReason(reason);
    const { pause, mark } = await this.#request((engine, ticket) => engine.call('pause', reason, ticket));
    pause.hidden = this.#visibility.hiddenSince(mark);
    this.#held = pause;
    this.#say('pause', pause);
    return pause;
  }

  /**
   * Lets the world go.
   *
   * @returns {Promise<Pause>} the whole record
   */
  async resume() {
    const engine = this.#running();
    const mark = this.#visibility.mark();
    const { pause, stats } = await engine.call('resume');
    const hidden = this.#held?.hidden ?? false;
    if (!pause) throw new LabError('not-held', 'The world is not stopped.', 'Pause first.');
    pause.hidden = hidden || this.#visibility.hiddenSince(mark);
    this.#records.stats = stats;
    this.#records.add(pause);
    this.#held = null;
    this.#say('resume', pause);
    return pause;
  }

  /**
   * Stops the world, performs the reason's operation and lets it go; a world that is held stays so.
   *
   * @param {Reason} reason
   * @returns {Promise<Pause>} the record, whole unless the world is held
   */
  async cycle(reason) {
    checkReason(reason);
    const { pause: answer, mark } = await this.#request((engine, ticket) =>
      engine.call('cycle', reason, ticket),
    );
    this.#records.stats = answer.stats;
    answer.pause.hidden = this.#visibility.hiddenSince(mark);
    if (answer.pause.total !== null) this.#record(answer.pause);
    return answer.pause;
  }

  /**
   * Sets a breakpoint in the loaded program, for this run and those to come until another program is loaded.
   * A worker that comes there stops everybody: `pause` tells, with `halt`.
   *
   * @param {BreakpointOptions} options
   * @returns {Promise<Breakpoint>} where it is; a line without code means the next one that has some
   */
  async breakpoint(options) {
    await this.#booted;
    if (!this.#program) this.#lacksProgram();
    const { line, function: name, instruction, condition, hits } = options;
    return this.#engines.breakpoint({ line, function: name, instruction, condition, hits });
  }

  /**
   * Removes breakpoints.
   *
   * @param {number} [id] of the only one; all if left out
   */
  async clearBreakpoints(id) {
    await this.#booted;
    await this.#engines.clearBreakpoints(id ?? null);
  }

  /** The loaded program's breakpoints. @returns {Promise<Breakpoint[]>} */
  async breakpoints() {
    await this.#booted;
    return (await this.#engines.usable()).call('breakpoints');
  }

  /**
   * Has everybody stop when a task is about to trap, in this run and those to come.
   *
   * @param {boolean} on
   */
  async breakOnTrap(on) {
    await this.#booted;
    await this.#engines.breakOnTrap(on);
  }

  /** Every live task of the held world. @returns {Promise<Task[]>} */
  async tasks() {
    return this.#running().call('tasks');
  }

  /**
   * Has one task of the held world go on while everybody else stands still.
   *
   * @param {number} task
   * @param {StepKind} kind
   * @returns {Promise<Step>}
   */
  async step(task, kind) {
    return this.#running().call('step', task, kind);
  }

  /**
   * An object of the held world, and who holds it.
   *
   * @param {number} reference as in a local's `object`
   * @param {{ from?: number, count?: number }} [page] which of its fields or elements
   * @returns {Promise<HeapObject>}
   */
  async object(reference, { from = 0, count = 100 } = {}) {
    return this.#running().call('object', reference, from, count);
  }

  /** Lets everybody go on after a breakpoint; see {@link resume}. @returns {Promise<Pause>} */
  async continue() {
    return this.resume();
  }

  /** Collects the heap, in the held world or in a pause of its own. @returns {Promise<Collection>} */
  async collect() {
    const { outcome } = await this.cycle('gc');
    return /** @type {Collection} */ (outcome);
  }

  /** Cancels pauses that wait for their turn or for workers; they reject. */
  cancel() {
    this.#engines.current?.cancellation.cancelPending();
  }

  /**
   * Has pauses asked for by themselves.
   *
   * @param {Automatic | null} setting null for none
   */
  async automatic(setting) {
    if (setting) checkAutomatic(setting);
    this.#automatic = setting && { reason: setting.reason, everyMs: setting.everyMs };
    await this.#tell('automatic', this.#automatic);
  }

  /**
   * Sets what happens when workers are late.
   *
   * @param {Timeouts} timeouts
   */
  async setTimeouts({ warn, deadline }) {
    checkTimeouts({ warn, deadline });
    this.#timeouts = { warn, deadline };
    await this.#tell('timeouts', warn, deadline);
  }

  /**
   * @returns {Promise<Finished>} how the program ended: the one in progress, or the last one
   */
  async finished() {
    if (this.#lastRun) return this.#lastRun.ended;
    throw new LabError('not-running', 'No program has been run yet.', 'Run one first.');
  }

  /** Statistics of the run's pauses. @returns {Stats} */
  stats() {
    return structuredClone(this.#records.stats);
  }

  /** Every worker of the run as it is now; empty before the first run. @returns {WorkerStatus[]} */
  workers() {
    return this.#lastRun?.spectator?.workers() ?? [];
  }

  /**
   * Hands over all events since the last call, worker by worker, each worker's in order.
   *
   * @param {(event: LabEvent) => void} callback called with one object that is used again for the next
   * @returns {{ events: number, dropped: number }} how many were handed over, and how many were overwritten
   *   before anybody read them
   */
  drain(callback) {
    return this.#records.drain(callback);
  }

  /**
   * The run as far as it is kept, for Perfetto or a browser's profiler: the last 2,000 pauses and the last
   * quarter of a million events.
   *
   * @returns {Trace} in the Trace Event format; its JSON text is the file
   */
  trace() {
    return this.#records.trace(this.#held, this.clockStep);
  }

  /**
   * The run as far as it is kept, to be shown once more, here or elsewhere (docs/recorded-run-format.md): the
   * last 2,000 pauses and 100,000 events, as many of their tasks and as much of the output as anybody reads.
   *
   * @param {RecordedOptions} [options] `title`: what it is called; `pause`: no more than what happened around
   *   this one; of that, `listing: false` leaves out the bytecode, `around: false` what came before and after, `tasks: false`
   *   where each task stood
   * @returns {RecordedFile} its JSON text is the file
   */
  recordedRun(options = {}) {
    return this.#records.recorded(this.#held, this.clockStep, options);
  }

  /**
   * Has the page show a pause.
   *
   * @param {Pause | number | null} pause it or its number; null for what happens now
   */
  select(pause) {
    const id = typeof pause === 'object' ? (pause?.id ?? null) : pause;
    if (id !== null && this.#held?.id !== id && !this.#records.pauses.some((kept) => kept.id === id))
      throw new LabError(
        'invalid',
        `There is no pause ${id}.`,
        'Take one of `lab.pauses`, or null for what happens now.',
      );
    this.#say('select', id);
  }

  /** Hits of every poll site of the run, by its number. @returns {Promise<Float64Array>} */
  async hits() {
    return (await this.#engines.usable()).call('hits');
  }

  /**
   * Takes a snapshot: stops the world, unless it is held already, and lets it go again.
   *
   * @returns {Promise<Uint8Array>} what {@link restore} takes
   */
  async snapshot() {
    const held = this.#held !== null;
    await this.pause('snapshot');
    try {
      return await this.snapshotBytes();
    } finally {
      if (!held) await this.resume();
    }
  }

  /** The state of the held world as a file. @returns {Promise<Uint8Array>} */
  async snapshotBytes() {
    return this.#running().call('snapshotBytes');
  }

  /** The loaded program as a binary module. @returns {Promise<Uint8Array>} */
  async moduleBytes() {
    const bytes = this.#program && (await (await this.#engines.usable()).call('moduleBytes'));
    return bytes ?? this.#lacksProgram();
  }

  /** The loaded program as text. @returns {Promise<string>} */
  async disassemble() {
    const text = this.#program && (await (await this.#engines.usable()).call('disassemble'));
    return text ?? this.#lacksProgram();
  }

  /** The instruction set, for an editor. @returns {Promise<any>} */
  async instructionSet() {
    await this.#booted;
    return (await this.#engines.usable()).call('instructionSet');
  }

  /** @param {LabOptions} options */
  async #boot({ workers, isolated }) {
    try {
      await isolated;
      const lack = missing(globalThis);
      if (lack) throw lack;
      await this.#engines.start();
      if (workers) this.#exclusively(() => this.#engines.holding({ workers })).catch(() => {}); // the first run tells
      this.#enter('empty');
    } catch (thrown) {
      this.#enter('failed');
      throw asLabError(thrown, 'starting');
    }
  }

  /**
   * A run has begun in an engine.
   *
   * @param {Engine} engine
   * @param {Layout} layout
   * @param {Program} program
   * @param {PollPolicy} policy under which it runs
   */
  async #begin(engine, layout, program, policy) {
    engine.cancellation.target = layout.cancel;
    this.#newsMark = this.#visibility.mark();
    const spectator = new Spectator(engine.memory, layout, program, policy);
    this.#run = this.#lastRun = new Run(spectator, (warning) => this.#say('warning', warning));
    this.#records.begin(this.#run, program, policy);
    this.#enter('running');
    await this.#run.started();
  }

  /**
   * Passes a setting on to the run in progress, if there is one.
   *
   * @template {'automatic' | 'timeouts'} Name
   * @param {Name} name
   * @param {Parameters<Commands[Name]>} args
   */
  async #tell(name, ...args) {
    const engine = this.#engines.current;
    if (this.#run && engine?.usable) await engine.call(name, ...args);
  }

  /** Ends the run in progress, if there is one. */
  async #stopRun() {
    const run = this.#run;
    const engine = this.#engines.current;
    if (!run || !engine) return;
    this.#enter('stopping');
    engine.cancellation.close();
    engine.call('stop').catch(() => {}); // its effect is what counts
    const late = () => new LabError('stopped', 'The program was stopped.', 'Run it again.');
    await within(run.ended, STOP_LIMIT_MS, late).catch((error) => {
      // A loop without a poll: nothing but the end of its worker stops it.
      engine.terminate(error);
      this.#records.end();
      run.lose();
      this.#endRun({ result: null, output: run.output, trap: null });
      this.#exclusively(() => this.#engines.usable()).catch(() => {}); // the next load tells
    });
  }

  /** @param {Program | null} program */
  #setProgram(program) {
    this.#program = program;
    if (!this.#run) this.#enter(program ? 'ready' : 'empty');
  }

  /**
   * Asks for a pause.
   *
   * @template T
   * @param {(engine: Engine, ticket: number) => Promise<T>} ask
   */
  async #request(ask) {
    const engine = this.#running();
    const mark = this.#visibility.mark();
    try {
      return { pause: await ask(engine, engine.cancellation.issue()), mark };
    } catch (thrown) {
      const error = asLabError(thrown, 'stopping the world');
      if (error.code === 'timed-out')
        this.#say('timeout', { message: error.message, stragglers: error.stragglers });
      throw error;
    }
  }

  /** @returns {Engine} of the run in progress */
  #running() {
    const engine = this.#engines.current;
    if (this.#run && engine) return engine;
    throw new LabError('not-running', 'No program is running.', 'Run one first.');
  }

  /** @param {Notice} notice */
  #onNotice(notice) {
    if (notice.type === 'timed-out') {
      this.#say('timeout', { message: notice.error.message, stragglers: notice.error.stragglers ?? [] });
    } else if (notice.type === 'news') {
      if (notice.stats) this.#records.stats = notice.stats;
      this.#onNews(notice.news);
    }
  }

  /** @param {News} news */
  #onNews({ output, pauses, held, finished }) {
    const run = this.#run;
    if (!run) return;
    const hidden = this.#visibility.hiddenSince(this.#newsMark);
    this.#newsMark = this.#visibility.mark();
    for (const pause of pauses) {
      pause.hidden = hidden;
      this.#record(pause);
    }
    if (output) {
      run.print(output);
      this.#say('output', output);
    }
    if (held) {
      held.hidden = hidden;
      this.#held = held;
      this.#say('pause', held);
    }
    if (finished) this.#endRun(finished);
  }

  /** @param {Pause} pause one that is over */
  #record(pause) {
    if (!this.#records.add(pause)) return;
    this.#say('pause', pause);
    this.#say('resume', pause);
  }

  /** @param {Finished} finished */
  #endRun(finished) {
    const run = this.#run;
    if (!run) return;
    this.#run = this.#held = null;
    this.#records.end();
    run.end(finished);
    this.#enter(this.#state === 'stopping' ? 'stopped' : 'finished');
    this.#say('finished', finished);
  }

  /**
   * @param {Engine} engine
   * @param {string} worker
   * @param {string} message
   */
  async #onDeath(engine, worker, message) {
    if (!engine.usable) return;
    this.#say('died', { worker, message });
    const error = new LabError(
      'failed',
      `The ${worker} crashed: ${message}.`,
      'Run the program again: it gets fresh workers.',
    );
    const run = engine === this.#engines.current ? this.#run : null;
    if (run) await within(engine.settled(), DEATH_LIMIT_MS, () => error).catch(() => {});
    engine.terminate(error);
    if (!run || run !== this.#run) return;
    this.#run = this.#held = null;
    this.#records.end();
    run.lose();
    run.fail(error);
    this.#enter('failed');
    this.#say('error', { message: error.message, advice: error.advice });
  }

  /** @returns {never} */
  #lacksProgram() {
    throw new LabError('no-program', 'There is no program.', 'Load one without errors first.');
  }

  /**
   * @template T
   * @param {() => Promise<T>} action
   * @returns {Promise<T>} of the action, begun when those before it are over
   */
  #exclusively(action) {
    const result = this.#queue.then(action);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** @param {State} state */
  #enter(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#say('state', state);
  }

  /**
   * @template {keyof LabEvents} Name
   * @param {Name} name
   * @param {LabEvents[Name]} detail
   */
  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
