/**
 * The lab's runs, one after the other: how they begin and end, what an engine tells unasked, and what becomes of a
 * run whose engine breaks. The lab asks; what happens is said to its listeners.
 */

import { Engines } from './engines.ts';
import { LabError, asLabError } from './errors.ts';
import { within, withResolvers } from './promises.ts';
import { Phases } from '../run/phases.ts';
import { Records } from './records.ts';
import { Run } from './run.ts';
import { Spectator } from './spectator.ts';
import { missing } from './support.ts';
import { Visibility } from './visibility.ts';
import type { Commands, News, Notice, Wanted } from './messages.ts';
import type { Engine } from './engine.ts';
import type { Listener } from './engines.ts';
import type {
  Compiled,
  Automatic,
  Finished,
  Handshake,
  LabEvents,
  LabOptions,
  Layout,
  Pause,
  Program,
  Ran,
  Reason,
  Stats,
  Timeouts,
} from '../run/types.ts';

// Workers that poll leave within a time slice each; beyond this they never will.
const STOP_LIMIT_MS = 2000;
// A worker's crash marks it dead, so that a pause which waits for it completes.
const DEATH_LIMIT_MS = 1000;

export class Runs {
  engines;
  phases = new Phases(
    (phase) => this.say('state', phase),
    (reason) => {
      // Also where a test of the page looks.
      console.error(reason);
      this.say('error', { message: reason, advice: 'Reload the page.' });
    },
  );
  program: Program | null = null;
  /** the run in progress */
  run: Run | null = null;
  /** that one or the last */
  lastRun: Run | null = null;
  #held: Pause | null = null;
  /** Told when another pause is held, or another turn of the same, or none. */
  #turns: (() => void)[] = [];
  automatic: Automatic | null = null;
  timeouts: Timeouts = { warn: null, deadline: null };
  /** loads, starts and stops, one after the other */
  #queue: Promise<unknown> = Promise.resolve();
  records = new Records();
  visibility = new Visibility();
  /** What the lab's own requests for a stop are for that have no answer yet. */
  #asked: Reason[] = [];
  /** What every call rejects with once the lab was disposed of. */
  #gone: LabError | null = null;
  #disposal = withResolvers<never>();

  /** Tells the listeners. */
  say: <Name extends keyof LabEvents>(name: Name, detail: LabEvents[Name]) => void;

  constructor(
    say: (name: string, detail: unknown) => void,
    makeEngines = (listener: Listener) => new Engines(listener),
  ) {
    this.say = say;
    this.engines = makeEngines({
      onNotice: (notice) => this.#onNotice(notice),
      // It reports failures and has none of its own.
      onDeath: (engine, worker, message) => void this.#onDeath(engine, worker, message),
      onReplace: () => {
        this.records.end();
        this.lastRun?.lose();
      },
    });
    this.#disposal.promise.catch(() => {});
  }

