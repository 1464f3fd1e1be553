/** Two stops, compared in a sentence. */
import { duration } from './format.ts';
import { isCompleted } from '../run/pause-parts.ts';
import type { Pause } from '../run/types.ts';

interface Stop {
  /** as it is called in a sentence */
  name: string;
  /** which stop it is, in place of that of a run with this name: `before the cure` */
  which?: string;
  pause: Pause;
  /** of its clock, microseconds */
  step: number;
}

/** What of two stops is compared: the time to safepoint, or what was done in the stopped world. */
export type Measured = 'ttsp' | 'operation';

/** Which of two stops took longer: of single stops, so it says nothing of other ones. */
export function pairText(one: Stop, other: Stop, measured: Measured = 'ttsp'): string {
  const step = Math.max(one.step, other.step);
  if (measured === 'operation') return operationText(one, other, step);
  const [short, long] = one.pause.ttsp <= other.pause.ttsp ? [one, other] : [other, one];
  const [least, most] = [took(short.pause, step), took(long.pause, step)];
  if (!isCompleted(short.pause))
    return `The stop ${which(short)} was given up after ${duration(short.pause.ttsp, step)}, so it is not known which of the two took longer; that ${which(long)} took ${most}.`;
  if (long.pause.ttsp - short.pause.ttsp <= step && isCompleted(long.pause))
    return `Both stops took ${duration(long.pause.ttsp, step)}, as far as the clock tells.`;
  const times = long.pause.ttsp / Math.max(short.pause.ttsp, step);
  const ratio = times >= 2 ? ` (${Number(times.toPrecision(2))} times as long)` : '';
  return `The stop ${which(long)} took ${most}${ratio}, that ${which(short)} ${least}.`;
}

function operationText(one: Stop, other: Stop, step: number) {
  const of = ({ pause }: Stop) => duration(pause.operation, step);
  return `In the stopped world: ${of(one)} ${which(one)}, ${of(other)} ${which(other)}.`;
}

function which(stop: Stop) {
  return stop.which ?? `of ${stop.name}`;
}

function took(pause: Pause, step: number) {
  return `${isCompleted(pause) ? '' : 'at least '}${duration(pause.ttsp, step)}`;
}
