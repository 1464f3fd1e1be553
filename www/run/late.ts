/** Which worker was the last to arrive, how often and how late: by worker and by place in the program. */
import type { Arrival, CauseKind, Pause, Site, Straggler } from './types.ts';

/** Places that are told apart; beyond it the rest counts as one. */
const MAX_PLACES = 500;

export type LateRow = {
  key: string;
  worker: number | null;
  line: number | null;
  count: number;
  worst: number;
  sum: number;
};

export class Late {
  /** Pauses in which a worker was awaited. */
  awaited = 0;
  /** Of these, those that awaited more than one: of one alone it says nothing that it was the last, and the verdict does not count it. */
  total = 0;
  workers: Map<string, LateRow> = new Map();
  places: Map<string, LateRow> = new Map();

  add(pause: Pause) {
    const last = pause.stragglers[0];
    if (!last) return;
    this.awaited += 1;
    if (pause.arrivals.filter(({ safe }) => !safe).length < 2) return;
    this.total += 1;
    count(this.workers, `Worker ${last.worker}`, last.worker, null, last.waited);
    const site = lateAt(pause, last);
    const place = site?.text ?? 'not known';
    const key = this.places.has(place) || this.places.size < MAX_PLACES ? place : 'elsewhere';
    count(this.places, key, null, site?.line ?? null, last.waited);
  }

  /** @returns most often late first */
  byWorker(): LateRow[] {
    return sorted(this.workers);
  }

  /** @returns most often late first */
  byPlace(): LateRow[] {
    return sorted(this.places);
  }
}

/**
 * Whom a request waited for in vain, the latest first.
 *
 * @param pause one that was given up
 */
export function missingOf({ causes, stragglers }: Pause): Straggler[] {
  if (stragglers.length > 0) return stragglers;
  return causes.map(({ worker, place: site, late: waited, kind }) => ({
    ...{ worker, site, waited },
    dead: kind === 'died',
  }));
}

/**
 * Where a worker was held up, if that is known, and otherwise where it stopped. The worker that stopped the world stands where it
 * did that.
 */
export function lateAt(
  { causes, stragglers, halt }: Pick<Pause, 'causes' | 'stragglers' | 'halt'>,
  { worker, site }: Pick<Arrival, 'worker' | 'site'>,
): Pick<Site, 'text' | 'line'> | null {
  if (halt?.worker === worker) {
    const { function: name, line, instruction } = halt;
    return { line, text: `${name}, ${line === null ? `instruction ${instruction}` : `line ${line}`}` };
  }
  const cause = causes.find((one) => one.worker === worker)?.place;
  return cause ?? stragglers.find((one) => one.worker === worker)?.site ?? site;
}

/** Why a worker that did not stop at once ran on: it had no processor, it was kept by what it did itself, or neither is known. */
export type Lateness = 'own' | 'processor' | 'unknown';

/** Kinds of causes that lie in what the worker itself was doing. */
const OWN: CauseKind[] = [
  'unpolled-loop',
  'unpolled-recursion',
  'long-instruction',
  'long-path',
  'blocked',
  'died',
];

export function latenessOf({ causes }: Pick<Pause, 'causes'>, worker: number): Lateness {
  const kind = causes.find((one) => one.worker === worker)?.kind ?? 'unknown';
  if (OWN.includes(kind)) return 'own';
  return kind === 'no-processor' ? 'processor' : 'unknown';
}

/**
 * The worker that is told of: the last one; or, where that was not late by its own making, one that was for half of the
 * stop at least.
 */
export function toldOf(pause: Pause): Straggler | undefined {
  const [last] = pause.ended === 'completed' ? pause.stragglers : missingOf(pause);
  if (!last || latenessOf(pause, last.worker) === 'own') return last;
  const cause = pause.causes.find(
    ({ kind, late }) => kind !== 'died' && OWN.includes(kind) && late * 2 >= pause.ttsp,
  );
  return cause ? { worker: cause.worker, site: cause.place, waited: cause.late, dead: false } : last;
}

function count(
  rows: Map<string, LateRow>,
  key: string,
  worker: number | null,
  line: number | null,
  waited: number,
) {
  const row = rows.get(key) ?? { key, worker, line, count: 0, worst: 0, sum: 0 };
  row.count += 1;
  row.sum += waited;
  row.worst = Math.max(row.worst, waited);
  rows.set(key, row);
}

function sorted(rows: Map<string, LateRow>) {
  return [...rows.values()].sort((a, b) => b.count - a.count || b.worst - a.worst);
}
