/** Where workers were when a pause stopped them, counted by instruction. */
import type { Pause, Standing } from './types.ts';

/** Places that are told apart; what comes after is not counted. More than any program of the page has. */
const MAX_PLACES = 20_000;
const AWAY: Set<Standing> = new Set(['safe-region', 'blocked', 'idle']);

export interface Place {
  function: string;
  /** index in its function */
  instruction: number;
  line: number | null;
  /** how often a worker stopped here */
  stopped: number;
  /** how often a worker was away from here in a safe region and was not awaited */
  away: number;
  /** how often that worker was the last one */
  last: number;
}

export class Heat {
  places: Map<string, Place> = new Map();

  add(pause: Pause) {
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

  /** @param name of the function */
  at(name: string, instruction: number, line: number | null) {
    const key = `${instruction} ${name}`;
    const known = this.places.get(key);
    if (known || this.places.size >= MAX_PLACES) return known;
    const place: Place = { function: name, instruction, line, stopped: 0, away: 0, last: 0 };
    this.places.set(key, place);
    return place;
  }

  /** By source line, for places that have one. */
  byLine(): Map<number, Place> {
    const lines: Map<number, Place> = new Map();
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
