/**
 * The lab's runs, one after the other: how they begin and end, what an engine tells unasked, and what becomes of a
 * run whose engine breaks. The lab asks; what happens is said to its listeners.
 */

import { Engines } from './engines.ts';
import { LabError, asLabError } from './errors.ts';
import { within } from './promises.ts';
import { Records } from './records.ts';
import { Run } from './run.ts';
import { Spectator } from './spectator.ts';
import { missing } from './support.ts';
import { Visibility } from './visibility.ts';
import type { Commands, News, Notice } from './messages.ts';
import type { Engine } from './engine.ts';
import type {
  Automatic,
  Finished,
  LabEvents,
  Layout,
  Pause,
  Program,
  Ran,
  State,
  Stats,
  Timeouts,
} from '../run/types.ts';

// Workers that poll leave within a time slice each; beyond this they never will.
const STOP_LIMIT_MS = 2000;
// A worker's crash marks it dead, so that a pause which waits for it completes.
const DEATH_LIMIT_MS = 1000;

export class Runs {
  state: State = 'loading';
  engines = new Engines({
    onNotice: (notice) => this.#onNotice(notice),
    // It reports failures and has none of its own.
    onDeath: (engine, worker, message) => void this.#onDeath(engine, worker, message),
    onReplace: () => {
      this.records.end();
      this.lastRun?.lose();
    },
  });
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
  /** The page's own requests for a stop that have no answer yet. */
  #requests = 0;

  /** Tells the listeners. */
  say: <Name extends keyof LabEvents>(name: Name, detail: LabEvents[Name]) => void;

  constructor(say: (name: string, detail: unknown) => void) {
    this.say = say;
  }

  /**
   * Starts the first engine.
   *
   * @param options as of the lab
   */
  async boot({ workers, isolated }: { workers?: number; isolated?: Promise<void> }) {
    try {
      await isolated;
      const lack = missing(globalThis);
      if (lack) throw lack;
      await this.engines.start();
      if (workers) this.exclusively(() => this.engines.holding({ workers })).catch(() => {}); // the first run tells
      this.enter('empty');
    } catch (thrown) {
      this.enter('failed');
      throw asLabError(thrown, 'starting');
    }
  }

  /** A run has begun in an engine. */
  async begin(engine: Engine, layout: Layout, ran: Ran) {
    engine.cancellation.target = layout.cancel;
    const spectator = new Spectator(engine.memory, layout, ran.program, ran.policy);
    this.visibility.begin(engine.memory, layout);
    this.run = this.lastRun = new Run(spectator, (warning) => this.say('warning', warning));
    this.records.begin(this.run, ran);
    this.enter('running');
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
    this.enter('stopping');
    engine.cancellation.close();
    engine.call('stop').catch(() => {}); // its effect is what counts
    const late = () => new LabError('stopped', 'The program was stopped.', 'Run it again.');
    await within(run.ended, STOP_LIMIT_MS, late).catch((error) => {
      // A loop without a poll: nothing but the end of its worker stops it.
      engine.terminate(error);
      this.records.end();
      run.lose();
      this.#endRun({ result: null, output: run.output, trap: null });
      this.exclusively(() => this.engines.usable()).catch(() => {}); // the next load tells
    });
  }

  setProgram(program: Program | null) {
    this.program = program;
    if (!this.run) this.enter(program ? 'ready' : 'empty');
  }

  /** Asks for a pause. */
  async request<T>(ask: (engine: Engine, ticket: number) => Promise<T>) {
    const engine = this.running();
    this.#requests += 1;
    try {
      return await ask(engine, engine.cancellation.issue());
    } catch (thrown) {
      const error = asLabError(thrown, 'stopping the world');
      if (error.code === 'timed-out')
        this.say('timeout', { message: error.message, stragglers: error.stragglers });
      throw error;
    } finally {
      this.#requests -= 1;
    }
  }

  /** Whether the engine may be waiting for a stop that does not come: it answers nothing else meanwhile. */
  get isWaiting() {
    return this.#requests > 0 || Boolean(this.run?.spectator?.awaiting());
  }

  get held() {
    return this.#held;
  }

  set held(pause) {
    this.#held = pause;
    for (const tell of this.#turns.splice(0)) tell();
  }

  /** Every worker of the run in progress as it is, or of the last one as it ended. */
  workers() {
    return this.lastRun?.spectator?.workers() ?? this.records.workers;
  }

  /** @returns of the run in progress */
  running(): Engine {
    const engine = this.engines.current;
    if (this.run && engine) return engine;
    throw new LabError('not-running', 'No program is running.', 'Run one first.');
  }

  #onNotice(notice: Notice) {
    if (notice.type === 'timed-out') {
      this.say('timeout', { message: notice.error.message, stragglers: notice.error.stragglers ?? [] });
    } else if (notice.type === 'schedule') {
      if (this.run) this.run.schedule = notice.schedule;
    } else if (notice.type === 'news') {
      if (notice.stats) this.records.stats = notice.stats;
      this.#onNews(notice.news);
    }
  }

  #onNews({ output, pauses, held, finished }: News) {
    const run = this.run;
    if (!run) return;
    for (const pause of pauses) this.#over(pause);
    if (output) {
      run.print(output);
      this.say('output', output);
    }
    if (held) {
      this.held = held;
      this.say('pause', held);
    }
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
    this.run = this.held = null;
    this.visibility.end();
    this.records.end();
    run.end(finished);
    this.enter(this.state === 'stopping' ? 'stopped' : 'finished');
    this.say('finished', finished);
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
    this.run = this.held = null;
    this.visibility.end();
    this.records.end();
    run.lose();
    run.fail(error);
    this.enter('failed');
    this.say('error', { message: error.message, advice: error.advice });
  }

  lacksProgram(): never {
    throw new LabError('no-program', 'There is no program.', 'Load one without errors first.');
  }

  /** @returns of the action, begun when those before it are over */
  exclusively<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(action);
    this.#queue = result.catch(() => {});
    return result;
  }

  enter(state: State) {
    if (state === this.state) return;
    this.state = state;
    this.say('state', state);
  }
}
