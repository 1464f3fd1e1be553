/** A pause as one line of text, in the form that users of the JVM's safepoint log know. */
import { isCompleted } from '../run/pause-parts.ts';
import { microseconds, reasonText } from './format.ts';
import { missingOf } from '../run/late.ts';
import type { Finished, Pause, Trap } from '../run/types.ts';

/** @param context start of the run, end of the pause before it, clock step; microseconds */
export function pauseLine(
  pause: Pause,
  { begin, previousEnd, step }: { begin: number; previousEnd: number | null; step: number },
) {
  const us = (value: number | null) => microseconds(value, step);
  const at = `${stamp(pause.at - begin)}[info][safepoint]`;
  const [last] = isCompleted(pause) ? pause.stragglers : missingOf(pause);
  const who = last ? `worker ${last.worker}${last.site ? ` at ${last.site.text}` : ''}` : '';
  if (!isCompleted(pause)) {
    const what = pause.ended === 'cancelled' ? 'taken back' : 'timed out';
    const missing = who ? `, Not stopped: ${who}` : '';
    return `${at} Request ${pause.id} "${reasonText(pause)}" ${what}, Waiting in queue: ${us(pause.queue)}, Waited in vain: ${us(pause.ttsp)}${missing}`;
  }
  const parts = [
    `Pause ${pause.id} "${reasonText(pause)}"`,
    `Time since last: ${previousEnd === null ? '-' : us(Math.max(0, pause.at - previousEnd))}`,
    `Waiting in queue: ${us(pause.queue)}`,
    `Reaching safepoint: ${us(pause.ttsp)}`,
    `Noticing: ${us(pause.noticing)}`,
    `At safepoint: ${us(pause.operation)}`,
    `Held: ${us(pause.held)}`,
    `Leaving safepoint: ${us(pause.release)}`,
    `Total: ${us(pause.total)}`,
  ];
  if (who) parts.push(`Last: ${who}`);
  return `${at} ${parts.join(', ')}`;
}

/** What a program has returned, behind "finished": one in TypeScript returns nothing. */
export function withResult(result: string | null) {
  return result === null || result === 'undefined' ? '' : ` with ${result}`;
}

/** How a program ended. */
export function endLine({ trap, result }: Finished) {
  if (!trap) return `[info][program] ${result === null ? 'Stopped' : `Finished${withResult(result)}`}`;
  const where = `task ${trap.task}, ${trap.function}${trap.line === null ? '' : `, line ${trap.line}`}`;
  return `[error][program] Trapped: ${trap.message} (${where})`;
}

/** @param us since the start of the run */
export function stamp(us: number) {
  return `[${(Math.max(0, us) / 1e6).toFixed(3)}s]`;
}

/** What happened and where. */
export function trapText({ message, line, function: name }: Trap) {
  return `${message} (${line === null ? name : `line ${line}`})`;
}
