/** What is found out about the pauses of a run: a headline, what else there is to say, and three figures. */
import { duration, percent, within } from './format.ts';
import { lateAt, latenessOf, missingOf, toldOf } from '../run/late.ts';
import { WHY } from './awaiting-text.ts';
import { isCompleted, stoodStill } from '../run/pause-parts.ts';
import { waitedIn } from '../run/recording.ts';
import type { Awaiting, CauseKind, Pause, Reason } from '../run/types.ts';

/** Stops within a second that are summarized: nobody reads so many sentences. */
const SEVERAL = 3;
/** What a summary is of, microseconds. */
const RECENT = 5e6;

/** The first sentence, and the rest. */
export function headlineOf(text: string): [headline: string, more: string] {
  const end = text.search(/(?<=[.!?]) (?=\p{Lu})/u);
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 1)];
}

/** What a cause is called in a headline, after the worker. */
const KEPT: Record<Exclude<CauseKind, 'unknown'>, string> = {
  'unpolled-loop': `was ${WHY['unpolled-loop']}`,
  'unpolled-recursion': `was ${WHY['unpolled-recursion']}`,
  'long-instruction': `was ${WHY['long-instruction']}`,
  'long-path': 'had a long way to its next poll',
  blocked: `was ${WHY.blocked}`,
  'no-processor': 'waited for a processor',
  machine: 'was in work of the machine itself',
  hidden: 'did not run while the page was hidden',
  died: 'died',
};

/** Of a pause, or of a request that was given up; nothing is said twice. */
export function findingOf(pause: Pause, step: number): [headline: string, more: string] {
  const [first, rest] = headlineOf(pause.sentence);
  const said = headline(pause, step);
  return [said, said === first ? rest : pause.sentence];
}

/** What is done in a stopped world is in the headline if it took so many times as long as the stop, */
const OPERATION_FACTOR = 4;
/** and so many microseconds at least: shorter ones are not felt. */
const OPERATION_LEAST = 10_000;

/** Its first sentence: with what took most of the pause, unless a worker was late by its own making. */
export function headline(pause: Pause, step: number): string {
  const { operation, reason, ttsp, arrivals } = pause;
  const isOwn = arrivals.some(({ worker }) => latenessOf(pause, worker) === 'own');
  if (operation === null || isOwn || operation < Math.max(OPERATION_LEAST, OPERATION_FACTOR * ttsp))
    return stopped(pause, step);
  return `The workers stood still ${within(ttsp, step)}; the ${DONE[reason]} took ${duration(operation, step)}.`;
}

/** What is done in a stopped world, as a noun. */
const DONE: Record<Reason, string> = {
  gc: 'collection',
  snapshot: 'snapshot',
  debug: 'look at the stacks',
};

/** How the world came to a stop. */
function stopped(pause: Pause, step: number): string {
  const after = duration(pause.ttsp, step);
  const isOver = isCompleted(pause);
  const [last] = isOver ? pause.stragglers : missingOf(pause);
  const told = toldOf(pause);
  if (!last || !told) return headlineOf(pause.sentence)[0];
  const cause = pause.causes.find(({ worker }) => worker === told.worker);
  if (isOver && !cause) {
    // Another one may have died: the sentence tells of it.
    if (pause.causes.length > 0) return headlineOf(pause.sentence)[0];
    const { length } = pause.arrivals;
    const all = ['No worker', 'The worker', 'Both workers'][length] ?? `All ${length} workers`;
    return `${all} stood still ${within(pause.ttsp, step)}.`;
  }
  const kind = cause?.kind ?? 'unknown';
  const line = lateAt(pause, told)?.line;
  const where = line && latenessOf(pause, told.worker) === 'own' ? ` (line ${line})` : '';
  const how = isOver ? 'The stop took' : pause.ended === 'cancelled' ? 'Taken back after' : 'Given up after';
  const kept = kind === 'unknown' ? unknown(isOver, cause?.evidence) : KEPT[kind];
  const other = told.worker === last.worker ? '' : ` for ${duration(told.waited, step)}`;
  const end = other && `; worker ${last.worker} was the last one`;
  return `${how} ${after}: worker ${told.worker} ${kept}${where}${other}${end}.`;
}

