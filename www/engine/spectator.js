/**
 * Reads what the workers of one run write into shared memory: their status and their events. Never waits
 * and never writes, so the page may call it in every frame.
 */

import { RingReader, ringEnd } from './ring.js';
import { Sites } from './sites.js';

/** @import { LabEvent, Layout, Program, WorkerStatus } from './types.js' */

const REQUESTER = -1;

/** No site: the worker has not said where it is. */
const NOWHERE = 0xffffffff;

export class Spectator {
  #memory;
  #layout;
  #sites;
  #readers;
  #warnings;
  #armedAt = 0;
  #words;
  #counts;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {Layout} layout of a run that has just begun
   * @param {Program} program that it runs
   */
  constructor(memory, layout, program) {
    this.#memory = memory;
    this.#layout = layout;
    this.#sites = new Sites(program);
    const buffer = this.#coveringBuffer();
    const { address, stride, count } = layout.status;
    this.#words = new Uint32Array(buffer, address, (stride * count) / 4);
    this.#counts = new BigUint64Array(buffer, address, (stride * count) / 8);
    const requester = layout.rings.length - 1;
    this.#readers = layout.rings.map(
      (ring, index) => new RingReader(buffer, ring, index === requester ? REQUESTER : index),
    );
    // A cursor of its own: `drain` belongs to the page.
    this.#warnings = layout.rings.slice(requester).map((ring) => new RingReader(buffer, ring, REQUESTER));
  }

  /** @returns {WorkerStatus[]} of every worker, as it is now */
  workers() {
    return Array.from({ length: this.#layout.status.count }, (_, id) => this.#status(id));
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

  /**
   * @param {number} id
   * @returns {WorkerStatus}
   */
  #status(id) {
    const { stride, fields, states, kinds } = this.#layout.status;
    const base = id * stride;
    const word = (/** @type {number} */ field) => Atomics.load(this.#words, (base + field) / 4);
    const count = (/** @type {number} */ field) => Number(Atomics.load(this.#counts, (base + field) / 8));
    const functionIndex = word(fields.function);
    const kind = kinds[word(fields.kind)] ?? 'idle';
    return {
      id,
      state: states[word(fields.state)] ?? 'dead',
      instructions: count(fields.instructions),
      polls: count(fields.polls),
      site:
        functionIndex === NOWHERE
          ? null
          : this.#sites.at(kind, word(fields.task), functionIndex, word(fields.instruction)),
    };
  }

  /** The memory may have grown in a worker before this thread's view of it has. */
  #coveringBuffer() {
    const { status, rings } = this.#layout;
    const ends = rings.map(ringEnd);
    const end = Math.max(status.address + status.stride * status.count, ...ends);
    if (this.#memory.buffer.byteLength < end) this.#memory.grow(0);
    return /** @type {SharedArrayBuffer} */ (/** @type {unknown} */ (this.#memory.buffer));
  }
}
