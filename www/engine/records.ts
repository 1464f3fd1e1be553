/** What is kept of the run in progress, or of the last one: its pauses, events and figures. */

import { LabError } from './errors.ts';
import { fileOf } from '../run/recorded-file-writer.ts';
import { isCompleted } from '../run/pause-parts.ts';
import { bounded, copyOf, excerptOf } from '../run/recorded-run.ts';
import { Recorder } from '../run/recorder.ts';
import { longestOf } from './status.ts';
import { Tape } from '../run/tape.ts';
import { traceOf } from '../run/trace.ts';
import type { LabEvent, Pause, Ran, RecordedOptions, Trace, WorkerStatus } from '../run/types.ts';
import type { RecordedFile, RecordedRun } from '../run/recorded.ts';
import type { Run } from './run.ts';
import type { Reader } from '../run/tape.ts';

export class Records {
  #recorder = new Recorder();
  #tape = new Tape();
  #of: (Ran & { run: Run }) | null = null;
  /** What the workers of a run came to that is over: its engine may go. */
  #workers: WorkerStatus[] | null = null;
  /** How often each poll site had polled at the last reading. */
  #hits: number[] | null = null;

  /** A run has begun: nothing of the one before is kept. */
  begin(run: Run, ran: Ran) {
    this.#recorder.clear();
    this.#tape = new Tape();
    this.#of = { ...ran, run };
    this.#workers = null;
    this.#hits = null;
  }

  /** The run is over: reads what its engine still has. */
  end() {
    const spectator = this.#of?.run.spectator;
    if (!spectator) return;
    this.#tape.gather(spectator);
    this.#workers = spectator.workers();
  }

  /**
   * Keeps what the engine said of its poll sites. One that was started since has nothing to say.
   *
   * @param run of which it was asked; nothing is kept of one that is not this any more
   */
  counted(run: Run | null, hits: Float64Array) {
    if (hits.length > 0 && this.#of && run === this.#of.run) this.#hits = [...hits];
  }

  /** How often each poll site of the run had polled at the last reading; null before the first one. */
  get hits() {
    return this.#hits;
  }

  /** What the workers of a run that is over came to. */
  get workers() {
    return this.#workers ?? [];
  }

  /** What runs or ran last. */
  get ran(): Ran | null {
    if (!this.#of) return null;
    const { program, policy, bounds } = this.#of;
    return { program, policy, bounds };
  }

  /** The last records of pauses that are over, oldest first; a copy. */
  get pauses() {
    return this.#recorder.pauses;
  }

  get stats() {
    return this.#recorder.stats;
  }

  set stats(stats) {
    this.#recorder.stats = stats;
  }

  /** @param pause one that is over */
  add(pause: Pause) {
    this.#recorder.add(pause);
  }

  /** The record of a pause that is over; null when it is not, or no longer kept. */
  pause(id: number) {
    return this.#recorder.pause(id);
  }

  /** Readers that get every event of every run from here on. */
  reader() {
    return { tape: this.#tape, handed: 0, lost: 0 };
  }

  drain(callback: (event: LabEvent) => void, reader: Reader) {
    if (reader.tape !== this.#tape) Object.assign(reader, this.reader());
    return this.#tape.drain(this.#of?.run.spectator, callback, reader);
  }

  trace(held: Pause | null, clockStep: number): Trace {
    this.#tape.gather(this.#of?.run.spectator);
    return traceOf({
      program: this.#of?.program ?? null,
      workers: this.#of?.run.workers ?? 0,
      pauses: held ? [...this.pauses, held] : this.pauses,
      events: (callback) => this.#tape.each(callback),
      missing: this.#tape.missing,
      clockStep,
    });
  }

  recorded(held: Pause | null, clockStep: number, { title, pause, ...keep }: RecordedOptions): RecordedFile {
    if (!this.#of) throw new LabError('not-running', 'No program has been run yet.', 'Run one first.');
    this.#tape.gather(this.#of.run.spectator);
    const { program, policy, bounds, run } = this.#of;
    const ended = this.#workers ?? run.spectator?.workers() ?? [];
    const { begun, workers, output, how, finished } = run;
    const pauses = held ? [...this.pauses, held] : this.pauses;
    const { gc, snapshot, debug } = this.stats;
    const over = gc.count + snapshot.count + debug.count;
    const given = this.pauses.filter((one) => !isCompleted(one)).length;
    const all: RecordedRun = {
      title: title || program.name || 'Program',
      begun,
      browser: navigator.userAgent,
      cores: navigator.hardwareConcurrency || 1,
      clockStep,
      program,
      workers,
      policy,
      bounds,
      longest: longestOf(ended),
      hits: this.#hits,
      how,
      result: finished?.result ?? null,
      trap: finished?.trap ?? null,
      output,
      stats: this.stats,
      totals: ended.map(({ instructions, polls }) => ({ instructions, polls })),
      selected: null,
      excerpt: false,
      pauses,
      events: [],
      missing: {
        events: this.#tape.missing,
        pauses: Math.max(0, over + given - this.pauses.length),
        tasks: 0,
        characters: 0,
        instructions: 0,
      },
    };
    if (pause === undefined) {
      this.#tape.each((event) => all.events.push(copyOf(event)));
      return fileOf(bounded(all));
    }
    const excerpt = excerptOf(all, pause, keep, (...asked) => this.#tape.each(...asked));
    if (excerpt) return fileOf(excerpt);
    throw new LabError('invalid', `There is no pause ${pause}.`, 'Take one of `lab.pauses`.');
  }
}
