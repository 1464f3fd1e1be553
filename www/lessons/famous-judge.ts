/** Whether a stop shows what a famous pause promises, and what of it the cure makes smaller. `tests/lab/famous.rs` has the same rules. */
import { changed } from './types.ts';
import { workersOn } from './famous.ts';
import { isOfPage } from '../run/pause-parts.ts';
import { samePolicy } from '../run/policy.ts';
import { policyOf } from '../run/run-summary.ts';
import type { Compared, Famous, Half } from './famous.ts';
import type { Run } from '../run/run-summary.ts';
import type { Pause, Schedule } from '../run/types.ts';

/** Whether it is this run, before or after the cure: a reader may have changed program or settings. */
export function isRunOf({ program, workers, polls }: Half, run: Run, cores: number) {
  if (run.program?.source !== program || run.workers !== workersOn(workers, cores)) return false;
  return samePolicy(policyOf(run), changed(run.program.policy, polls));
}

/** Whether a stop is one of those that are compared: asked for by the reader, or by the program where that is the point. */
export function isAskedFor({ press }: Half, pause: Pause, held: Pause | null) {
  if (press === null) return pause.by.startsWith('worker');
  return isOfPage(pause, held) && pause.reason === press;
}

export function shows({ shows: what, line }: Pick<Famous, 'shows' | 'line'>, pause: Pause): boolean {
  const { arrivals, causes, operation, ttsp } = pause;
  switch (what) {
    case 'safe-region':
      return arrivals.every(({ standing, site }) => standing === 'blocked' && site?.line === line);
    case 'asked':
      return pause.by.startsWith('worker') && (line === null || pause.program?.site.line === line);
    case 'operation':
      return operation !== null && operation > ttsp;
    default:
      return causes.some((cause) => cause.kind === what && (line === null || cause.line === line));
  }
}

/**
 * Whether the time of a stop is that of the program. It is not where others take the processors, or where a worker had
 * not even run again since the stop before.
 */
export function tells(
  { shows: what, compare }: Pick<Famous, 'shows' | 'compare'>,
  { causes, arrivals }: Pause,
) {
  // What is done while the world stands still takes as long, and what a worker executes is as much, whoever was late.
  if (what === 'operation' || compare === 'executed') return true;
  if (arrivals.some(({ standing }) => standing === 'not-yet-resumed')) return false;
  const last = causes[0]?.kind;
  return what === 'no-processor' || (last !== 'no-processor' && last !== 'unknown');
}

/**
 * @param run what is known of all of it
 * @returns null while it is not known
 */
export function figureOf(
  compare: Compared,
  { ttsp, wasted, operation, arrivals }: Pause,
  run: { schedule: Schedule | null; share: number | null; stops: number | null },
): number | null {
  switch (compare) {
    case 'ttsp':
      return ttsp;
    case 'lost':
      return wasted;
    case 'operation':
      return operation;
    case 'executed':
      return Math.max(0, ...arrivals.flatMap((arrival) => arrival.since_poll ?? []));
    case 'wait':
      return run.schedule?.readyToRunning.p50 ?? null;
    case 'stood':
      return run.share;
    case 'stops':
      return run.stops;
  }
}

/** Whether it is a figure of a run as a whole. */
export function isOfRun(compare: Compared) {
  return compare === 'wait' || compare === 'stood' || compare === 'stops';
}

/** The stop whose figure is in the middle; of a run as a whole, the last one. */
export function middleOf<Stop extends { figure: number }>(
  compare: Compared,
  stops: Stop[],
): Stop | undefined {
  if (isOfRun(compare)) return stops.at(-1);
  return stops.toSorted((a, b) => a.figure - b.figure)[stops.length >> 1];
}
