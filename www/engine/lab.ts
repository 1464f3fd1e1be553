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

import { bundledExamples } from './bundled-examples.ts';
import { measureClockStep } from './clock-step.ts';
import { readCode } from './code-reader.ts';
import { LabError } from './errors.ts';
import { instructionSet } from './instruction-set.ts';
import { checkAutomatic, checkPolicy, checkReason, checkRunOptions, checkTimeouts } from './run-options.ts';
import { Runs } from './runs.ts';
import { checkSnapshot, checkSource } from './source.ts';
import { restoreRun, startRun } from './starting.ts';
import { samePolicy } from '../run/policy.ts';
import type { RecordedFile } from '../run/recorded.ts';
import type { Engines, Listener } from './engines.ts';
import type { Phase } from '../run/phases.ts';
import type {
  Compiled,
  Automatic,
  Awaiting,
  Breakpoint,
  BreakpointOptions,
  CodeText,
  Collection,
  EventReader,
  Example,
  Finished,
  Handshake,
  HeapObject,
  InstructionInfo,
  LabEvents,
  LabOptions,
  LoadResult,
  PathBound,
  Pause,
  PollPolicy,
  Program,
  Ran,
  Reason,
  RecordedOptions,
  RestoreOptions,
  RunOptions,
  Schedule,
  SnapshotDescription,
  Stats,
  Step,
  StepKind,
  Task,
  Timeouts,
  Trace,
  WorkerStatus,
} from '../run/types.ts';

export function createLab(options?: LabOptions): Lab {
  return new Lab(options);
}

/**
 * Takes programs, runs them on workers, stops the world and tells what that cost. Nothing blocks the page. Every promise
 * settles once; it rejects with a {@link LabError}.
 */
export class Lab extends EventTarget {
  #runs: Runs;

  /** Step of the browser's clock in microseconds. */
  readonly clockStep: number = measureClockStep();

  /** Resolves when the engine can take a program. */
  #booted: Promise<void>;

  /** Resolves when scripts have their turn: the engine can take a program, and a page of the lab has started its own. */
  ready: Promise<void>;

