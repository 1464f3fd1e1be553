/** Which worker was the last to arrive, how often and how late: by worker and by place in the program. */

/** Places that are told apart; beyond it the rest counts as one. */
const MAX_PLACES = 500;

/** @typedef {import('../engine/types.js').Pause} Pause */
/** @typedef {{ key: string, worker: number | null, line: number | null, count: number, worst: number, sum: number }} LateRow */

export class Late {
  constructor() {
    /** Pauses in which a worker was awaited. */
    this.total = 0;
    /** @type {Map<string, LateRow>} */
    this.workers = new Map();
    /** @type {Map<string, LateRow>} */
    this.places = new Map();
  }

  /** @param {Pause} pause */
  add(pause) {
    const last = pause.stragglers[0];
    if (!last) return;
    this.total += 1;
    count(this.workers, `Worker ${last.worker}`, last.worker, null, last.waited);
    const site = lateAt(pause, last);
    const place = site?.text ?? 'not known';
    const key = this.places.has(place) || this.places.size < MAX_PLACES ? place : 'elsewhere';
    count(this.places, key, null, site?.line ?? null, last.waited);
  }

  /** @returns {LateRow[]} most often late first */
  byWorker() {
    return sorted(this.workers);
  }

  /** @returns {LateRow[]} most often late first */
  byPlace() {
    return sorted(this.places);
  }
}

/**
 * Whom a request waited for in vain, the latest first.
 *
 * @param {Pause} pause one that was given up
 * @returns {import('../engine/types.js').Straggler[]}
 */
export function missingOf({ causes, stragglers }) {
  if (stragglers.length > 0) return stragglers;
  return causes.map(({ worker, place: site, late: waited, kind }) => ({
    ...{ worker, site, waited },
    dead: kind === 'died',
  }));
}

/**
 * Where a worker was held up, if that is known, and otherwise where it stopped. The worker that stopped the world stands where it
 * did that.
 *
 * @param {Pick<Pause, 'causes' | 'stragglers' | 'halt'>} pause
 * @param {Pick<import('../engine/types.js').Arrival, 'worker' | 'site'>} arrival
 * @returns {Pick<import('../engine/types.js').Site, 'text' | 'line'> | null}
 */
export function lateAt({ causes, stragglers, halt }, { worker, site }) {
  if (halt?.worker === worker) {
    const { function: name, line, instruction } = halt;
    return { line, text: `${name}, ${line === null ? `instruction ${instruction}` : `line ${line}`}` };
  }
  const cause = causes.find((one) => one.worker === worker)?.place;
  return cause ?? stragglers.find((one) => one.worker === worker)?.site ?? site;
}

/**
 * @param {Map<string, LateRow>} rows
 * @param {string} key
 * @param {number | null} worker
 * @param {number | null} line
 * @param {number} waited
 */
function count(rows, key, worker, line, waited) {
  const row = rows.get(key) ?? { key, worker, line, count: 0, worst: 0, sum: 0 };
  row.count += 1;
  row.sum += waited;
  row.worst = Math.max(row.worst, waited);
  rows.set(key, row);
}

/** @param {Map<string, LateRow>} rows */
function sorted(rows) {
  return [...rows.values()].sort((a, b) => b.count - a.count || b.worst - a.worst);
}
