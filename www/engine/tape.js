/**
 * The events of a run, kept for its trace and for whoever reads them: each reader gets each event once. Bounded: the oldest are forgotten and counted.
 */

/** @import { EventKind, LabEvent, RunEvent } from './types.js' */
/** @import { Spectator } from './spectator.js' */
import { blankEvent } from './ring.js';
import { Standing } from './standing.js';

const CHUNK = 4096;
/** 8 MB in all. */
const CHUNKS = 64;

/** How much somebody was handed: events, and how many they were told are missing. @typedef {{ tape: Tape, handed: number, lost: number }} Reader */

/** @type {EventKind[]} */
const KINDS = [];
/** @type {Map<EventKind, number>} */
const NUMBERS = new Map();

class Chunk {
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
  /** @type {Chunk[]} */
  #chunks = [];
  /** Events before the first chunk. */
  #forgotten = 0;
  /** What they have said. */
  #before = new Standing();
  #written = 0;
  #lost = 0;

  /** Events that were overwritten in their ring, or forgotten here. */
  get missing() {
    return this.#lost + this.#forgotten;
  }

  /** Reads what is new, for every reader. @param {Spectator | null | undefined} spectator */
  gather(spectator) {
    this.#lost += spectator?.drain((event) => this.#add(event)).dropped ?? 0;
  }

  /**
   * Hands over what a reader was not handed yet.
   *
   * @param {Spectator | null | undefined} spectator
   * @param {(event: LabEvent) => void} callback called with one object that is used again for the next
   * @param {Reader} reader
   */
  drain(spectator, callback, reader) {
    this.gather(spectator);
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
   * @param {(event: RunEvent) => void} callback called with one object that is used again for the next
   */
  each(callback) {
    const [oldest] = this.#chunks;
    for (const told of this.#before.restated(oldest?.times[0] ?? 0)) callback(told);
    this.#read(this.#forgotten, this.#written, callback);
  }

  /**
   * @param {number} from
   * @param {number} end
   * @param {(event: LabEvent) => void} callback
   */
  #read(from, end, callback) {
    for (let i = from; i < end; i++) {
      const at = i - this.#forgotten;
      const chunk = /** @type {Chunk} */ (this.#chunks[Math.floor(at / CHUNK)]);
      const slot = at % CHUNK;
      callback(
        Object.assign(event, {
          time: chunk.times[slot],
          kind: KINDS[/** @type {number} */ (chunk.kinds[slot])],
          worker: chunk.workers[slot],
          detail: chunk.details[slot],
          pause: chunk.pauses[slot],
          task: chunk.tasks[slot],
          function: chunk.functions[slot],
          instruction: chunk.instructions[slot],
          count: chunk.counts[slot],
        }),
      );
    }
    return end - from;
  }

  /** @param {LabEvent} event */
  #add(event) {
    const slot = (this.#written - this.#forgotten) % CHUNK;
    if (slot === 0 && this.#written - this.#forgotten === this.#chunks.length * CHUNK) {
      if (this.#chunks.length === CHUNKS) {
        this.#read(this.#forgotten, this.#forgotten + CHUNK, (gone) => this.#before.event(gone));
        this.#chunks.push(/** @type {Chunk} */ (this.#chunks.shift()));
        this.#forgotten += CHUNK;
      } else this.#chunks.push(new Chunk());
    }
    const chunk = /** @type {Chunk} */ (this.#chunks[this.#chunks.length - 1]);
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

/** @param {EventKind} kind */
function numberOf(kind) {
  const known = NUMBERS.get(kind);
  if (known !== undefined) return known;
  NUMBERS.set(kind, KINDS.push(kind) - 1);
  return KINDS.length - 1;
}

const event = blankEvent();