  /** @internal `makeEngines`: for tests */
  constructor(options: LabOptions = {}, makeEngines?: (listener: Listener) => Engines) {
    super();
    this.#runs = new Runs(
      (name, detail) => this.dispatchEvent(new CustomEvent(name, { detail })),
      makeEngines,
    );
    this.ready = this.#booted = this.#runs.boot(options);
    // Code that awaits it gets the error; no code has to.
    this.ready.catch(() => {});
  }

  /** What the lab is doing; the event `state` tells of each change. */
  get state(): Phase {
    return this.#runs.phases.now;
  }

  /** What the world is being stopped for, or is stopped for; null while it runs. */
  get reason(): Reason | null {
    return this.#runs.reason;
  }

  /** The program that the next run takes, null when there is none. */
  get program(): Program | null {
    return this.#runs.program;
  }

  /** What runs, or ran last; null before the first run. */
  get ran(): Ran | null {
    return this.#runs.records.ran;
  }

  /** The pause that holds the world, null while it runs. */
  get held(): Pause | null {
    return this.#runs.held;
  }

  /** The last records of pauses that are over, oldest first. */
  get pauses(): Pause[] {
    return this.#runs.records.pauses;
  }

  /** What pauses are asked for by themselves, null for none. */
  get automaticPauses(): Automatic | null {
    return this.#runs.automatic;
  }

  /** Programs to begin with. */
  examples(): Example[] {
    return bundledExamples();
  }

  /**
   * Hears an event.
   *
   * @returns ends that
   */
  on<Name extends keyof LabEvents>(name: Name, callback: (detail: LabEvents[Name]) => void): () => void {
    const listener = (event: Event) => callback((event as CustomEvent).detail);
    this.addEventListener(name, listener);
    return () => this.removeEventListener(name, listener);
  }

  /**
   * Takes a program for the next run; one that runs goes on.
   *
   * @param textOrBytes TypeScript or assembler, or a binary module
   * @returns with the program's faults, if any
   */
  async load(textOrBytes: string | Uint8Array | ArrayBuffer): Promise<LoadResult> {
    await this.#engine();
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

  /** Starts the program that was loaded last; one that runs is stopped first. */
  async run(options: RunOptions = {}): Promise<void> {
    await this.#engine();
    const settings = checkRunOptions(options, this.#runs.timeouts);
    if (this.#runs.program) this.#runs.starting();
    return this.#runs.start(() => startRun(this.#runs, settings));
  }

  /**
   * Goes on where a snapshot was taken, here or elsewhere; a program that runs is stopped first, and the
   * snapshot's becomes the loaded one. What was printed before is printed again.
   *
   * @param options where they need not be as they were
   * @returns once it runs
   */
  async restore(
    snapshot: Uint8Array | ArrayBuffer,
    options: RestoreOptions = {},
  ): Promise<SnapshotDescription> {
    await this.#engine();
    const bytes = checkSnapshot(snapshot);
    return this.#runs.start(() => restoreRun(this.#runs, bytes, options));
  }

  /** Says what is in a snapshot. */
  async describeSnapshot(snapshot: Uint8Array | ArrayBuffer): Promise<SnapshotDescription> {
    await this.#engine();
    return this.#runs.engines.describe(checkSnapshot(snapshot));
  }

  /** Ends the program, whatever it does. Resolves when no worker runs it any more. */
  async stop(): Promise<void> {
    await this.#engine();
    this.#runs.ending();
    // Before its turn: the control worker may be blocked in a pause that will never be complete.
    if (this.#runs.run) this.#runs.engines.current?.cancellation.close();
    return this.#runs.exclusively(() => this.#runs.stopRun());
  }

  /**
   * Stops the world, performs the reason's operation and holds until {@link resume}. Where the world is held
   * already, performs the operation in the same pause.
   *
   * @returns once the world is stopped
   */
  async pause(reason: Reason): Promise<Pause> {
    checkReason(reason);
    return this.#runs.request(reason, async (engine, ticket) => {
      const pause = await engine.call('pause', reason, ticket);
      this.#runs.stands(pause);
      return pause;
    });
  }

  /**
   * Releases the world. If another requester waits for the same reason, for example a task that has come to a
   * breakpoint at the same time, it gets the world first: the world stays stopped, and the pause goes on. When the
   * answer comes, {@link held} is the pause of that requester, or null.
   *
   * @returns the record, whole unless the pause goes on
   */
  async resume(): Promise<Pause> {
    const engine = this.#runs.running();
    const { held } = this;
    const answer = await engine.call('resume');
    if (!answer.pause) throw new LabError('not-held', 'The world is not stopped.', 'Pause first.');
    return this.#runs.letGo(held, answer.pause, answer.stats);
  }

  /**
   * Stops the world, performs the reason's operation and lets it go; a world that is held stays so.
   *
   * @returns the record, whole unless the pause goes on as at {@link resume}, or was held before
   */
  async cycle(reason: Reason): Promise<Pause> {
    checkReason(reason);
    return this.#runs.request(reason, async (engine, ticket) => {
      const { held } = this;
      const answer = await engine.call('cycle', reason, ticket);
      const pause = this.#runs.told(answer.pause, answer.stats);
      if (held?.id === pause.id && this.held?.id === pause.id) this.#runs.stands(pause);
      return pause;
    });
  }

  /**
   * Waits until one worker has come to its next poll, or stands where it counts as stopped; all others run on.
   *
   * @param worker its number
   * @returns how long that took; rejects when the run ends before
   */
  async handshake(worker: number): Promise<Handshake> {
    return this.#runs.handshake(worker);
  }

  /**
   * Sets a breakpoint in the program that was loaded last without errors, for this run and those to come until
   * another one is. A worker that comes there stops the world: `pause` tells, with `halt`.
   *
   * @returns where it is; a line without code means the next one that has some
   */
  async breakpoint(options: BreakpointOptions): Promise<Breakpoint> {
    await this.#engine();
    if (!this.#runs.engines.hasProgram) this.#runs.lacksProgram();
    const { line, column, function: name, instruction, condition, hits, id } = options;
    return this.#runs.engines.breakpoint({ line, column, function: name, instruction, condition, hits, id });
  }

  /**
   * Removes breakpoints.
   *
   * @param id of the only one; all if left out
   */
  async clearBreakpoints(id?: number): Promise<void> {
    await this.#engine();
    await this.#runs.engines.clearBreakpoints(id ?? null);
  }

  /** The loaded program's breakpoints. While a stop does not come their counts are those that were told last. */
  async breakpoints(): Promise<Breakpoint[]> {
    await this.#engine();
    return this.#runs.engines.breakpoints(this.#runs.isWaiting);
  }

  /** Has the world stopped when a task is about to trap, in this run and those to come. */
  async breakOnTrap(on: boolean): Promise<void> {
    await this.#engine();
    await this.#runs.engines.breakOnTrap(on);
  }

  /** Every live task of the held world. */
  async tasks(): Promise<Task[]> {
    return this.#runs.running().call('tasks');
  }

  /** Has one task of the held world go on while all others stand still. */
  async step(task: number, kind: StepKind): Promise<Step> {
    const step = await this.#runs.running().call('step', task, kind);
    this.#runs.say('step', { task, step });
    return step;
  }

  /**
   * An object of the held world, and what refers to it.
   *
   * @param reference as in a local's `object`
   * @param page which of its fields or elements
   */
  async object(
    reference: number,
    { from = 0, count = 100 }: { from?: number; count?: number } = {},
  ): Promise<HeapObject> {
    return this.#runs.running().call('object', reference, from, count);
  }

  /** Lets all workers run again after a breakpoint; see {@link resume}. */
  async continue(): Promise<Pause> {
    return this.resume();
  }

  /** Collects the heap, in the held world or in a pause of its own. */
  async collect(): Promise<Collection> {
    const { outcome } = await this.cycle('gc');
    return outcome as Collection;
  }

  /** Cancels pauses that wait for their turn or for workers; they reject. */
  cancel(): void {
    this.#runs.engines.current?.cancellation.cancelPending();
  }

  /**
   * Has pauses asked for by themselves.
   *
   * @param setting null for none
   */
  async automatic(setting: Automatic | null): Promise<void> {
    this.#runs.check();
    if (setting) checkAutomatic(setting);
    this.#runs.automatic = setting && { reason: setting.reason, everyMs: setting.everyMs };
    await this.#runs.tell('automatic', this.#runs.automatic);
  }

  /** Sets what happens when workers are late. */
  async setTimeouts({ warn, deadline }: Timeouts): Promise<void> {
    this.#runs.check();
    checkTimeouts({ warn, deadline });
    this.#runs.timeouts = { warn, deadline };
    await this.#runs.tell('timeouts', warn, deadline);
  }

  /** @returns how the program ended: the one in progress, or the last one */
  async finished(): Promise<Finished> {
    this.#runs.check();
    if (this.#runs.lastRun) return this.#runs.lastRun.ended;
    throw new LabError('not-running', 'No program has been run yet.', 'Run one first.');
  }

  /** Statistics of the run's pauses. */
  stats(): Stats {
    return structuredClone(this.#runs.records.stats);
  }

  /**
   * What the workers of the run do, how many tasks are ready, and how long tasks were ready before they ran; of a run
   * that is over, as it ended.
   *
   * @returns as it was within the last second; null where that is not known, as while a stop does not come
   */
  schedule(): Schedule | null {
    return structuredClone(this.#runs.lastRun?.schedule ?? null);
  }

  /** Every worker of the run as it is now; empty before the first run. */
  workers(): WorkerStatus[] {
    return this.#runs.workers();
  }

  /** What is compiled of the program that runs, or ran last; null: nothing. */
  compiled(): Compiled | null {
    return structuredClone(this.#runs.lastRun?.compiled ?? null);
  }

  /**
   * The WebAssembly of a function of the program that runs, or ran last, and where it polls.
   *
   * @param name of the function
   * @returns one for each place at which its code is entered; none: it is not compiled
   */
  async webAssembly(name: string): Promise<CodeText[]> {
    const { code = null } = this.#runs.lastRun ?? {};
    return code ? readCode(code, this.#runs.records.ran?.program.listing ?? [], name) : [];
  }

  /** Who keeps the stop that is under way from coming, and what is known of why. */
  awaiting(): Awaiting | null {
    return this.#runs.run?.spectator?.awaiting() ?? null;
  }

  /**
   * A reader of the events: of all that are kept of this run, and of all that follow, in runs to come, too. What it is
   * handed is taken away from no other reader.
   */
  reader(): EventReader {
    const reader = this.#runs.records.reader();
    return (callback) => this.#runs.records.drain(callback, reader);
  }

  /**
   * The run as far as it is kept, for Perfetto or a browser's profiler: the last 2,000 pauses and the last
   * quarter of a million events.
   *
   * @returns in the Trace Event format; its JSON text is the file
   */
  trace(): Trace {
    return this.#runs.records.trace(this.#runs.held, this.clockStep);
  }

  /**
   * The run as far as it is kept, to be shown once more, here or elsewhere (docs/recorded-run-format.md): the
   * last 2,000 pauses and 100,000 events, as many of their tasks and as much of the output as a reader can take in.
   * How often sites polled is in it as {@link hits} was told last.
   *
   * @returns its JSON text is the file
   */
  recordedRun(options: RecordedOptions = {}): RecordedFile {
    this.#runs.check();
    return this.#runs.records.recorded(this.#runs.held, this.clockStep, options);
  }

  /** Hits of every poll site of the run, by its number; while a stop does not come, as they were told last. */
  async hits(): Promise<Float64Array> {
    this.#runs.check();
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
   * @returns what {@link restore} takes
   */
  async snapshot(): Promise<Uint8Array> {
    const held = this.#runs.held !== null;
    await this.pause('snapshot');
    try {
      return await this.snapshotBytes();
    } finally {
      if (!held) await this.resume();
    }
  }

  /** The state of the held world as a file. */
  async snapshotBytes(): Promise<Uint8Array> {
    return this.#runs.running().call('snapshotBytes');
  }

  /**
   * The loaded program's longest paths without a poll, function by function: from the program alone, so whatever
   * runs.
   *
   * @param policy where it would poll; as the program asks if left out
   */
  async bounds(policy?: PollPolicy): Promise<PathBound[]> {
    this.#runs.check();
    const { program } = this;
    if (!program) return this.#runs.lacksProgram();
    const wanted = policy ? checkPolicy(policy) : program.policy;
    if (samePolicy(wanted, program.policy)) return program.bounds;
    return this.#runs.engines.language.ask('bounds', wanted);
  }

  /** The loaded program as a binary module. */
  async moduleBytes(): Promise<Uint8Array> {
    this.#runs.check();
    const bytes = this.#runs.program && this.#runs.engines.moduleBytes;
    return bytes?.slice() ?? this.#runs.lacksProgram();
  }

  /** The loaded program as text. */
  async disassemble(): Promise<string> {
    this.#runs.check();
    const text = this.#runs.program && (await this.#runs.engines.language.ask('disassemble'));
    return text ?? this.#runs.lacksProgram();
  }

  /** The instruction set, for an editor. */
  async instructionSet(): Promise<InstructionInfo[]> {
    await this.#engine();
    return structuredClone(await instructionSet());
  }

  /**
   * Ends the run, if there is one, and all workers, and lets go of the memory and of what was recorded. What was asked
   * and has no answer yet rejects, and so does what is asked later; {@link finished}, asked before, tells of a run that
   * was stopped.
   */
  dispose(): void {
    this.#runs.dispose();
  }

  /** Settles when the engine takes what is asked of it. */
  async #engine() {
    this.#runs.check();
    await this.#booted;
    this.#runs.check();
  }
}
