/** Where workers were when a pause stopped them, counted by instruction. */

/** Places that are told apart; what comes after is not counted. More than any program of the page has. */
const MAX_PLACES = 20_000;
/** @type {Set<import('../engine/types.js').Standing>} */
const AWAY = new Set(['safe-region', 'blocked', 'idle']);

/**
 * @typedef {object} Place
 * @property {string} function
 * @property {number} instruction index in its function
 * @property {number | null} line
 * @property {number} stopped how often a worker stopped here
 * @property {number} away how often a worker was away from here in a safe region and was not awaited
 * @property {number} last how often that worker was the last one
 */

export class Heat {
  constructor() {
    /** @type {Map<string, Place>} */
    this.places = new Map();
  }

  /** @param {import('../engine/types.js').Pause} pause */
  add(pause) {
    const last = pause.stragglers[0]?.worker;
    for (const { worker, safe, site, standing } of pause.arrivals) {
      if (!site || site.function === null || site.instruction === null) continue;
      const place = this.at(site.function, site.instruction, site.line);
      if (!place) continue;
      // Who asked for the pause, wants memory or has not run again since the last one is not away.
      if (safe && (standing === null || AWAY.has(standing))) place.away += 1;
      else if (!safe) place.stopped += 1;
      if (!safe && worker === last) place.last += 1;
    }
  }

  /**
   * @param {string} name of the function
   * @param {number} instruction
   * @param {number | null} line
   */
  at(name, instruction, line) {
    const key = `${instruction} ${name}`;
    const known = this.places.get(key);
    if (known || this.places.size >= MAX_PLACES) return known;
    /** @type {Place} */
    const place = { function: name, instruction, line, stopped: 0, away: 0, last: 0 };
    this.places.set(key, place);
    return place;
  }

  /** By source line, for places that have one. @returns {Map<number, Place>} */
  byLine() {
    /** @type {Map<number, Place>} */
    const lines = new Map();
    for (const place of this.places.values()) {
      if (place.line === null) continue;
      const sum = lines.get(place.line);
      if (!sum) lines.set(place.line, { ...place });
      else {
        sum.stopped += place.stopped;
        sum.away += place.away;
        sum.last += place.last;
      }
    }
    return lines;
  }
}
