/**
 * Reads what the workers of one run write into shared memory: their status and their events. Never waits
 * and never writes, so the page may call it in every frame.
 */

import { RingReader, ringEnd } from './ring.js';
import { StatusReader } from './status.js';

/** @import { LabEvent, Layout, PollPolicy, Program, WorkerStatus } from './types.js' */

const REQUESTER = -1;

export class Spectator {
  #status;
  #readers;
  #warnings;
  #armedAt = 0;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {Layout} layout of a run that has just begun
   * @param {Program} program that it runs
   * @param {PollPolicy} policy that it runs under
   */
  constructor(memory, layout, program, policy) {
    const buffer = coveringBuffer(memory, layout);
    this.#status = new StatusReader(buffer, layout.status, program, policy);
    const requester = layout.rings.length - 1;
    this.#readers = layout.rings.map(
      (ring, index) => new RingReader(buffer, ring, index === requester ? REQUESTER : index),
    );
    // A cursor of its own: `drain` belongs to the page.
    this.#warnings = layout.rings.slice(requester).map((ring) => new RingReader(buffer, ring, REQUESTER));
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
   *   before anybody read them, since the last call
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
    /** @type {{ pause: number, waited: number }[]} */
    const warned = [];
    for (const reader of this.#warnings) {
      reader.drain(({ kind, pause, time }) => {
        if (kind === 'armed') this.#armedAt = time;
        if (kind === 'warned') warned.push({ pause, waited: time - this.#armedAt });
      });
    }
    return warned;
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
