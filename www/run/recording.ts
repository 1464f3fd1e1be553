/**
 * Everything the page knows of one run: lanes from ring events, pauses from their records. Bounded:
 * however long the run, the oldest is forgotten and said to be.
 */
import { Lane, STATE } from './lane.ts';
import { PauseColumns } from './columns.ts';
import { Heat } from './heat.ts';
import { Histogram } from './histogram.ts';
import { Late } from './late.ts';
import { RequestReading } from './reading.ts';
import { Resumptions } from './resumptions.ts';
import { Waits } from './waits.ts';
import { instants, isCompleted, stoodStill } from './pause-parts.ts';
import type { Pause, Reason, RunEvent } from './types.ts';

/** Segments over all lanes, and pause records times workers: what bounds the memory. */
const MAX_SEGMENTS = 400_000;
const MAX_ARRIVALS = 40_000;
const MAX_POINTS = 20_000;
const MAX_GAPS = 200;
/** Losses within a second of each other are drawn as one, microseconds. */
const GAP_JOIN = 1e6;

export class Recording {
  workers;
  lanes;
  columns = new PauseColumns(MAX_POINTS);
  late = new Late();
  heat = new Heat();
  ttsp: Record<Reason, Histogram> = {
    gc: new Histogram(),
    snapshot: new Histogram(),
    debug: new Histogram(),
  };
  /** Of requests, taken back or not, from when they were due. */
  waits: Record<Reason, Waits> = { gc: new Waits(), snapshot: new Waits(), debug: new Waits() };
  /** Microseconds from one automatic pause to the next; null while there are none. */
  every: number | null = null;
  kept;
  /** The last records, oldest first. */
  pauses: Pause[] = [];
  resumptions;
  #requests = new RequestReading();
  /** The pause in force. */
  held: Pause | null = null;
  /** Sum over all pauses, microseconds. */
  wasted = 0;
  /** How long the world stood still in pauses that are over, microseconds. */
  stood = 0;
  /** Of that, how long it was held with nothing more to be done. */
  lookedAt = 0;
  /** Microseconds that workers stood while others had not stopped, also in vain; over all workers and all that is over. */
  waited = 0;
  /** Pauses that took effect. */
  count = 0;
  /** Requests that were taken back or timed out. */
  givenUp = 0;
  /** When the pause before the newest one was over; null before the first. */
  previousEnd: number | null = null;
  lastEnd: number | null = null;
  /** Events that were overwritten before the page read them. */
  dropped = 0;
  /** When that was, oldest first; near ones are one. */
  gaps: { from: number; to: number }[] = [];
  /** Instants of the first and of the last event. */
  begin = NaN;
  latest = 0;

  /** @param workers lanes, from 1 */
  constructor(workers: number) {
    this.workers = workers;
    const capacity = Math.min(16_384, Math.floor(MAX_SEGMENTS / workers));
    this.lanes = Array.from({ length: workers }, () => new Lane(capacity));
    this.kept = Math.min(1000, Math.floor(MAX_ARRIVALS / workers));
    this.resumptions = new Resumptions(workers, this.kept);
  }

  event(event: RunEvent) {
    // Rings are read one after the other: the first event read need not be the first of the run.
    if (!(this.begin <= event.time)) this.begin = event.time;
    if (event.time > this.latest) this.latest = event.time;
    if (event.worker < 0) {
      this.#requests.accept(event);
      return;
    }
    const lane = this.lanes[event.worker];
    lane?.accept(event);
    if (lane?.worker.ran) this.resumptions.ran(event.worker, lane.worker.after, event.time);
  }

  /** A pause that waits for a worker. */
  get arming() {
    return this.#requests.arming;
  }

  /** The world is stopped, or something more was done in it: told once for each. */
  stopped(pause: Pause) {
    const known = this.held?.id === pause.id;
    this.held = pause;
    this.keep(pause);
    if (!known) this.tally(pause);
  }

