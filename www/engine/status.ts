/**
 * Reads the workers' status blocks in shared memory. Layout: `WorkerBlock` in `crates/machine/src/vm/status.rs`. Workers
 * write them at slow paths: at each stop (then they are exact), at every tick, when they change tasks.
 */

import { Sites } from './sites.ts';
import type {
  LongestPath,
  PollPolicy,
  Program,
  Site,
  StatusLayout,
  WorkerState,
  WorkerStatus,
} from '../run/types.ts';

/** Byte offsets in a block; 32 bits each but for the counters, which have 64. */
const STATE = 0;
const TASK = 4;
const FUNCTION = 8;
const INSTRUCTION = 12;
const INSTRUCTIONS = 16;
const POLLS = 24;
const LONGEST = 32;
const LONGEST_FUNCTION = 40;
const LONGEST_INSTRUCTION = 44;
const NOTE = 48;

/** What a worker leaves word of: `Worker::note_address` in `crates/safepoint/src/worker.rs`. Its kinds by number, those that delay. */
const DELAYS: Record<number, Site['kind']> = { 5: 'bulk', 6: 'stall', 7: 'unpolled' };

/** by their number */
const STATES: WorkerState[] = ['starting', 'running', 'stopped', 'safe region', 'idle', 'finished', 'dead'];

export class StatusReader {
  #words;
  #counters;
  #layout;
  #sites;

  /**
   * @param buffer the memory
   * @param program that the workers run
   * @param policy that it runs under
   */
  constructor(buffer: SharedArrayBuffer, layout: StatusLayout, program: Program, policy: PollPolicy) {
    const bytes = layout.stride * layout.count;
    this.#words = new Uint32Array(buffer, layout.address, bytes / 4);
    this.#counters = new BigUint64Array(buffer, layout.address, bytes / 8);
    this.#layout = layout;
    this.#sites = new Sites(program, policy);
  }

  /** @returns of every worker, as it is now */
  read(): WorkerStatus[] {
    return Array.from({ length: this.#layout.count }, (_, id) => this.#worker(id));
  }

  /**
   * What a worker said it is in, that may keep it from the next poll.
   *
   * @param memory all of it, as large as it is now
   * @returns null when it left no word
   */
  noted(id: number, memory: ArrayBufferLike): Site | null {
    const address = Number(Atomics.load(this.#counters, (id * this.#layout.stride + NOTE) / 8));
    if (address === 0 || address % 8 !== 0 || address + 16 > memory.byteLength) return null;
    const words = new Uint32Array(memory, address, 4);
    const word = (index: number) => Atomics.load(words, index);
    const [instruction, functionIndex, low, high] = [word(0), word(1), word(2), word(3)];
    const kind = DELAYS[low & 0xff];
    if (high >>> 31 === 0 || !kind) return null;
    const task = ((high & 0xff) << 24) | (low >>> 8);
    const site = this.#sites.at('running', task >>> 0, functionIndex, instruction);
    return site?.function ? { ...site, kind } : null;
  }

  #worker(id: number): WorkerStatus {
    const base = id * this.#layout.stride;
    const word = (offset: number) => Atomics.load(this.#words, (base + offset) / 4);
    const counter = (offset: number) => Number(Atomics.load(this.#counters, (base + offset) / 8));
    const state = STATES[word(STATE)] ?? 'dead';
    const site = this.#sites.at(state, word(TASK), word(FUNCTION), word(INSTRUCTION));
    const longest = counter(LONGEST);
    return {
      id,
      state,
      instructions: counter(INSTRUCTIONS),
      polls: counter(POLLS),
      site,
      longest:
        longest === 0
          ? null
          : { instructions: longest, ...this.#sites.end(word(LONGEST_FUNCTION), word(LONGEST_INSTRUCTION)) },
    };
  }
}

/**
 * The longest that any worker went.
 *
 * @returns null where nothing was measured
 */
export function longestOf(
  workers: Pick<WorkerStatus, 'id' | 'longest'>[],
): (LongestPath & { worker: number }) | null {
  let most: (LongestPath & { worker: number }) | null = null;
  for (const { id, longest } of workers)
    if (longest && longest.instructions > (most?.instructions ?? 0)) most = { ...longest, worker: id };
  return most;
}