  /**
   * Starts the first engine.
   *
   * @param options as of the lab
   */
  async boot(options: LabOptions) {
    try {
      await Promise.race([this.#boot(options), this.#disposal.promise]);
      this.phases.take('booted');
    } catch (thrown) {
      if (this.phases.may('broken')) this.phases.take('broken');
      throw asLabError(thrown, 'starting');
    }
  }

  async #boot({ workers, isolated }: LabOptions) {
    await isolated;
    const lack = missing(globalThis);
    if (lack) throw lack;
    await this.engines.start();
    if (workers) this.exclusively(() => this.engines.holding({ workers })).catch(() => {}); // the first run tells
  }

  /**
   * Has a run begin in its turn.
   *
   * @param action calls {@link starting} when no other program runs any more, and then {@link begin}
   */
  start<T>(action: () => Promise<T>): Promise<T> {
    return this.exclusively(async () => {
      try {
        return await action();
      } catch (thrown) {
        if (!this.run && this.phases.may('unable')) {
          this.phases.take('unable');
          if (!this.program) this.phases.take('unloaded');
        }
        throw thrown;
      }
    });
  }

  /** A run was asked for; before its turn if nothing runs. */
  starting() {
    if (this.phases.may('run')) this.phases.take('run');
  }

  /** Its end was asked for; before its turn. */
  ending() {
    if (this.phases.may('stop')) this.phases.take('stop');
  }

  /** A run has begun in an engine. */
  async begin(engine: Engine, layout: Layout, ran: Ran) {
    this.check();
    engine.cancellation.target = layout.cancel;
    const spectator = new Spectator(engine.memory, layout, ran.program, ran.policy);
    this.visibility.begin(engine.memory, layout);
    this.run = this.lastRun = new Run(spectator, (warning) => this.say('warning', warning));
    this.records.begin(this.run, ran);
    this.phases.take('began');
    this.say('run', ran);
    await this.run.started(() => this.held !== null);
  }

  /** Passes a setting on to the run in progress, if there is one. */
  async tell<Name extends 'automatic' | 'timeouts'>(name: Name, ...args: Parameters<Commands[Name]>) {
    const engine = this.engines.current;
    if (this.run && engine?.usable) await engine.call(name, ...args);
  }

  /** Ends the run in progress, if there is one. */
  async stopRun() {
    const run = this.run;
    const engine = this.engines.current;
    if (!run || !engine) return;
    this.ending();
    engine.cancellation.close();
    engine.call('stop').catch(() => {}); // its effect is what counts
    const late = () => new LabError('stopped', 'The program was stopped.', 'Run it again.');
    const over = within(run.ended, STOP_LIMIT_MS, late)
      .then(() => within(run.left(), STOP_LIMIT_MS, late))
      // What its workers have done in all is known once they have left.
      .then(() => run === this.lastRun && this.records.end());
    await over.catch((error) => {
      // One instruction that does not end: nothing but the end of its worker stops it.
      engine.terminate(error);
      this.records.end();
      run.lose();
      this.#endRun({ result: null, output: run.output, trap: null });
      this.exclusively(() => this.engines.usable()).catch(() => {}); // the next load tells
    });
  }

  setProgram(program: Program | null) {
    this.program = program;
    if (this.phases.may('loaded')) this.phases.take(program ? 'loaded' : 'unloaded');
  }

  /**
   * Asks for a pause.
   *
   * @param ask also takes note of what came of it
   */
  async request<T>(reason: Reason, ask: (engine: Engine, ticket: number) => Promise<T>) {
    const engine = this.running();
    this.#asked.push(reason);
    this.#agree();
    try {
      return await ask(engine, engine.cancellation.issue());
    } catch (thrown) {
      const error = asLabError(thrown, 'stopping the world');
      if (error.code === 'timed-out')
        this.say('timeout', { message: error.message, stragglers: error.stragglers });
      throw error;
    } finally {
      this.#asked.splice(this.#asked.indexOf(reason), 1);
      this.#agree();
    }
  }

  /** Asks for a handshake with one worker. */
  async handshake(worker: number): Promise<Handshake> {
    const { run } = this;
    // Its end is told after this answer.
    await this.running().call('handshake', worker);
    if (run && run === this.run) return run.handshake(worker);
    throw new LabError('not-running', 'No program is running.', 'Run one first.');
  }

  /** Whether the engine may be waiting for a stop that does not come: it answers nothing else meanwhile. */
  get isWaiting() {
    return this.#asked.length > 0 || Boolean(this.run?.spectator?.awaiting());
  }

  get held() {
    return this.#held;
  }

  set held(pause) {
    this.#held = pause;
    this.#agree();
    for (const tell of this.#turns.splice(0)) tell();
  }

  /** @param pause the held world's, as it is from now on: it began, or something was done in it */
  stands(pause: Pause) {
    this.held = pause;
    this.say('pause', pause);
  }

  /** What the world is being stopped for, or is stopped for; null while it runs. */
  get reason(): Reason | null {
    return this.#held?.reason ?? this.#asked[0] ?? null;
  }

  /** The phase says whether the world of the run in progress is held, or else asked to stop. */
  #agree() {
    if (this.run) this.phases.take(this.#held ? 'held' : this.#asked.length > 0 ? 'asked' : 'released');
  }

  /** Every worker of the run in progress as it is, or of the last one as it ended. */
  workers() {
    return this.lastRun?.spectator?.workers() ?? this.records.workers;
  }

  /** @returns of the run in progress */
  running(): Engine {
    this.check();
    const engine = this.engines.current;
    if (this.run && engine) return engine;
    throw new LabError('not-running', 'No program is running.', 'Run one first.');
  }

  #onNotice(notice: Notice) {
    if (notice.type === 'timed-out') {
      this.say('timeout', { message: notice.error.message, stragglers: notice.error.stragglers ?? [] });
    } else if (notice.type === 'schedule') {
      if (this.run) this.run.schedule = notice.schedule;
      this.records.stats = notice.stats;
    } else if (notice.type === 'compile') {
      void this.#compile(notice.program, notice.wanted);
    } else if (notice.type === 'news') {
      if (notice.stats) this.records.stats = notice.stats;
      this.#onNews(notice.news);
    }
  }

  /** Compiles what is hot. What cannot be compiled is interpreted, and the reason is told. */
  async #compile(program: Uint8Array, wanted: Wanted) {
    const run = this.run;
    if (!run) return;
    const asked = performance.now();
    const ran = this.records.ran;
    const names = ran?.program.functions ?? [];
    const told: Compiled = { functions: [], bytes: 0, took: 0, failed: wanted.failed };
    if (wanted.failed === null)
      try {
        const code = await this.engines.compile(program, wanted, ran?.policy.adapt ?? 0);
        const { functions, module, bodies, polls } = code;
        if (module.length > 0) run.code = { module, bodies, polls, functions: names };
        told.functions = [...functions].map((index) => names[index] ?? `function ${index}`);
        told.bytes = module.length;
        told.took = performance.now() - asked;
      } catch (thrown) {
        told.failed = asLabError(thrown, 'compiling').message;
      }
    run.compiled = told;
    if (run === this.run) this.say('compiled', told);
  }