  /** The world runs again; the record is complete. */
  released(pause: Pause) {
    this.waited += couldNotRun(pause);
    if (!isCompleted(pause)) {
      this.givenUp += 1;
      this.wasted += waitedIn(pause);
      this.#wait(pause);
      this.keep(pause);
      return;
    }
    const wasHeld = this.held?.id === pause.id;
    if (wasHeld) {
      this.held = null;
      this.columns.complete(pause);
    } else this.tally(pause);
    this.stood += stoodStill(pause);
    this.lookedAt += pause.held ?? 0;
    this.keep(pause);
    const { release, released } = instants(pause);
    this.previousEnd = this.lastEnd;
    this.lastEnd = released;
    if (release === null) return;
    const sleepers = pause.arrivals.filter(({ safe }) => safe);
    this.resumptions.over(
      pause.id,
      release,
      sleepers.map(({ worker }) => ({ worker, since: this.ranAfter(worker, release) })),
    );
  }

  /** @param pause one that was not counted before */
  tally(pause: Pause) {
    this.columns.add(pause);
    this.ttsp[pause.reason].add(pause.ttsp);
    this.#wait(pause);
    this.late.add(pause);
    this.heat.add(pause);
    this.wasted += pause.wasted;
    this.count += 1;
  }

  #wait(pause: Pause) {
    this.waits[pause.reason].add(pause, pause.by === 'timer' ? this.every : null);
  }

  pause(id: number) {
    return this.pauses.find((pause) => pause.id === id) ?? null;
  }

  /** Workers that have not stopped yet, of those that a pause under way waits for. */
  get awaited() {
    return this.lanes.filter((lane) => lane.current === STATE.running).length;
  }

  /** Whether there were more pauses than are kept. */
  get forgotten() {
    return this.count + this.givenUp > this.pauses.length;
  }

  /** The newest pause. */
  get last() {
    return this.pauses.at(-1) ?? null;
  }

  /** The pause before or after another one, of those that are kept. */
  neighbour(id: number, step: -1 | 1) {
    const index = this.pauses.findIndex((pause) => pause.id === id);
    return index < 0 ? null : (this.pauses[index + step] ?? null);
  }

  keep(pause: Pause) {
    const index = this.pauses.findLastIndex((other) => other.id === pause.id);
    if (index >= 0) {
      this.pauses[index] = pause;
      return;
    }
    this.pauses.push(pause);
    if (this.pauses.length > this.kept) this.pauses.shift();
    this.resumptions.forgetBefore(this.pauses[0].id);
  }

  /**
   * Events were overwritten before the page read them.
   *
   * @param since when the rings were read before, engine time
   */
  lose(count: number, since: number) {
    this.dropped += count;
    const last = this.gaps.at(-1);
    if (last && since - last.to < GAP_JOIN) last.to = this.latest;
    else this.gaps.push({ from: Math.min(since, this.latest), to: this.latest });
    if (this.gaps.length > MAX_GAPS) this.gaps.shift();
  }

  /** From which instant on every lane is whole; before it some have only shares of time. */
  get whole() {
    let whole = 0;
    for (const lane of this.lanes) if (lane.first > 0) whole = Math.max(whole, lane.whole);
    return whole;
  }

  /**
   * When a worker that did not run at an instant ran again.
   *
   * @returns null when it has not yet, or when that is forgotten
   */
  ranAfter(worker: number, time: number): number | null {
    const lane = this.lanes[worker];
    if (!lane || time < lane.whole) return null;
    // The one in which the instant lies is what it did before.
    for (let i = lane.find(time) + 1; i < lane.written; i += 1)
      if (lane.state(i) === STATE.running) return lane.start(i);
    return null;
  }
}

/** How long workers stood and waited for others that had not stopped, summed over workers. */
export function waitedIn({ ended, wasted, ttsp, arrivals }: Pause) {
  if (ended === 'completed') return wasted;
  return arrivals.reduce((sum, { safe, after }) => sum + (safe ? 0 : Math.max(0, ttsp - after)), 0);
}

/** The same, with those that a pause was not to wait for because they had not run again since the one before. */
export function couldNotRun(pause: Pause) {
  const stayed = pause.arrivals.filter(({ standing }) => standing === 'not-yet-resumed');
  return waitedIn(pause) + stayed.length * pause.ttsp;
}
