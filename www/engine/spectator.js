/**
 * Reads what the workers of one run write into shared memory: their status and their events. Never waits
 * and never writes, so the page may call it in every frame.
 */

import { RingReader, ringEnd } from './ring.js';
import { StatusReader } from './status.js';

/** @import { Awaiting, CauseKind, EventKind, LabEvent, Layout, PollPolicy, Program, Reason, Site, WorkerStatus } from './types.js' */

const REQUESTER = -1;
/** By the number that events carry. @type {Reason[]} */
const REASONS = ['gc', 'snapshot', 'debug'];
/** After these no worker is awaited. @type {Set<EventKind>} */
const OVER = new Set(['stopped', 'released', 'timed-out', 'cancelled']);
/** What keeps a worker at such a place from its next poll. @type {Partial<Record<Site['kind'], CauseKind>>} */
const KEEPS = { unpolled: 'unpolled-loop', bulk: 'long-instruction', stall: 'blocked' };

export class Spectator {
  #status;
  #readers;
  #requests;
  #memory;
  /** The pause that waits for a worker. @type {{ pause: number, reason: Reason, since: number } | null} */
  #armed = null;
  /** Pauses that passed their warning threshold, and were not told of yet. @type {{ pause: number, waited: number }[]} */
  #warned = [];

  /**
   * @param {WebAssembly.Memory} memory
   * @param {Layout} layout of a run that has just begun
   * @param {Program} program that it runs
   * @param {PollPolicy} policy that it runs under
   */
  constructor(memory, layout, program, policy) {
    const buffer = coveringBuffer(memory, layout);
    this.#memory = memory;
    this.#status = new StatusReader(buffer, layout.status, program, policy);
    const requester = layout.rings.length - 1;
    this.#readers = layout.rings.map(
      (ring, index) => new RingReader(buffer, ring, index === requester ? REQUESTER : index),
    );
    // A cursor of its own: `drain` belongs to the page.
    this.#requests = layout.rings.slice(requester).map((ring) => new RingReader(buffer, ring, REQUESTER));
  }

  /** @returns {WorkerStatus[]} of every worker, as it is now */
  workers() {
    return this.#status.read();
  }

  /**
   * Hands over all new events, worker by worker, each worker's in order.
   *
   * @param {(event: LabEvent) => void} callback called with one object that is used again for the next
   * @returns {{ events: number, dropped: number }} how many were handed over, and how many were overwritten
   *   before they were read, since the last call
   */
  drain(callback) {
    const lost = () => this.#readers.reduce((sum, reader) => sum + reader.dropped, 0);
    const before = lost();
    let events = 0;
    for (const reader of this.#readers) events += reader.drain(callback);
    return { events, dropped: lost() - before };
  }

  /**
   * Pauses that passed their warning threshold since the last call.
   *
   * @returns {{ pause: number, waited: number }[]} with the time since they were armed, in microseconds
   */
  warned() {
    this.#followRequests();
    return this.#warned.splice(0);
  }

  /**
   * The workers that the stop under way waits for. A worker that has not stopped has not polled since it was asked.
   *
   * @returns {Awaiting | null} null when no worker is awaited
   */
  awaiting() {
    this.#followRequests();
    if (!this.#armed) return null;
    const workers = this.workers()
      .filter(({ state }) => state === 'running')
      .map(({ id, site }) => {
        const place = this.#status.noted(id, this.#memory.buffer);
        return {
          worker: id,
          kind: (place && KEEPS[place.kind]) ?? /** @type {const} */ ('unknown'),
          place,
          line: place?.line ?? null,
          last: site,
        };
      });
    return workers.length > 0 ? { ...this.#armed, workers } : null;
  }

  #followRequests() {
    for (const reader of this.#requests) {
      let { dropped } = reader;
      reader.drain(({ kind, pause, time, detail }) => {
        // Its end may be among what was overwritten.
        if (reader.dropped > dropped) this.#armed = null;
        dropped = reader.dropped;
        if (kind === 'armed') this.#armed = { pause, reason: REASONS[detail] ?? 'gc', since: time };
        else if (OVER.has(kind) && this.#armed?.pause === pause) this.#armed = null;
        else if (kind === 'warned' && this.#armed)
          this.#warned.push({ pause, waited: time - this.#armed.since });
      });
    }
  }
}

/**
 * The memory's buffer. It may have grown in a worker before this thread's view of it has.
 *
 * @param {WebAssembly.Memory} memory
 * @param {Layout} layout what it must cover
 */
function coveringBuffer(memory, { status, rings }) {
  const end = Math.max(status.address + status.stride * status.count, ...rings.map(ringEnd));
  if (memory.buffer.byteLength < end) memory.grow(0);
  return /** @type {SharedArrayBuffer} */ (/** @type {unknown} */ (memory.buffer));
}