  #onNews({ output, pauses, held, handshakes, finished }: News) {
    const run = this.run;
    if (!run) return;
    for (const pause of pauses) this.#over(pause);
    for (const handshake of handshakes) run.shookHands(handshake);
    if (output) {
      run.print(output);
      this.say('output', output);
    }
    if (held) this.stands(held);
    if (finished) this.#endRun(finished);
  }

  /** @param pause one that is over */
  #over(pause: Pause) {
    const told = this.records.pause(pause.id);
    if (told) {
      // Told when it was let go; by now its last worker has run again.
      Object.assign(told, pause);
      return;
    }
    const wasHeld = this.held?.id === pause.id;
    this.records.add(pause);
    if (wasHeld) this.held = null;
    else this.say('pause', pause);
    this.say('resume', pause);
  }

  /**
   * The answer to the holder of a pause. A pause that is over is told at once; what its last worker's first
   * instruction adds comes with the news.
   *
   * @param pause as its holder saw it
   */
  told(pause: Pause, stats: Stats): Pause {
    this.records.stats = stats;
    const kept = this.records.pause(pause.id);
    if (kept) return kept;
    // Handed on or held by another requester: it goes on.
    if (pause.release !== null) this.#over(pause);
    return pause;
  }

  /**
   * The answer to the holder that released the held pause. If the world was handed on, the next holder, if there is
   * one, is known before the answer.
   *
   * @param held when they asked
   */
  async letGo(held: Pause | null, ...answer: Parameters<Runs['told']>) {
    const told = this.told(...answer);
    if (held !== this.held || held?.id !== told.id || told.release !== null) return told;
    await new Promise((resolve) => this.#turns.push(() => resolve(null)));
    return this.records.pause(told.id) ?? told;
  }

  #endRun(finished: Finished) {
    const run = this.run;
    if (!run) return;
    this.#leave();
    run.end(finished);
    this.phases.take(run.how === 'finished' ? 'finished' : 'cut');
    this.say('finished', finished);
  }

  /** The run is no longer in progress. */
  #leave() {
    // In this order: the end of its pause is no release.
    this.run = null;
    this.held = null;
    this.visibility.end();
    this.records.end();
  }

  async #onDeath(engine: Engine, worker: string, message: string) {
    if (!engine.usable) return;
    this.say('died', { worker, message });
    const error = new LabError(
      'failed',
      `The ${worker} crashed: ${message}.`,
      'Run the program again: it gets fresh workers.',
    );
    const run = engine === this.engines.current ? this.run : null;
    if (run) await within(engine.settled(), DEATH_LIMIT_MS, () => error).catch(() => {});
    engine.terminate(error);
    if (!run || run !== this.run) return;
    this.#leave();
    run.lose();
    run.fail(error);
    this.phases.take('crashed');
    this.say('error', { message: error.message, advice: error.advice });
  }

  lacksProgram(): never {
    throw new LabError('no-program', 'There is no program.', 'Load one without errors first.');
  }

  /** @returns of the action, begun when those before it are over */
  exclusively<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      this.check();
      return action();
    });
    this.#queue = result.catch(() => {});
    return result;
  }

  /** @throws {LabError} once the lab was disposed of */
  check() {
    if (this.#gone) throw this.#gone;
  }

  /** Ends everything, at once and for good. */
  dispose() {
    if (this.#gone) return;
    this.#gone = new LabError(
      'disposed',
      'The lab was disposed of: nothing can run in it.',
      'Make another one.',
    );
    const { run } = this;
    if (run) {
      this.ending();
      this.#endRun({ result: null, output: run.output, trap: null });
    }
    this.engines.dispose(this.#gone);
    this.visibility.dispose();
    this.lastRun?.lose();
    this.lastRun = this.program = null;
    this.records = new Records();
    this.phases.take('disposed');
    this.#disposal.reject(this.#gone);
  }
}
