/**
 * The events of a run, kept for its trace and for readers: each reader gets each event once. Bounded: the oldest are forgotten and counted.
 */

import { blankEvent } from './events.ts';
import { Standing } from './standing.ts';
import type { EventKind, LabEvent, RunEvent } from './types.ts';

const CHUNK = 4096;
/** 8 MB in all. */
const CHUNKS = 64;

/** Where new events come from. */
type Source = { drain: (heard: (event: LabEvent) => void) => { dropped: number } };

/** How much a reader was handed: events, and how many it was told are missing. */
export type Reader = { tape: Tape; handed: number; lost: number };

const KINDS: EventKind[] = [];
const NUMBERS: Map<EventKind, number> = new Map();

class Chunk {
  before;

  latest = -Infinity;

  /** @param before what the events before it have said */
  constructor(before: Standing) {
    this.before = before;
  }

  times = new Float64Array(CHUNK);
  kinds = new Uint8Array(CHUNK);
  workers = new Int16Array(CHUNK);
  details = new Uint8Array(CHUNK);
  pauses = new Uint32Array(CHUNK);
  tasks = new Uint32Array(CHUNK);
  functions = new Uint32Array(CHUNK);
  instructions = new Uint32Array(CHUNK);
  counts = new Uint32Array(CHUNK);
}

export class Tape {
  #chunks: Chunk[] = [];
  /** Events before the first chunk. */
  #forgotten = 0;
  /** What all events have said. */
  #standing = new Standing();
  #written = 0;
  #lost = 0;

  /** Events that were overwritten in their ring, or forgotten here. */
  get missing() {
    return this.#lost + this.#forgotten;
  }

  /** Reads what is new, for every reader. */
  gather(source: Source | null | undefined) {
    this.#lost += source?.drain((event) => this.#add(event)).dropped ?? 0;
  }

  /**
   * Hands over what a reader was not handed yet.
   *
   * @param callback called with one object that is used again for the next
   */
  drain(source: Source | null | undefined, callback: (event: LabEvent) => void, reader: Reader) {
    this.gather(source);
    const from = Math.max(reader.handed, this.#forgotten);
    const forgotten = from - reader.handed;
    const end = this.#written;
    const dropped = this.#lost - reader.lost + forgotten;
    Object.assign(reader, { handed: end, lost: this.#lost });
    return { events: this.#read(from, end, callback), dropped };
  }

  /**
   * Every event that is kept, worker by worker only within what was read at once; each worker's in order.
   * Before them, as events, where each worker was when they began.
   *
   * @param callback called with one object that is used again for the next
   * @param from of what was before this time, as much as is at hand may be passed over: where each worker
   * was is then told of a time before
   * @returns how many more events are kept than `callback` was called
   */
  each(callback: (event: RunEvent) => void, from: number = -Infinity): number {
    const first = this.#chunks.findIndex(({ latest }) => latest >= from);
    const oldest = this.#chunks.at(first);
    if (!oldest) return 0;
    const told = oldest.before.restated(Math.min(oldest.times[0], from > -Infinity ? from - 1 : Infinity));
    for (const event of told) callback(event);
    const passed = (first < 0 ? this.#chunks.length - 1 : first) * CHUNK;
    this.#read(this.#forgotten + passed, this.#written, callback);
    return passed - told.length;
  }

  #read(from: number, end: number, callback: (event: LabEvent) => void) {
    for (let i = from; i < end; i++) {
      const at = i - this.#forgotten;
      const chunk = this.#chunks[Math.floor(at / CHUNK)];
      const slot = at % CHUNK;
      // Field by field: an object for each of a quarter of a million events is felt.
      event.time = chunk.times[slot];
      event.kind = KINDS[chunk.kinds[slot]];
      event.worker = chunk.workers[slot];
      event.detail = chunk.details[slot];
      event.pause = chunk.pauses[slot];
      event.task = chunk.tasks[slot];
      event.function = chunk.functions[slot];
      event.instruction = chunk.instructions[slot];
      event.count = chunk.counts[slot];
      callback(event);
    }
    return end - from;
  }

  #add(event: LabEvent) {
    const slot = (this.#written - this.#forgotten) % CHUNK;
    if (slot === 0 && this.#written - this.#forgotten === this.#chunks.length * CHUNK) {
      if (this.#chunks.length === CHUNKS) {
        const chunk = this.#chunks.shift() as Chunk;
        chunk.before = this.#standing.copy();
        chunk.latest = -Infinity;
        this.#chunks.push(chunk);
        this.#forgotten += CHUNK;
      } else this.#chunks.push(new Chunk(this.#standing.copy()));
    }
    const chunk = this.#chunks[this.#chunks.length - 1];
    this.#standing.event(event);
    chunk.latest = Math.max(chunk.latest, event.time);
    chunk.times[slot] = event.time;
    chunk.kinds[slot] = numberOf(event.kind);
    chunk.workers[slot] = event.worker;
    chunk.details[slot] = event.detail;
    chunk.pauses[slot] = event.pause;
    chunk.tasks[slot] = event.task;
    chunk.functions[slot] = event.function;
    chunk.instructions[slot] = event.instruction;
    chunk.counts[slot] = event.count;
    this.#written++;
  }
}

function numberOf(kind: EventKind) {
  const known = NUMBERS.get(kind);
  if (known !== undefined) return known;
  NUMBERS.set(kind, KINDS.push(kind) - 1);
  return KINDS.length - 1;
}

const event = blankEvent();
