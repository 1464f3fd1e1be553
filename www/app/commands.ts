/**
 * What the user can do: each command asks the engine and puts what came of it into the store. Nothing
 * here draws.
 */
import { Breakpoints } from './breakpoints.ts';
import { hasEngine, isLive } from '../run/phases.ts';
import { isLesson } from './brought.ts';
import { SPANS } from './page-state.ts';
import { changesOf, givenBack, lentTo } from './settings.ts';
import { plural } from '../words/format.ts';
import { currentTask, heldPause, tasksOf, whereText } from './standing.ts';
import type { Diagnostic, Handshake, LabEvents, Reason, StepKind } from '../run/types.ts';
import type { Automatic, PageState, Timeouts } from './page-state.ts';
import type { Lab } from '../engine/lab.ts';
import type { Store } from './store.ts';
import type { Log } from './log.ts';
import type { Output } from './output.ts';
import type { Lent } from './settings.ts';
import type { Range } from './viewport.ts';

/** What loading the text of a lesson would come to. */
const NO_PROGRAM = {
  ok: false,
  program: null,
  warnings: [],
  errors: [
    {
      ...{ line: 1, column: 1, offset: 0, length: 3 },
      message: 'this is the text of a lesson or task, not of a program',
    },
  ],
};

export class Commands {
  lab;
  store;
  log;
  output;
  /** Only the answer to the newest text counts. */
  loads = 0;
  /** What the last load was of, so that Run need not load it again. */
  loaded: string | null = null;
  /** What is being read. */
  loading: { source: string | Uint8Array; answer: Promise<boolean> } | null = null;
  /** What was wrong with the module that was refused last. */
  refused: Diagnostic | null = null;
  breakpoints;
  /** The steps that were asked for so far. */
  stepping: Promise<void> = Promise.resolve();
  /** Reads where the last step led. */
  reading: Promise<void> = Promise.resolve();

  constructor(lab: Lab, store: Store<PageState>, log: Log, output: Output) {
    this.lab = lab;
    this.store = store;
    this.log = log;
    this.output = output;
    this.breakpoints = new Breakpoints(lab, store, this);
  }

  /**
   * Reads a program: its errors or its listing.
   *
   * @param show shows the text of a binary module, before it is the program's
   * @returns whether it can run
   */
  load(source: string | Uint8Array, show?: (text: string) => void): Promise<boolean> {
    // Run, while what was just typed is being read: the same text has the same answer.
    if (this.loading?.source === source) return this.loading.answer;
    const answer = this.#load(source, show);
    const loading = { source, answer };
    this.loading = loading;
    void answer.finally(() => {
      if (this.loading === loading) this.loading = null;
    });
    return answer;
  }

