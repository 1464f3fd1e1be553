/**
 * What the user can do: each command asks the engine and puts what came of it into the store. Nothing
 * here draws.
 */
import { Breakpoints } from './breakpoints.js';
import { SPANS, isLive } from './page-state.js';

/** @typedef {import('../engine/types.js').Reason} Reason */
/** @typedef {import('../engine/types.js').StepKind} StepKind */
/** @typedef {import('./page-state.js').PageState} PageState */
/** @typedef {import('./page-state.js').Timeouts} Timeouts */
/** @typedef {import('./page-state.js').Automatic} Automatic */

export class Commands {
  /**
   * @param {import('../engine/lab.js').Lab} lab
   * @param {import('./store.js').Store<PageState>} store
   * @param {import('./log.js').Log} log
   * @param {import('./output.js').Output} output
   */
  constructor(lab, store, log, output) {
    this.lab = lab;
    this.store = store;
    this.log = log;
    this.output = output;
    /** Only the answer to the newest text counts. */
    this.loads = 0;
    /** What the last load was of, so that Run need not load it again. @type {string | null} */
    this.loaded = null;
    /** What is being read. @type {{ source: string | Uint8Array, answer: Promise<boolean> } | null} */
    this.loading = null;
    /** What was wrong with the module that was refused last. @type {import('../engine/types.js').Diagnostic | null} */
    this.refused = null;
    this.breakpoints = new Breakpoints(lab, store, this);
  }

