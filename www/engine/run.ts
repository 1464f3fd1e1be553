/** A program's run, from its start to its end. */

import { withResolvers } from './promises.ts';
import { LabError } from './errors.ts';
import type { CodeOf } from './code-text.ts';
import type { Spectator } from './spectator.ts';
import type { Compiled, Finished, Handshake, LabEvents, Schedule, WorkerState } from '../run/types.ts';

// 128 workers on a busy machine of two cores.
const START_LIMIT_MS = 10_000;
/** How often it is looked whether workers have come, or left: nothing tells. */
const CHECK_MS = 4;
const WATCH_MS = 250;
/** The control worker reports four times a second, unless it waits for a pause: then it is not known. */
const SCHEDULE_LASTS_MS = 1000;
/** States of a worker that has left. */
const OVER: Set<WorkerState> = new Set(['finished', 'dead']);
const OUTPUT_KEPT = 256 * 1024;

export class Run {
  /** null when its engine is gone */
  spectator: Spectator | null;
  workers;
  /** How it ended. */
  ended;

  #end = withResolvers<Finished>();
  #onWarning;
  #watch;
  /** What its workers did, and when that was told. */
  #schedule: { is: Schedule; at: number } | null = null;
  #endedAt: number | null = null;
  /** Those who wait for handshakes, by the worker. */
  #handshakes: Map<number, ReturnType<typeof withResolvers<Handshake>>[]> = new Map();

  /** What was printed so far, the last part of it. */
  output = '';

  /** When it began, milliseconds since 1970. */
  begun = Date.now();

  /** What of it is compiled; null: nothing was wanted. */
  compiled: Compiled | null = null;

  /** Its code; null: none. */
  code: CodeOf | null = null;

  how: 'running' | 'stopped' | 'finished' | 'failed' = 'running';

  /** How it ended by itself. */
  finished: Finished | null = null;

  /** @param spectator of its workers */
  constructor(spectator: Spectator, onWarning: (warning: LabEvents['warning']) => void) {
    this.spectator = spectator;
    this.workers = spectator.workers().length;
    this.#onWarning = onWarning;
    this.#watch = setInterval(() => this.#lookForWarnings(), WATCH_MS);
    this.ended = this.#end.promise;
    // Code that asks how it ended gets the failure; no code has to.
    this.ended.catch(() => {});
  }

  /** @returns once the worker has come to a poll */
  handshake(worker: number): Promise<Handshake> {
    const waiting = withResolvers<Handshake>();
    this.#handshakes.set(worker, [...(this.#handshakes.get(worker) ?? []), waiting]);
    return waiting.promise;
  }

  shookHands(handshake: Handshake) {
    this.#handshakes.get(handshake.worker)?.shift()?.resolve(handshake);
  }

  /**
   * Until every worker has registered: a pause that is requested from then on stops all of them.
   *
   * @param isHeld whether the world is held: no worker can register before it goes on
   */
  async started(isHeld: () => boolean) {
    const tooLate = performance.now() + START_LIMIT_MS;
    while (!isHeld() && this.spectator?.workers().some(({ state }) => state === 'starting')) {
      if (performance.now() > tooLate) return; // they will come; slow is no fault
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    }
  }

  /** Until no worker runs it any more: a count is whole when its worker has left. */
  async left() {
    while (this.spectator?.workers().some(({ state }) => !OVER.has(state)))
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }

  /** @returns what its workers do, or did when it ended; null where that is not known */
  get schedule(): Schedule | null {
    if (!this.#schedule) return null;
    const age = (this.#endedAt ?? performance.now()) - this.#schedule.at;
    return age < SCHEDULE_LASTS_MS ? this.#schedule.is : null;
  }

  /** @param is as it was just told */
  set schedule(is: Schedule | null) {
    this.#schedule = is && { is, at: performance.now() };
  }

  print(text: string) {
    this.output = (this.output + text).slice(-OUTPUT_KEPT);
  }

  end(finished: Finished) {
    this.#over();
    const isStopped = finished.result === null && finished.trap === null;
    this.how = isStopped ? 'stopped' : 'finished';
    this.finished = isStopped ? null : finished;
    this.#end.resolve(finished);
  }

  fail(error: LabError) {
    this.#over();
    this.how = 'failed';
    this.#end.reject(error);
  }

  #over() {
    clearInterval(this.#watch);
    this.#endedAt = performance.now();
    const why = 'The run ended before the worker had come to a poll.';
    for (const { reject } of [...this.#handshakes.values()].flat())
      reject(new LabError('stopped', why, 'Run it again.'));
    this.#handshakes.clear();
  }

  /** Its engine was thrown away, and with it what its workers wrote. */
  lose() {
    this.spectator = null;
  }

  /** While the control worker is blocked in a pause, only the ring tells that it takes long. */
  #lookForWarnings() {
    for (const { pause, waited } of this.spectator?.warned() ?? []) {
      const awaiting = this.spectator?.awaiting();
      // A worker that has arrived since is no longer awaited.
      if (awaiting?.pause === pause) this.#onWarning({ ...awaiting, waited });
    }
  }
}