  async #load(source: string | Uint8Array, show: ((text: string) => void) | undefined) {
    const number = ++this.loads;
    const before = this.loaded;
    this.store.set({ reading: source });
    const result =
      typeof source === 'string' && isLesson(source)
        ? NO_PROGRAM
        : await this.attempt(() => this.lab.load(source));
    const program = result?.ok ? result.program : null;
    if (number !== this.loads) {
      // It is in the engine all the same, and stays if nothing can be made of what came after it.
      if (program && typeof source === 'string') this.store.set({ program });
      return false;
    }
    // What is wrong with a file is not wrong with the text in the editor.
    if (!result || (!result.ok && typeof source !== 'string')) {
      this.loaded = null;
      this.refused = result?.errors[0] ?? null;
      this.store.set({ reading: null });
      // The lab has no program now, but the editor still shows one.
      if (result && before !== null) await this.load(before);
      return false;
    }
    this.loaded = program?.source ?? null;
    if (program && typeof source !== 'string') show?.(program.source);
    this.store.set({
      reading: null,
      errors: result.errors,
      warnings: result.warnings,
      ...(program ? { program } : {}),
    });
    return result.ok;
  }

  /** @param source the text in the editor */
  async run(source: string) {
    const { status, starting } = this.store.state;
    if (!hasEngine(status) || status === 'starting' || starting) return;
    if (this.loaded !== source && !(await this.load(source))) return;
    this.store.set({ starting: true });
    if (isLive(this.store.state.status)) await this.stop();
    const { workers, policy, counted, compile, timeouts } = this.store.state;
    this.store.set({ notice: null });
    await this.attempt(() =>
      this.lab.run({ workers, policy, profile: counted, compile, ...limits(timeouts) }),
    );
    this.store.set({ starting: false });
  }

  /** Goes on where a snapshot was taken, in place of what runs now. */
  async restore(snapshot: Uint8Array, workers: number) {
    this.store.set({ notice: null });
    const { timeouts } = this.store.state;
    const restored = await this.attempt(() => this.lab.restore(snapshot, { workers, ...limits(timeouts) }));
    if (!restored) return;
    this.loads += 1; // what was being loaded is no longer what is shown
    this.loaded = null;
    const said = `Restored a snapshot of "${restored.program}" on ${plural(workers, 'worker')}.`;
    this.log.add('info', said);
    // Where it has ended by now, that was announced.
    if (isLive(this.store.state.status)) this.store.set({ spoken: said });
  }

  /** Has one worker come to a poll while all others run. */
  async handshake(worker: number): Promise<Handshake | null> {
    const done = await this.attempt(() => this.lab.handshake(worker));
    if (done) this.store.set({ spoken: `Worker ${worker} came to a poll; nobody else stopped.` });
    return done;
  }

  /** Chooses the task that steps move. */
  choose(task: number) {
    const { state } = this.store;
    const pause = heldPause(state);
    const tasks = pause && tasksOf(state, pause);
    if (!tasks) return;
    const message = (state.stepped?.pause === pause.id ? state.stepped.message : pause.halt?.text) ?? '';
    this.store.set({
      stepped: { pause: pause.id, task, tasks, message },
      spoken: `Steps move task ${task} now. ${whereText(tasks, task)}`,
    });
  }

  /** Lets the chosen task go on while all others stand still: one step after the other, however fast they come. */
  step(kind: StepKind): Promise<void> {
    this.stepping = this.stepping
      .then(() => this.#step(kind))
      .catch((thrown: unknown) => this.report(thrown));
    return this.stepping;
  }

  async #step(kind: StepKind) {
    const { state } = this.store;
    const pause = heldPause(state);
    const task = pause && currentTask(state, pause, tasksOf(state, pause) ?? []);
    if (!pause || task === null) return;
    await this.attempt(() => this.lab.step(task, kind));
    await this.reading;
  }

  /** Shows where a step led, of a button or of a script. */
  moved(moved: LabEvents['step']) {
    this.reading = this.#moved(moved);
  }

  async #moved({ task, step: { message } }: LabEvents['step']) {
    const pause = heldPause(this.store.state)?.id;
    const tasks = await this.attempt(() => this.lab.tasks());
    if (!tasks || pause === undefined || heldPause(this.store.state)?.id !== pause) return;
    const said = `${message} ${whereText(tasks, task)}`.trim();
    this.store.set({
      stepped: { pause, task, tasks, message },
      // The same words are announced again if they are not quite the same.
      spoken: said === this.store.state.spoken ? `${said}\u00a0` : said,
    });
  }

  async stop() {
    const { status } = this.store.state;
    if (isLive(status) && status !== 'ending') await this.attempt(() => this.lab.stop());
  }

  /**
   * Stops the world for a reason, does what the reason asks for, and keeps it stopped if that is wanted. In
   * a world that stands still, does it there, and no worker runs.
   */
  async stopWorld(reason: Reason) {
    const { status, keepStopped } = this.store.state;
    if (status === 'stopped') await this.attempt(() => this.lab.pause(reason));
    if (status !== 'running') return;
    // What is looked at from now on is this stop, also while it does not come.
    this.store.set({ notice: null, selected: null, view: 'live' });
    await this.attempt(() => (keepStopped ? this.lab.pause(reason) : this.lab.cycle(reason)));
  }

  /**
   * Takes a snapshot of what runs, and lets it run on; a world that stands still is left so.
   *
   * @returns null where nothing runs that could be stopped, or the stop was taken back
   */
  async snapshot(): Promise<{ bytes: Uint8Array; pause: number } | null> {
    const { status } = this.store.state;
    if (status !== 'running' && status !== 'stopped') return null;
    this.store.set({ notice: null });
    return this.attempt(async () => {
      const { id } = await this.lab.pause('snapshot');
      try {
        return { bytes: await this.lab.snapshotBytes(), pause: id };
      } finally {
        if (status === 'running') await this.lab.resume();
      }
    });
  }

  async resume() {
    const { status } = this.store.state;
    if (status === 'stopping') {
      await this.attempt(async () => this.lab.cancel());
      return;
    }
    if (status === 'stopped') await this.attempt(() => this.lab.resume());
  }

  /**
   * Settings that the program which is opened is meant to run with. The user's own come back with the next program.
   *
   * @param source the program
   */
  lend(source: string, settings: Partial<Lent>) {
    const { state } = this.store;
    this.store.set({ lent: lentTo(state, source, settings) });
    this.applySettings(changesOf(state, settings));
  }

  giveBack() {
    const own = givenBack(this.store.state);
    this.store.set({ lent: null });
    this.applySettings(own);
  }

  /** Settings that come from elsewhere. */
  applySettings({ automatic, timeouts, ...rest }: Partial<Lent>) {
    this.store.set(rest);
    // In force at once; an engine that waits for a pause hears of them when it does no longer.
    if (timeouts) void this.setTimeouts(timeouts);
    if (automatic) void this.setAutomatic(automatic);
  }

  async setAutomatic(change: Partial<Automatic>) {
    const automatic = { ...this.store.state.automatic, ...change };
    this.store.set({ automatic });
    await this.attempt(() => this.lab.automatic(automatic.enabled ? automatic : null));
  }

  async setTimeouts(change: Partial<Timeouts>) {
    const timeouts = { ...this.store.state.timeouts, ...change };
    this.store.set({ timeouts });
    await this.attempt(() => this.lab.setTimeouts(limits(timeouts)));
  }

  /** Looks at a pause. */
  select(id: number | null) {
    const { recording } = this.store.state;
    const pause = id === null ? null : recording.pause(id);
    if (id !== null && !pause) {
      const message = `Pause ${id} is no longer shown.`;
      const advice = `The page keeps the last ${recording.kept} pauses of a run; the log and the chart still tell of it.`;
      this.store.set({ notice: { message, advice }, spoken: `${message} ${advice}` });
      return;
    }
    this.store.set({
      selected: id,
      view: id !== null ? 'pause' : this.store.state.replay ? 'range' : 'live',
    });
  }

  /** A script would have the page show a pause. */
  show(pause: number | null) {
    if (!this.store.state.replay) this.select(pause);
    else if (pause !== null)
      this.report({
        message: `Pause ${pause} is of another run than the recorded one that is shown.`,
        advice: 'Run the program here to look at its pauses.',
      });
  }

  /** Shows less or more of what is live, and stays live. */
  zoomLive(factor: number) {
    const span = Math.min(Math.max(this.store.state.span * factor, SPANS.least), SPANS.most);
    this.store.set({ span, view: 'live' });
  }

  /** Shows a stretch of what was recorded. */
  look(range: Range) {
    this.store.set({ range, view: 'range' });
  }

  /** Follows what happens now. */
  goLive() {
    this.store.set({ view: 'live' });
  }

  /** To the pause before or after the selected one. */
  stepPause(step: -1 | 1) {
    const { recording, selected } = this.store.state;
    const next = selected === null ? recording.last : recording.neighbour(selected, step);
    if (next) this.select(next.id);
  }

  /**
   * Does something of the engine's; what goes wrong is said where the user looks.
   *
   * @returns null when it failed
   */
  async attempt<T>(action: () => Promise<T> | T): Promise<T | null> {
    try {
      return await action();
    } catch (thrown) {
      this.report(thrown);
      return null;
    }
  }

  report(thrown: unknown) {
    const error = (thrown ?? {}) as { code?: string; message?: string; advice?: string };
    const message = error.message ?? String(thrown);
    const advice = error.advice ?? 'Run the program again; if that does not help, reload the page.';
    // A pause that was taken back, by hand or by Stop, or given up at its deadline, is told of elsewhere.
    if (error.code === 'cancelled' || error.code === 'stopped' || error.code === 'timed-out') {
      this.log.add('info', message);
      return;
    }
    this.log.add('error', `${message} ${advice}`.trim());
    this.store.set({ notice: { message, advice }, spoken: `${message} ${advice}` });
  }
}

export function limits({ mode, warnMs, deadlineMs }: Timeouts) {
  return {
    warn: mode === 'warn' ? warnMs * 1000 : null,
    deadline: mode === 'give-up' ? deadlineMs * 1000 : null,
  };
}
