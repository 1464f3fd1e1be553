/**
 * Reads the event rings that workers write in shared memory. Layout: `src/trace/mod.rs`. One writer, any
 * number of readers, no thread waits: a reader that was overtaken counts what it lost and goes on.
 */
import { KINDS, blankEvent } from '../run/events.ts';
import type { LabEvent, RingLayout } from '../run/types.ts';

const HEADER_BYTES = 64;
const EVENT_BYTES = 32;

/** @returns address behind it */
export function ringEnd({ address, capacity }: RingLayout): number {
  return address + HEADER_BYTES + capacity * EVENT_BYTES;
}

/** One reader of one ring. */
export class RingReader {
  #words;
  #capacity;
  #worker;
  #cursor = 0;

  /** How many events were overwritten before they were read, in all. */
  dropped = 0;

  /**
   * @param buffer the memory
   * @param worker number that its events carry; -1 for the requester's
   */
  constructor(buffer: SharedArrayBuffer, ring: RingLayout, worker: number) {
    this.#words = new Uint32Array(buffer, ring.address, (ringEnd(ring) - ring.address) / 4);
    this.#capacity = ring.capacity;
    this.#worker = worker;
  }

  /** Forgets what was written so far. */
  skipToEnd() {
    this.#cursor = Atomics.load(this.#words, 0);
  }

  /**
   * Hands over everything new, oldest first.
   *
   * @param callback called with one object that is used again for the next event
   * @returns how many were handed over
   */
  drain(callback: (event: LabEvent) => void): number {
    let behind = (Atomics.load(this.#words, 0) - this.#cursor) >>> 0;
    let given = 0;
    while (behind > 0) {
      const intact = this.#copy();
      // If the writer has come round to this slot, the words may be torn. It had counted up to the event
      // before it touched them, and atomic loads keep their order, so it shows here. The slot after the
      // newest event may be half written at any time: one less than the capacity is readable.
      const ahead = (Atomics.load(this.#words, 0) - this.#cursor) >>> 0;
      if (ahead >= this.#capacity) {
        const lost = Math.min(ahead - this.#capacity + 1, behind);
        this.#lose(lost);
        behind -= lost;
        continue;
      }
      this.#cursor = (this.#cursor + 1) >>> 0;
      behind--;
      if (!intact) continue;
      given++;
      callback(event);
    }
    return given;
  }

  #lose(count: number) {
    this.dropped += count;
    this.#cursor = (this.#cursor + count) >>> 0;
  }

  #copy() {
    const word = (HEADER_BYTES + (this.#cursor & (this.#capacity - 1)) * EVENT_BYTES) / 4;
    const words = this.#words;
    timeWords[0] = Atomics.load(words, word);
    timeWords[1] = Atomics.load(words, word + 1);
    const kindAndDetail = Atomics.load(words, word + 2);
    event.time = time[0];
    event.worker = this.#worker;
    event.detail = (kindAndDetail >>> 8) & 0xff;
    event.pause = Atomics.load(words, word + 3);
    event.task = Atomics.load(words, word + 4);
    event.function = Atomics.load(words, word + 5);
    event.instruction = Atomics.load(words, word + 6);
    event.count = Atomics.load(words, word + 7);
    const kind = KINDS[kindAndDetail & 0xff];
    if (!kind) return false;
    event.kind = kind;
    return true;
  }
}

const time = new Float64Array(1);
const timeWords = new Uint32Array(time.buffer);

const event = blankEvent();
