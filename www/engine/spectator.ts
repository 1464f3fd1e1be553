/**
 * Reads what the workers of one run write into shared memory: their status and their events. Never waits
 * and never writes, so the page may call it in every frame.
 */

import { RequestReading } from '../run/reading.ts';
import { RingReader, ringEnd } from './ring.ts';
import { StatusReader } from './status.ts';
import type {
  Awaiting,
  CauseKind,
  LabEvent,
  Layout,
  PollPolicy,
  Program,
  Reason,
  Site,
  WorkerStatus,
} from '../run/types.ts';

const REQUESTER = -1;
/** By the number that events carry. */
const REASONS: Reason[] = ['gc', 'snapshot', 'debug'];
/** What keeps a worker at such a place from its next poll. */
const KEEPS: Partial<Record<Site['kind'], CauseKind>> = {
  unpolled: 'unpolled-loop',
  bulk: 'long-instruction',
  stall: 'blocked',
};

export class Spectator {
  #status;
  #readers;
  #requests;
  #memory;
  #request = new RequestReading();
  /** Pauses that passed their warning threshold, and were not told of yet. */
  #warned: { pause: number; waited: number }[] = [];

  /**
   * @param layout of a run that has just begun
   * @param program that it runs
   * @param policy that it runs under
   */
  constructor(memory: WebAssembly.Memory, layout: Layout, program: Program, policy: PollPolicy) {
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

  /** @returns of every worker, as it is now */
  workers(): WorkerStatus[] {
    return this.#status.read();
  }

  /**
   * Hands over all new events, worker by worker, each worker's in order.
   *
   * @param callback called with one object that is used again for the next
   * @returns how many were handed over, and how many were overwritten
   * before they were read, since the last call
   */
  drain(callback: (event: LabEvent) => void): { events: number; dropped: number } {
    const lost = () => this.#readers.reduce((sum, reader) => sum + reader.dropped, 0);
    const before = lost();
    let events = 0;
    for (const reader of this.#readers) events += reader.drain(callback);
    return { events, dropped: lost() - before };
  }

  /**
   * Pauses that passed their warning threshold since the last call.
   *
   * @returns with the time since they were armed, in microseconds
   */
  warned(): { pause: number; waited: number }[] {
    this.#followRequests();
    return this.#warned.splice(0);
  }

  /**
   * The workers that the stop under way waits for. A worker that has not stopped has not polled since it was asked.
   *
   * @returns null when no worker is awaited
   */
  awaiting(): Awaiting | null {
    this.#followRequests();
    const { arming } = this.#request;
    if (!arming) return null;
    const workers = this.workers()
      .filter(({ state }) => state === 'running')
      .map(({ id, site }) => {
        const place = this.#status.noted(id, this.#memory.buffer);
        return {
          worker: id,
          kind: (place && KEEPS[place.kind]) ?? ('unknown' as const),
          place,
          line: place?.line ?? null,
          last: site,
        };
      });
    if (workers.length === 0) return null;
    return { pause: arming.id, reason: REASONS[arming.reason] ?? 'gc', since: arming.armed, workers };
  }

  #followRequests() {
    for (const reader of this.#requests) {
      let { dropped } = reader;
      reader.drain((event) => {
        // Its end may be among what was overwritten.
        if (reader.dropped > dropped) this.#request.arming = null;
        dropped = reader.dropped;
        this.#request.accept(event);
        const { kind, pause, time } = event;
        const { arming } = this.#request;
        if (kind === 'warned' && arming) this.#warned.push({ pause, waited: time - arming.armed });
      });
    }
  }
}

/**
 * The memory's buffer. It may have grown in a worker before this thread's view of it has.
 *
 * @param layout what it must cover
 */
function coveringBuffer(memory: WebAssembly.Memory, { status, rings }: Layout) {
  const end = Math.max(status.address + status.stride * status.count, ...rings.map(ringEnd));
  if (memory.buffer.byteLength < end) memory.grow(0);
  return memory.buffer as unknown as SharedArrayBuffer;
}
