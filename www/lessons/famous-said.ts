/** What is said of the stops of a famous pause. */
import { REASON_NAMES, count, duration, percent, plural, reasonText, within } from '../words/format.ts';
import { WHY } from '../words/awaiting-text.ts';
import { missingOf } from '../run/late.ts';
import { isCompleted } from '../run/pause-parts.ts';
import { isOfRun, shows } from './famous-judge.ts';
import { workersOn } from './famous.ts';
import type { Compared, Famous, Half } from './famous.ts';
import type { Pause } from '../run/types.ts';

/** What a stop has shown. @param step of the clock, microseconds */
export function shownText({ shows: what, line, compare }: Famous, pause: Pause, step: number): string {
  const at = line === null ? '' : `, line ${line}`;
  const took = duration(pause.ttsp, step);
  switch (what) {
    case 'safe-region':
      return `All ${pause.arrivals.length} workers were blocked inside a safe region${at}: the stop took ${took}, but no task had a worker.`;
    case 'asked': {
      const why = pause.program ? `: ${pause.program.why}` : ', because no memory was left';
      return `${capital(pause.by)} asked for the stop itself${at}${why}.`;
    }
    case 'operation':
      return `All workers stood still ${within(pause.ttsp, step)}. What was done then took ${duration(pause.operation, step)}.`;
    default: {
      const cause = pause.causes.find(({ kind }) => kind === what);
      const worker = cause ? `Worker ${cause.worker}` : 'A worker';
      const why = WHY[what] ?? (what === 'long-path' ? 'on a long way to its next poll' : null);
      const kept = why ? `was ${why}${at}` : `had no processor; it stopped at line ${cause?.line ?? '?'}`;
      if (!isCompleted(pause)) return `The stop had not come after ${took}: ${lower(worker)} ${kept}.`;
      const executed =
        compare === 'executed' && cause
          ? ` It executed ${instructions(pause, cause.worker)} since its last poll.`
          : '';
      return `The stop took ${took}. ${worker} ${kept}.${executed}`;
    }
  }
}

function instructions({ arrivals }: Pause, worker: number) {
  const executed = arrivals.find((arrival) => arrival.worker === worker)?.since_poll ?? 0;
  return `${count(executed)} instructions`;
}

/** What to make of a stop that has not shown it. */
export function missedText(famous: Famous, pause: Pause, step: number): string {
  const { shows: what } = famous;
  const took = duration(pause.ttsp, step);
  const [last] = missingOf(pause);
  if (!isCompleted(pause))
    return `Taken back after ${took}, before it was known what kept worker ${last?.worker ?? '?'}: stop again.`;
  if (what === 'safe-region')
    return `Just now ${pause.arrivals.filter(({ standing }) => standing === 'blocked').length} of ${plural(pause.arrivals.length, 'worker')} were blocked: stop again.`;
  if (pause.arrivals.some(({ standing }) => standing === 'not-yet-resumed'))
    return 'A worker had not run again since the stop before: stop again.';
  if (pause.causes.some(({ kind }) => kind === 'no-processor'))
    return `This stop took ${took}, because a worker had no processor just then: stop again.`;
  if (shows(famous, pause))
    return `This stop took ${took}. It hit what is looked for, but worker ${pause.stragglers[0]?.worker ?? '?'} was later, and it is not known why: stop again.`;
  return `This stop took ${took}, and it did not hit what is looked for. Chance decides: stop again.`;
}

/** A stop after the cure. @param isTelling whether its time says something of the program */
export function curedText(pause: Pause, isTelling: boolean, step: number): string {
  if (pause.by.startsWith('worker'))
    return `${capital(pause.by)} asked for a stop (${reasonText(pause)}); the program goes on.`;
  const text = `All workers stood still ${within(pause.ttsp, step)}.`;
  if (isTelling) return text;
  const why = pause.arrivals.some(({ standing }) => standing === 'not-yet-resumed')
    ? 'A worker had not run again since the stop before'
    : pause.causes[0]?.kind === 'no-processor'
      ? 'Workers waited for a processor meanwhile'
      : 'Why the last worker was late is not known';
  return `${text} ${why}: stop again for another figure.`;
}

const NAMES: Record<Compared, string> = {
  ttsp: 'Time to safepoint',
  lost: 'What the workers that waited lost together',
  executed: 'Instructions without a poll',
  operation: 'What was done in the stopped world',
  wait: 'How long a ready task waited for a worker (median)',
  stops: 'Stops a second',
  stood: 'How much of the run the world stood still',
};

/**
 * Both halves in figures.
 *
 * @param before from how many stops, and the figure in the middle
 * @param after also how many stops were left out, because their time is not known to be the program's
 * @param step of the clock
 */
export function comparedText(
  compare: Compared,
  before: { figure: number; stops: number; atLeast: boolean },
  after: { figure: number; stops: number; leftOut?: number },
  step: number,
): string {
  const show = (figure: number) => {
    if (compare === 'executed' || compare === 'stops') return count(figure);
    if (compare === 'stood') return percent(figure);
    return duration(figure, step);
  };
  const least = compare === 'executed' || compare === 'stops' ? 1 : compare === 'stood' ? 1e-4 : step;
  const times = before.figure / Math.max(after.figure, least);
  const ratio = times >= 1.5 ? `${count(Number(times.toPrecision(2)))} times as much` : '';
  const of = (stops: number) => {
    if (stops < 2 || isOfRun(compare)) return '';
    return stops === 2 ? 'the longer of 2 stops' : `in the middle of ${stops} stops`;
  };
  const { leftOut = 0 } = after;
  const rest =
    leftOut > 0 && !isOfRun(compare)
      ? `${leftOut} more left out, whose time is not known to be the program’s`
      : '';
  const aside = (...notes: string[]) => {
    const text = notes.filter(Boolean).join('; ');
    return text && ` (${text})`;
  };
  return `${NAMES[compare]}: ${before.atLeast ? 'at least ' : ''}${show(before.figure)} before${aside(of(before.stops), ratio)}, ${show(after.figure)} after${aside(of(after.stops), rest)}.`;
}

/** How the run after differs from the one before, beside the program; empty where it does not. */
export function settingsText({ before, after }: Famous, cores: number): string {
  const of = ({ workers }: Half) => workersOn(workers, cores);
  const changes = [
    of(before) !== of(after) && `${plural(of(after), 'worker')} instead of ${of(before)}`,
    before.pollsSaid !== after.pollsSaid && `polls: ${after.pollsSaid}`,
    after.press && before.press !== after.press && `stopped for ${REASON_NAMES[after.press]}`,
  ];
  return changes.filter(Boolean).join('; ');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
