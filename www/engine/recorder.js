/** What the page keeps of pauses: the last records, each once, and the latest statistics. */

/** @import { Pause, Percentiles, ReasonStats, Stats } from './types.js' */

/** Older records are dropped: an hour of pauses must not fill the page's memory. */
const KEPT = 2000;

export class Recorder {
  /** @type {Pause[]} oldest first */
  #pauses = [];
  #lastId = 0;
  /** @type {Stats} */
  stats = noStats();

  /** A new run. */
  clear() {
    this.#pauses = [];
    this.#lastId = 0;
    this.stats = noStats();
  }

  /** The last records, oldest first; a copy. */
  get pauses() {
    return [...this.#pauses];
  }

  /**
   * Keeps the record of a pause that is over. The engine tells of the page's own pauses twice: in the
   * answer to its request and among the news.
   *
   * @param {Pause} pause
   * @returns {boolean} whether it was new
   */
  add(pause) {
    if (pause.id <= this.#lastId && this.#pauses.findLast(({ id }) => id === pause.id)) return false;
    this.#lastId = Math.max(this.#lastId, pause.id);
    this.#pauses.push(pause);
    if (this.#pauses.length > KEPT) this.#pauses.splice(0, this.#pauses.length - KEPT);
    return true;
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
    operation: none(),
    release: none(),
    total: none(),
  });
  return { gc: reason(), snapshot: reason(), debug: reason() };
}
