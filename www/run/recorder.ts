/** What the page keeps of pauses: the last records, each once, and the latest statistics. */
import type { Pause, Percentiles, ReasonStats, Stats } from './types.ts';

/** Older records are dropped: an hour of pauses must not fill the page's memory. */
const KEPT = 2000;

export class Recorder {
  /** oldest first */
  #pauses: Pause[] = [];
  stats: Stats = noStats();

  /** A new run. */
  clear() {
    this.#pauses = [];
    this.stats = noStats();
  }

  /** The last records, oldest first; a copy. */
  get pauses() {
    return [...this.#pauses];
  }

  /** @param pause one that is over, told once */
  add(pause: Pause) {
    this.#pauses.push(pause);
    if (this.#pauses.length > KEPT) this.#pauses.splice(0, this.#pauses.length - KEPT);
  }

  /** @returns null for one that is not kept */
  pause(id: number): Pause | null {
    return this.#pauses.findLast((pause) => pause.id === id) ?? null;
  }
}

/** @returns figures before the first pause */
export function noStats(): Stats {
  const none = (): Percentiles => ({ p50: 0, p90: 0, p99: 0, p99_9: 0, max: 0 });
  const reason = (): ReasonStats => ({
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
