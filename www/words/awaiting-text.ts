/** A stop that does not come, in words: which workers are missing, since when, where, why, and what to do. */
import { REASON_NAMES, duration, plural } from './format.ts';
import type { Awaited, Awaiting, CauseKind } from '../run/types.ts';

/** Workers that are named; the rest is counted. */
const NAMED = 3;

/** What keeps a worker, before the place. */
export const WHY: Partial<Record<CauseKind, string>> = {
  'unpolled-loop': 'in a loop whose back-edge does not poll',
  'unpolled-recursion': 'in a recursion whose calls do not poll',
  'long-instruction': 'in one long instruction, which does not poll',
  blocked: 'blocked outside a safe region',
};

/** What helps. */
const HELP: Partial<Record<CauseKind, string>> = {
  'unpolled-loop':
    'It cannot be stopped before it comes to a poll, and the loop has none. Press Take back to let all workers run on; with a poll at its back-edge it would stop at once.',
  'unpolled-recursion':
    'It cannot be stopped before it comes to a poll, and the recursion has none. Press Take back to let all workers run on; with a poll at its calls it would stop at once.',
  'long-instruction': 'It stops when that is done. Take back lets all workers run on.',
  blocked:
    'It stops when it is back; in a safe region the pause would not wait for it. Take back lets all workers run on.',
};

/** Where and why a worker does not come. */
export function whyAwaited({ kind, place, last }: Awaited) {
  const why = WHY[kind];
  if (why) return place ? `${why} (${place.text})` : why;
  const seen = last?.function ? `; it was seen last at ${last.text}` : '';
  return `between two polls, place not known${seen}`;
}

/**
 * @param now engine time, microseconds
 * @param workers of the run
 * @param step of the clock
 */
export function awaitingText(
  { reason, since, workers: missing }: Awaiting,
  now: number,
  workers: number,
  step: number,
) {
  const [first] = missing;
  const waited = duration(Math.max(step, now - since), step);
  const named = missing.slice(0, NAMED).map((one) => `Worker ${one.worker} is ${whyAwaited(one)}.`);
  if (missing.length > NAMED)
    named.push(`So ${missing.length - NAMED === 1 ? 'is one more' : `are ${missing.length - NAMED} more`}.`);
  const standing = workers - missing.length;
  const others =
    standing > 0 ? `, and ${plural(standing, 'worker')} ${standing === 1 ? 'stands' : 'stand'} still` : '';
  const help = (first && HELP[first.kind]) ?? 'Wait for it, or press Take back to let all workers run on.';
  return `${REASON_NAMES[reason]} has waited ${waited} for ${plural(missing.length, 'worker')} of ${workers} to stop${others}. ${named.join(' ')} ${help}`;
}
