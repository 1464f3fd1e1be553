/** What the page keeps of pauses: the last records, each once, and the latest statistics. */

/** @import { Pause, Percentiles, ReasonStats, Stats } from './types.js' */

/** Older records are dropped: an hour of pauses must not fill the page's memory. */
const KEPT = 2000;

export class Recorder {
  /** @type {Pause[]} oldest first */
  #pauses = [];
  /** @type {Stats} */
  stats = noStats();

  /** A new run. */
  clear() {
    this.#pauses = [];
    this.stats = noStats();
  }

  /** The last records, oldest first; a copy. */
  get pauses() {
    return [...this.#pauses];
  }

  /** @param {Pause} pause one that is over, told once */
  add(pause) {
    this.#pauses.push(pause);
    if (this.#pauses.length > KEPT) this.#pauses.splice(0, this.#pauses.length - KEPT);
  }

  /** @param {number} id @returns {Pause | null} null for one that is not kept */
  pause(id) {
    return this.#pauses.findLast((pause) => pause.id === id) ?? null;
  }
}

/** @returns {Stats} figures before the first pause */
export function noStats() {
  /** @returns {Percentiles} */
  const none = () => ({ p50: 0, p90: 0, p99: 0, p99_9: 0, max: 0 });
  /** @returns {ReasonStats} */
  const reason = () => ({
    count: 0,
    queue: none(),
    ttsp: none(),
    noticing: none(),
    operation: none(),
    held: none(),
    release: none(),
    total: none(),
  });
  const bias = { pauses: 0, enough: 30, workers: [], places: [] };
  return { gc: reason(), snapshot: reason(), debug: reason(), totals: null, bias };
}
