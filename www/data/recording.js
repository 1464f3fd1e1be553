/**
 * Everything the page knows of one run: lanes from ring events, pauses from their records. Bounded:
 * however long the run, the oldest is forgotten and said to be.
 */
import { Lane, STATE } from './lane.js';
import { PauseColumns } from './columns.js';
import { Heat } from './heat.js';
import { Histogram } from './histogram.js';
import { Late } from './late.js';
import { Resumptions } from './resumptions.js';
import { Waits } from './waits.js';
import { instants, isCompleted, stoodStill } from '../engine/pause-parts.js';

/** @typedef {import('../engine/types.js').Pause} Pause */
/** @typedef {import('../engine/types.js').RunEvent} RunEvent */
/** @typedef {import('../engine/types.js').Reason} Reason */

/** Segments over all lanes, and pause records times workers: what bounds the memory. */
const MAX_SEGMENTS = 400_000;
const MAX_ARRIVALS = 40_000;
const MAX_POINTS = 20_000;
const MAX_GAPS = 200;
/** Losses within a second of each other are drawn as one, microseconds. */
const GAP_JOIN = 1e6;

/** @typedef {{ id: number, reason: number, armed: number }} Arming */

export class Recording {
  /** @param {number} workers lanes, from 1 */
  constructor(workers) {
    this.workers = workers;
    const capacity = Math.min(16_384, Math.floor(MAX_SEGMENTS / workers));
    this.lanes = Array.from({ length: workers }, () => new Lane(capacity));
    this.columns = new PauseColumns(MAX_POINTS);
    this.late = new Late();
    this.heat = new Heat();
    /** @type {Record<Reason, Histogram>} */
    this.ttsp = { gc: new Histogram(), snapshot: new Histogram(), debug: new Histogram() };
    /** Of requests, taken back or not, from when they were due. @type {Record<Reason, Waits>} */
    this.waits = { gc: new Waits(), snapshot: new Waits(), debug: new Waits() };
    /** Microseconds from one automatic pause to the next; null while there are none. @type {number | null} */
    this.every = null;
    this.kept = Math.min(1000, Math.floor(MAX_ARRIVALS / workers));
    /** The last records, oldest first. @type {Pause[]} */
    this.pauses = [];
    this.resumptions = new Resumptions(workers, this.kept);
    /** A pause that waits for a worker. @type {Arming | null} */
    this.arming = null;
    /** The pause in force. @type {Pause | null} */
    this.held = null;
    /** Sum over all pauses, microseconds. */
    this.wasted = 0;
    /** How long the world stood still in pauses that are over, microseconds. */
    this.stood = 0;
    /** Of that, how long it was held with nothing more to be done. */
    this.lookedAt = 0;
    /** Microseconds that workers stood and waited for others, also in vain; over all workers and all that is over. */
    this.waited = 0;
    /** Pauses that took effect. */
    this.count = 0;
    /** Requests that were taken back or timed out. */
    this.givenUp = 0;
    /** When the pause before the newest one was over; null before the first. @type {number | null} */
    this.previousEnd = null;
    /** @type {number | null} */
    this.lastEnd = null;
    /** Events that were overwritten before the page read them. */
    this.dropped = 0;
    /** When that was, oldest first; near ones are one. @type {{ from: number, to: number }[]} */
    this.gaps = [];
    /** Instants of the first and of the last event. */
    this.begin = NaN;
    this.latest = 0;
  }

  /** @param {RunEvent} event */
  event(event) {
    if (Number.isNaN(this.begin)) this.begin = event.time;
    if (event.time > this.latest) this.latest = event.time;
    if (event.worker >= 0) {
      this.lanes[event.worker]?.accept(event);
      this.resumptions.event(event);
      return;
    }
    switch (event.kind) {
      case 'armed':
        this.arming = { id: event.pause, reason: event.detail, armed: event.time };
        break;
      case 'stopped':
      case 'released':
      case 'timed-out':
      case 'cancelled':
        if (this.arming?.id === event.pause) this.arming = null;
        break;
      default:
    }
  }

  /** The world is stopped, or something more was done in it: told once for each. @param {Pause} pause */
  stopped(pause) {
    const known = this.held?.id === pause.id;
    this.held = pause;
    this.keep(pause);
    if (!known) this.tally(pause);
  }

  /** The world runs again; the record is complete. @param {Pause} pause */
  released(pause) {
    this.waited += waitedIn(pause);
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

  /** @param {Pause} pause one that was not counted before */
  tally(pause) {
    this.columns.add(pause);
    this.ttsp[pause.reason].add(pause.ttsp);
    this.#wait(pause);
    this.late.add(pause);
    this.heat.add(pause);
    this.wasted += pause.wasted;
    this.count += 1;
  }

  /** @param {Pause} pause */
  #wait(pause) {
    this.waits[pause.reason].add(pause, pause.by === 'timer' ? this.every : null);
  }

  /** @param {number} id */
  pause(id) {
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

  /**
   * The pause before or after another one, of those that are kept.
   *
   * @param {number} id
   * @param {-1 | 1} step
   */
  neighbour(id, step) {
    const index = this.pauses.findIndex((pause) => pause.id === id);
    return index < 0 ? null : (this.pauses[index + step] ?? null);
  }

  /** @param {Pause} pause */
  keep(pause) {
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
   * @param {number} count
   * @param {number} since when the rings were read before, engine time
   */
  lose(count, since) {
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
   * @param {number} worker
   * @param {number} time
   * @returns {number | null} null when it has not yet, or when that is forgotten
   */
  ranAfter(worker, time) {
    const lane = this.lanes[worker];
    if (!lane || time < lane.whole) return null;
    // The one in which the instant lies is what it did before.
    for (let i = lane.find(time) + 1; i < lane.written; i += 1)
      if (lane.state(i) === STATE.running) return lane.start(i);
    return null;
  }
}

/**
 * How long workers stood and waited for others that had not stopped, summed over workers.
 *
 * @param {Pause} pause
 */
export function waitedIn({ ended, wasted, ttsp, arrivals }) {
  if (ended === 'completed') return wasted;
  return arrivals.reduce((sum, { safe, after }) => sum + (safe ? 0 : Math.max(0, ttsp - after)), 0);
}
