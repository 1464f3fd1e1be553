/** Two stops, compared in a sentence. */
import { duration } from './format.ts';
import { isCompleted } from '../run/pause-parts.ts';
import type { Pause } from '../run/types.ts';

interface Stop {
  /** as it is called in a sentence */
  name: string;
  pause: Pause;
  /** of its clock, microseconds */
  step: number;
}

/** What is compared of two stops: the time to safepoint, or what was done in the stopped world; or of their runs. */
export type Measured = 'ttsp' | 'operation' | 'run';

/** Which of two stops took longer: of single stops, so it says nothing of other ones. */
export function pairText(one: Stop, other: Stop): string {
  const step = Math.max(one.step, other.step);
  const [short, long] = one.pause.ttsp <= other.pause.ttsp ? [one, other] : [other, one];
  const [least, most] = [took(short.pause, step), took(long.pause, step)];
  if (!isCompleted(short.pause))
    return `The stop of ${short.name} was given up after ${duration(short.pause.ttsp, step)}, so it is not known which of the two took longer; that of ${long.name} took ${most}.`;
  if (long.pause.ttsp - short.pause.ttsp <= step && isCompleted(long.pause))
    return `Both stops took ${duration(long.pause.ttsp, step)}, as far as the clock tells.`;
  const times = long.pause.ttsp / Math.max(short.pause.ttsp, step);
  const ratio = times >= 2 ? ` (${Number(times.toPrecision(2))} times as long)` : '';
  return `The stop of ${long.name} took ${most}${ratio}, that of ${short.name} ${least}.`;
}

/** How long a stop took, or was waited for. */
export function took(pause: Pause, step: number) {
  return `${isCompleted(pause) ? '' : 'at least '}${duration(pause.ttsp, step)}`;
}