  /**
   * Reads a program: its errors or its listing.
   *
   * @param {string | Uint8Array} source
   * @param {(text: string) => void} [show] shows the text of a binary module, before it is the program's
   * @returns {Promise<boolean>} whether it can run
   */
  load(source, show) {
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

  /**
   * @param {string | Uint8Array} source
   * @param {((text: string) => void) | undefined} show
   */
  async #load(source, show) {
    const number = ++this.loads;
    this.store.set({ reading: source });
    const result = await this.attempt(() => this.lab.load(source));
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
      return false;
    }
    this.loaded = program?.source ?? null;
    if (program && typeof source !== 'string') show?.(program.source);
    const { status } = this.store.state;
    this.store.set({
      reading: null,
      errors: result.errors,
      warnings: result.warnings,
      ...(program ? { program } : {}),
      ...(isLive(status) ? {} : { status: result.ok ? 'ready' : 'empty' }),
    });
    return result.ok;
  }

  /** @param {string} source the text in the editor */
  async run(source) {
    const { status } = this.store.state;
    if (status === 'loading' || status === 'failed' || status === 'starting') return;
    if (this.loaded !== source && !(await this.load(source))) return;
    if (isLive(this.store.state.status)) await this.stop();
    const { workers, policy, counted, timeouts } = this.store.state;
    this.store.set({ status: 'starting', notice: null, starting: true });
    const started = await this.attempt(async () => {
      await this.lab.run({ workers, policy, profile: counted, ...limits(timeouts) });
      return true;
    });
    if (!started && this.store.state.status === 'starting') this.store.set({ status: 'ready' });
  }

  /**
   * Goes on where a snapshot was taken, in place of what runs now.
   *
   * @param {Uint8Array} snapshot
   * @param {number} workers
   */
  async restore(snapshot, workers) {
    this.store.set({ notice: null });
    const { timeouts } = this.store.state;
    const restored = await this.attempt(() => this.lab.restore(snapshot, { workers, ...limits(timeouts) }));
    if (!restored) return;
    this.loads += 1; // what was being loaded is no longer what is shown
    this.loaded = null;
    this.log.add('info', `Restored a snapshot of "${restored.program}" on ${workers} workers.`);
  }

  /**
   * Lets one task go on while all others stand still.
   *
   * @param {number} task
   * @param {StepKind} kind
   */
  async step(task, kind) {
    const pause = this.lab.held?.id;
    if (pause === undefined) return;
    const step = await this.attempt(() => this.lab.step(task, kind));
    const tasks = step && (await this.attempt(() => this.lab.tasks()));
    if (!tasks || this.lab.held?.id !== pause) return;
    this.store.set({ stepped: { pause, task, tasks, message: step.message }, spoken: step.message });
  }

  async stop() {
    const { status } = this.store.state;
    if (!isLive(status) || status === 'ending') return;
    this.store.set({ status: 'ending' });
    await this.attempt(() => this.lab.stop());
    this.settle();
  }

  /**
   * Stops the world for a reason, does what the reason asks for, and keeps it stopped if that is wanted. In
   * a world that stands still, does it there, and no worker runs.
   *
   * @param {Reason} reason
   */
  async stopWorld(reason) {
    const { status, keepStopped } = this.store.state;
    if (status === 'stopped') await this.attempt(() => this.lab.pause(reason));
    if (status !== 'running') return;
    this.store.set({ status: 'stopping', reason, notice: null, shown: reason });
    const pause = await this.attempt(() => (keepStopped ? this.lab.pause(reason) : this.lab.cycle(reason)));
    if (!pause && this.store.state.status === 'stopping') this.store.set({ status: 'running', reason: null });
  }

  async resume() {
    const { status } = this.store.state;
    if (status === 'stopping') {
      await this.attempt(async () => this.lab.cancel());
      return;
    }
    if (status === 'stopped') await this.attempt(() => this.lab.resume());
  }

  /** Settings that come from elsewhere. @param {Partial<import('./settings.js').Settings>} settings */
  applySettings({ automatic, timeouts, ...rest }) {
    this.store.set(rest);
    // In force at once; an engine that waits for a pause hears of them when it does no longer.
    if (timeouts) void this.setTimeouts(timeouts);
    if (automatic) void this.setAutomatic(automatic);
  }

  /** @param {Partial<Automatic>} change */
  async setAutomatic(change) {
    const automatic = { ...this.store.state.automatic, ...change };
    this.store.set({ automatic });
    await this.attempt(() => this.lab.automatic(automatic.enabled ? automatic : null));
  }

  /** @param {Partial<Timeouts>} change */
  async setTimeouts(change) {
    const timeouts = { ...this.store.state.timeouts, ...change };
    this.store.set({ timeouts });
    await this.attempt(() => this.lab.setTimeouts(limits(timeouts)));
  }

  /**
   * Looks at a pause.
   *
   * @param {number | null} id
   */
  select(id) {
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
      ...(pause ? { shown: pause.reason } : {}),
    });
  }

  /**
   * Shows less or more of what is live, and stays live.
   *
   * @param {number} factor
   */
  zoomLive(factor) {
    const span = Math.min(Math.max(this.store.state.span * factor, SPANS.least), SPANS.most);
    this.store.set({ span, view: 'live' });
  }

  /** Shows a stretch of what was recorded. @param {import('./viewport.js').Range} range */
  look(range) {
    this.store.set({ range, view: 'range' });
  }

  /** Follows what happens now. */
  goLive() {
    this.store.set({ view: 'live' });
  }

  /** To the pause before or after the selected one. @param {-1 | 1} step */
  stepPause(step) {
    const { recording, selected } = this.store.state;
    const next = selected === null ? recording.last : recording.neighbour(selected, step);
    if (next) this.select(next.id);
  }

  /** What the engine's state says once a program is over. */
  settle() {
    const { program, errors, finished, status } = this.store.state;
    if (!isLive(status)) return;
    this.store.set({
      status: finished ? 'finished' : program && errors.length === 0 ? 'ready' : 'empty',
      reason: null,
    });
  }

  /**
   * Does something of the engine's; what goes wrong is said where the user looks.
   *
   * @template T
   * @param {() => Promise<T> | T} action
   * @returns {Promise<T | null>} null when it failed
   */
  async attempt(action) {
    try {
      return await action();
    } catch (thrown) {
      this.report(thrown);
      return null;
    }
  }

  /** @param {unknown} thrown */
  report(thrown) {
    const error = /** @type {{ code?: string, message?: string, advice?: string }} */ (thrown ?? {});
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

/** @param {Timeouts} timeouts */
export function limits({ mode, warnMs, deadlineMs }) {
  return {
    warn: mode === 'warn' ? warnMs * 1000 : null,
    deadline: mode === 'give-up' ? deadlineMs * 1000 : null,
  };
}