/** What was seen of it stands in for a cause, and is none. */
function unknown(isOver: boolean, evidence = '') {
  if (!isOver) return 'had not stopped';
  return evidence.startsWith('it executed')
    ? `was the last one, though ${evidence}`
    : 'was the last one, and it is not known why';
}

export interface Figures {
  /** from the request until the world stood still, or until now, microseconds */
  ttsp: number | null;
  /** summed over the workers that waited */
  lost: number | null;
  /** by whoever asked; null while it is not over */
  held: number | null;
}

/** @param pause that is looked at */
export function figuresOf(pause: Pause): Figures {
  const isOver = isCompleted(pause);
  return { ttsp: isOver ? pause.ttsp : null, lost: waitedIn(pause), held: isOver ? pause.held : null };
}

/** A line of the program, and what is said behind its text. */
export interface LineMark {
  line: number;
  note: string;
  /** Whether what stands there kept the worker; otherwise it only stopped there. */
  isCause: boolean;
}

/** Where the worker that is told of was held up, and why: for the line of the program. */
export function lateMark(pause: Pause, step: number): LineMark | null {
  const last = toldOf(pause);
  const line = last ? lateAt(pause, last)?.line : null;
  if (!last || !line) return null;
  const why = WHY[pause.causes.find(({ worker }) => worker === last.worker)?.kind ?? 'unknown'];
  const after = duration(last.waited, step);
  return {
    line,
    isCause: latenessOf(pause, last.worker) === 'own',
    note: why
      ? `worker ${last.worker} was here for ${after}: ${why}`
      : `worker ${last.worker} stopped here after ${after}`,
  };
}

/** The same while the stop does not come. */
export function awaitedMark({ workers: [first] }: Awaiting): LineMark | null {
  const why = first && WHY[first.kind];
  if (!why || !first.place?.line) return null;
  return { line: first.place.line, isCause: true, note: `worker ${first.worker} is here: ${why}` };
}

/**
 * Several stops a second as one.
 *
 * @param pauses the last ones of a run, oldest first
 * @param now of the run, microseconds
 * @param step of the clock
 * @param reach how far back the record goes
 * @returns null when there were not so many
 */
export function summaryText(pauses: Pause[], now: number, step: number, reach = RECENT): string | null {
  const since = (us: number) => pauses.filter(({ at }) => at > now - us);
  if (since(1e6).length < SEVERAL) return null;
  const recent = since(RECENT).filter(isCompleted);
  if (recent.length < SEVERAL) return null;
  const times = recent.map(({ ttsp }) => ttsp).sort((a, b) => a - b);
  const [median, most] = [times[times.length >> 1], times.at(-1)].map((us) => within(us ?? NaN, step));
  const lasts = recent.flatMap((pause) => {
    const [last] = pause.stragglers;
    return last ? [{ worker: last.worker, place: lateAt(pause, last)?.text ?? null }] : [];
  });
  const [late, often] = mostFrequent(lasts.map(({ worker }) => worker));
  const time = reach < RECENT ? duration(reach, step) : `${RECENT / 1e6} s`;
  const stood = recent.reduce((sum, pause) => sum + stoodStill(pause), 0);
  const share = percent(Math.min(1, stood / Math.min(reach, RECENT)));
  const text = `${recent.length} stops in the last ${time}, of which the world stood still for ${share}: half of them came ${median}, all ${most}.`;
  if (late === undefined || often <= recent.length / 2) return text;
  const [place] = mostFrequent(lasts.flatMap((one) => (one.worker === late && one.place ? [one.place] : [])));
  return `${text} Worker ${late} was last in ${often} of them${place ? `, most often at ${place}` : ''}.`;
}

function mostFrequent<Value>(values: Value[]): [value: Value | undefined, times: number] {
  const counts: Map<Value, number> = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0] ?? [undefined, 0];
}
