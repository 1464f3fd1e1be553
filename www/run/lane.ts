/**
 * What one worker did, as columns: a ring of segments, each with the instant it began. A segment
 * ends where the next begins; the last one is still open. The oldest are forgotten; of them the shares
 * of time stay.
 */
import { WorkerReading } from './reading.ts';
import { Shares } from './shares.ts';
import type { RunEvent } from './types.ts';

/** What a worker is doing, as a small number. */
export const STATE = Object.freeze({
  absent: 0,
  running: 1,
  idle: 2,
  safe: 3,
  stopped: 4,
  ended: 5,
  dead: 6,
});

export class Lane {
  capacity;
  /** Segments ever begun. */
  written = 0;
  starts;
  states;
  tasks;
  /** All segments but the open one. */
  shares = new Shares();
  /** What the events have said so far; the state is made from it. */
  worker = new WorkerReading();

  /** @param capacity segments that are kept, at least 2 */
  constructor(capacity: number) {
    this.capacity = capacity;
    // Before its first event there is none.
    this.worker.ended = true;
    this.starts = new Float64Array(capacity);
    this.states = new Uint8Array(capacity);
    this.tasks = new Int32Array(capacity);
  }

  /** Number of the oldest segment that is kept. */
  get first() {
    return Math.max(0, this.written - this.capacity);
  }

  /** From which instant on every segment is kept; infinity before the first event. */
  get whole() {
    return this.written === 0 ? Infinity : this.start(this.first);
  }

  /** @param i number of a segment, from `first` to `written - 1` */
  start(i: number) {
    return this.starts[i % this.capacity];
  }

  /**
   * @param i number of a segment
   * @returns when it ended; infinity for the last one
   */
  end(i: number): number {
    return i + 1 < this.written ? this.start(i + 1) : Infinity;
  }

  /** @param i number of a segment */
  state(i: number) {
    return this.states[i % this.capacity];
  }

  /**
   * @param i number of a segment
   * @returns the task, -1 for none
   */
  task(i: number): number {
    return this.tasks[i % this.capacity];
  }

  /** The state of the last segment. */
  get current() {
    return this.written === 0 ? STATE.absent : this.state(this.written - 1);
  }

  /**
   * The first segment that ends after an instant.
   *
   * @returns its number, or `written` when there is none
   */
  find(time: number): number {
    let low = this.first;
    let high = this.written;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.end(middle) > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The state at an instant; absent before the oldest segment. */
  at(time: number) {
    const i = this.find(time);
    return i < this.written && this.start(i) <= time ? this.state(i) : STATE.absent;
  }

  /** Takes an event of this worker. Events come in the order in which they happened. */
  accept(event: RunEvent) {
    const { worker } = this;
    if (worker.accept(event)) this.begin(event.time, stateOf(worker), worker.task);
  }

  begin(time: number, state: number, task: number) {
    if (this.written > 0) {
      const last = (this.written - 1) % this.capacity;
      if (this.states[last] === state && this.tasks[last] === task) return;
      if (this.starts[last] >= time) {
        // Two changes within one step of the clock: the later one stands for both.
        this.states[last] = state;
        this.tasks[last] = task;
        return;
      }
      this.shares.add(this.states[last], this.starts[last], time);
    }
    const slot = this.written % this.capacity;
    this.starts[slot] = time;
    this.states[slot] = state;
    this.tasks[slot] = task;
    this.written += 1;
  }
}

function stateOf({ dead, ended, stopped, idle, safe }: WorkerReading) {
  if (dead) return STATE.dead;
  if (ended) return STATE.ended;
  if (stopped) return STATE.stopped;
  if (idle) return STATE.idle;
  if (safe) return STATE.safe;
  return STATE.running;
}
