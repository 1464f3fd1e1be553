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
import { LabError } from './errors.js';
import { checkAutomatic, checkPolicy, checkReason, checkRunOptions, checkTimeouts } from './run-options.js';
import { Runs } from './runs.js';
import { checkSnapshot, checkSource } from './source.js';
import { restoreRun, startRun } from './starting.js';

/** @import { RecordedFile } from './recorded.js' */
/** @import { RecordedOptions } from './records.js' */
/** @import { Automatic, Awaiting, Breakpoint, BreakpointOptions, Collection, Finished, HeapObject, LabEvent, LabEvents, LabOptions, LoadResult, PathBound, Pause, PollPolicy, Reason, RestoreOptions, RunOptions, Schedule, SnapshotDescription, Stats, Step, StepKind, Task, Timeouts, Trace, WorkerStatus } from './types.js' */

/** @param {LabOptions} [options] */
export function createLab(options) {
  return new Lab(options);
}

export class Lab extends EventTarget {
  #runs = new Runs((name, detail) => this.dispatchEvent(new CustomEvent(name, { detail })));

  /** @type {LabOptions['link']} */
  #link;

  #drain = this.reader();

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
    this.#booted = this.#runs.boot(options);
    this.ready = this.#booted.then(() => options.first?.(this)).then(() => {});
    // Code that awaits it gets the error; no code has to.
    this.ready.catch(() => {});
  }

  /** What the lab is doing. */
  get state() {
    return this.#runs.state;
  }

  /** The program that the next run takes, null when there is none. */
  get program() {
    return this.#runs.program;
  }

  /** What runs, or ran last; null before the first run. */
  get ran() {
    return this.#runs.records.ran;
  }

  /** The pause that holds the world, null while it runs. */
  get held() {
    return this.#runs.held;
  }

  /** The last records of pauses that are over, oldest first. */
  get pauses() {
    return this.#runs.records.pauses;
  }

  /** What pauses are asked for by themselves, null for none. */
  get automaticPauses() {
    return this.#runs.automatic;
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
      this.#runs.setProgram(null);
      return checked.refused;
    }
    return this.#runs.exclusively(async () => {
      const result = await this.#runs.engines.load(checked.source);
      this.#runs.setProgram(result.program);
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
    const settings = checkRunOptions(options, this.#runs.timeouts);
    return this.#runs.exclusively(() => startRun(this.#runs, settings));
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
    return this.#runs.exclusively(() => restoreRun(this.#runs, bytes, options));
  }

  /**
   * Says what is in a snapshot.
   *
   * @param {Uint8Array | ArrayBuffer} snapshot
   * @returns {Promise<SnapshotDescription>}
   */
  async describeSnapshot(snapshot) {
    await this.#booted;
    return this.#runs.engines.describe(checkSnapshot(snapshot));
  }

  /** Ends the program, whatever it does. Resolves when no worker runs it any more. */
  async stop() {
    await this.#booted;
    // Before its turn: the control worker may be blocked in a pause that will never be complete.
    if (this.#runs.run) this.#runs.engines.current?.cancellation.close();
    return this.#runs.exclusively(() => this.#runs.stopRun());
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
    const pause = await this.#runs.request((engine, ticket) => engine.call('pause', reason, ticket));
    this.#runs.held = pause;
    this.#runs.say('pause', pause);
    return pause;
  }

  /**
   * Releases the world. If another requester waits for the same reason, for example a task that has come to a
   * breakpoint at the same time, it gets the world first: the world stays stopped, and the pause goes on. When the
   * answer comes, {@link held} is the pause of that requester, or null.
   *
   * @returns {Promise<Pause>} the record, whole unless the pause goes on
   */
  async resume() {
    const engine = this.#runs.running();
    const { held } = this;
    const answer = await engine.call('resume');
    if (!answer.pause) throw new LabError('not-held', 'The world is not stopped.', 'Pause first.');
    return this.#runs.letGo(held, answer.pause, answer.stats);
  }

  /**
   * Stops the world, performs the reason's operation and lets it go; a world that is held stays so.
   *
   * @param {Reason} reason
   * @returns {Promise<Pause>} the record, whole unless the pause goes on as at {@link resume}, or was held before
   */
  async cycle(reason) {
    checkReason(reason);
    const answer = await this.#runs.request((engine, ticket) => engine.call('cycle', reason, ticket));
    return this.#runs.told(answer.pause, answer.stats);
  }

  /**
   * Sets a breakpoint in the program that was loaded last without errors, for this run and those to come until
   * another one is. A worker that comes there stops the world: `pause` tells, with `halt`.
   *
   * @param {BreakpointOptions} options
   * @returns {Promise<Breakpoint>} where it is; a line without code means the next one that has some
   */
  async breakpoint(options) {
    await this.#booted;
    if (!this.#runs.engines.hasProgram) this.#runs.lacksProgram();
    const { line, function: name, instruction, condition, hits, id } = options;
    return this.#runs.engines.breakpoint({ line, function: name, instruction, condition, hits, id });
  }

  /**
   * Removes breakpoints.
   *
   * @param {number} [id] of the only one; all if left out
   */
  async clearBreakpoints(id) {
    await this.#booted;
    await this.#runs.engines.clearBreakpoints(id ?? null);
  }

  /**
   * The loaded program's breakpoints. While a stop does not come their counts are those that were told last.
   *
   * @returns {Promise<Breakpoint[]>}
   */
  async breakpoints() {
    await this.#booted;
    return this.#runs.engines.breakpoints(this.#runs.isWaiting);
  }

  /**
   * Has the world stopped when a task is about to trap, in this run and those to come.
   *
   * @param {boolean} on
   */
  async breakOnTrap(on) {
    await this.#booted;
    await this.#runs.engines.breakOnTrap(on);
  }

  /** Every live task of the held world. @returns {Promise<Task[]>} */
  async tasks() {
    return this.#runs.running().call('tasks');
  }

  /**
   * Has one task of the held world go on while all others stand still.
   *
   * @param {number} task
   * @param {StepKind} kind
   * @returns {Promise<Step>}
   */
  async step(task, kind) {
    return this.#runs.running().call('step', task, kind);
  }

  /**
   * An object of the held world, and what refers to it.
   *
   * @param {number} reference as in a local's `object`
   * @param {{ from?: number, count?: number }} [page] which of its fields or elements
   * @returns {Promise<HeapObject>}
   */
  async object(reference, { from = 0, count = 100 } = {}) {
    return this.#runs.running().call('object', reference, from, count);
  }

  /** Lets all workers run again after a breakpoint; see {@link resume}. @returns {Promise<Pause>} */
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
    this.#runs.engines.current?.cancellation.cancelPending();
  }

  /**
   * Has pauses asked for by themselves.
   *
   * @param {Automatic | null} setting null for none
   */
  async automatic(setting) {
    if (setting) checkAutomatic(setting);
    this.#runs.automatic = setting && { reason: setting.reason, everyMs: setting.everyMs };
    await this.#runs.tell('automatic', this.#runs.automatic);
  }

  /**
   * Sets what happens when workers are late.
   *
   * @param {Timeouts} timeouts
   */
  async setTimeouts({ warn, deadline }) {
    checkTimeouts({ warn, deadline });
    this.#runs.timeouts = { warn, deadline };
    await this.#runs.tell('timeouts', warn, deadline);
  }

  /**
   * @returns {Promise<Finished>} how the program ended: the one in progress, or the last one
   */
  async finished() {
    if (this.#runs.lastRun) return this.#runs.lastRun.ended;
    throw new LabError('not-running', 'No program has been run yet.', 'Run one first.');
  }

  /** Statistics of the run's pauses. @returns {Stats} */
  stats() {
    return structuredClone(this.#runs.records.stats);
  }

  /**
   * What the workers of the run do, how many tasks are ready, and how long tasks were ready before they ran; of a run
   * that is over, as it ended.
   *
   * @returns {Schedule | null} as it was within the last second; null where that is not known, as while a stop does not come
   */
  schedule() {
    return structuredClone(this.#runs.lastRun?.schedule ?? null);
  }

  /** Every worker of the run as it is now; empty before the first run. @returns {WorkerStatus[]} */
  workers() {
    return this.#runs.workers();
  }

  /** Who keeps the stop that is under way from coming, and what is known of why. @returns {Awaiting | null} */
  awaiting() {
    return this.#runs.run?.spectator?.awaiting() ?? null;
  }

  /**
   * Hands over all events since the last call, worker by worker, each worker's in order.
   *
   * @param {(event: LabEvent) => void} callback called with one object that is used again for the next
   * @returns {{ events: number, dropped: number }} how many were handed over, and how many were overwritten
   *   before they were read
   */
  drain(callback) {
    return this.#drain(callback);
  }

  /**
   * Another reader of all events: what it is handed is not taken away from {@link drain}, nor from other readers.
   *
   * @returns {Lab['drain']}
   */
  reader() {
    const reader = this.#runs.records.reader();
    return (callback) => this.#runs.records.drain(callback, reader);
  }

  /**
   * The run as far as it is kept, for Perfetto or a browser's profiler: the last 2,000 pauses and the last
   * quarter of a million events.
   *
   * @returns {Trace} in the Trace Event format; its JSON text is the file
   */
  trace() {
    return this.#runs.records.trace(this.#runs.held, this.clockStep);
  }

  /**
   * The run as far as it is kept, to be shown once more, here or elsewhere (docs/recorded-run-format.md): the
   * last 2,000 pauses and 100,000 events, as many of their tasks and as much of the output as a reader can take in.
   * How often sites polled is in it as {@link hits} was told last.
   *
   * @param {RecordedOptions} [options] `title`: what it is called; `pause`: no more than what happened around
   *   this one; of that, `listing: false` leaves out the bytecode, `around: false` what came before and after, `tasks: false`
   *   where each task stood
   * @returns {RecordedFile} its JSON text is the file
   */
  recordedRun(options = {}) {
    return this.#runs.records.recorded(this.#runs.held, this.clockStep, options);
  }

  /**
   * Has the page show a pause.
   *
   * @param {Pause | number | null} pause it or its number; null for what happens now
   */
  select(pause) {
    const id = typeof pause === 'object' ? (pause?.id ?? null) : pause;
    if (
      id !== null &&
      this.#runs.held?.id !== id &&
      !this.#runs.records.pauses.some((kept) => kept.id === id)
    )
      throw new LabError(
        'invalid',
        `There is no pause ${id}.`,
        'Take one of `lab.pauses`, or null for what happens now.',
      );
    this.#runs.say('select', id);
  }

  /**
   * Hits of every poll site of the run, by its number; while a stop does not come, as they were told last.
   *
   * @returns {Promise<Float64Array>}
   */
  async hits() {
    const run = this.#runs.lastRun;
    const before = this.#runs.isWaiting && this.#runs.records.hits;
    if (before) return Float64Array.from(before);
    const hits = await this.#runs.engines.ask('hits');
    this.#runs.records.counted(run, hits);
    return hits;
  }

  /**
   * Takes a snapshot: stops the world, unless it is held already, and lets it go again.
   *
   * @returns {Promise<Uint8Array>} what {@link restore} takes
   */
  async snapshot() {
    const held = this.#runs.held !== null;
    await this.pause('snapshot');
    try {
      return await this.snapshotBytes();
    } finally {
      if (!held) await this.resume();
    }
  }

  /** The state of the held world as a file. @returns {Promise<Uint8Array>} */
  async snapshotBytes() {
    return this.#runs.running().call('snapshotBytes');
  }

  /**
   * The loaded program's longest paths without a poll, function by function: from the program alone, so whatever
   * runs.
   *
   * @param {PollPolicy} [policy] where it would poll; as the program asks if left out
   * @returns {Promise<PathBound[]>}
   */
  async bounds(policy) {
    const { program } = this;
    if (!program) return this.#runs.lacksProgram();
    if (!policy) return program.bounds;
    return this.#runs.engines.language.ask('bounds', checkPolicy(policy));
  }

  /** The loaded program as a binary module. @returns {Promise<Uint8Array>} */
  async moduleBytes() {
    const bytes = this.#runs.program && (await this.#runs.engines.language.ask('moduleBytes'));
    return bytes ?? this.#runs.lacksProgram();
  }

  /** The loaded program as text. @returns {Promise<string>} */
  async disassemble() {
    const text = this.#runs.program && (await this.#runs.engines.language.ask('disassemble'));
    return text ?? this.#runs.lacksProgram();
  }

  /** The instruction set, for an editor. @returns {Promise<any>} */
  async instructionSet() {
    await this.#booted;
    return this.#runs.engines.language.ask('instructionSet');
  }
}
