/** The parts of a pause, which add up to the whole, and the instants between them. */
import type { Arrival, Pause } from './types.ts';

/** In the order of time. */
export const PARTS = ['queue', 'ttsp', 'noticing', 'operation', 'held', 'release', 'resuming'] as const;

/** What a reader calls them. */
export const PART_NAMES: Record<(typeof PARTS)[number], string> = {
  queue: 'Queue',
  ttsp: 'Time to safepoint',
  noticing: 'Noticing',
  operation: 'Operation',
  held: 'Held',
  release: 'Release',
  resuming: 'Resuming',
};

/**
 * The instants of a pause; null for one that has not come, which of a request that was given up are all from
 * `stopped` on but `released`: then it was given up, and the workers that had stopped ran on.
 *
 * @returns `stopped`: the last arrival; `noticed`: the requester runs; `done`: the operation is over; `release`: the holder
 * lets go; `released`: all workers may run
 */
export function instants(pause: Pause): {
  requested: number;
  armed: number;
  stopped: number;
  noticed: number | null;
  done: number | null;
  release: number | null;
  released: number | null;
} {
  const { at, queue, ttsp, ended } = pause;
  const armed = at + queue;
  const stopped = armed + ttsp;
  const none = { noticed: null, done: null, release: null };
  if (ended !== 'completed') return { requested: at, armed, stopped, ...none, released: stopped };
  const after = (since: number | null, part: number | null) =>
    since === null || part === null ? null : since + part;
  const noticed = stopped + (pause.noticing ?? 0);
  const done = after(noticed, pause.operation);
  const release = pause.total === null ? null : after(done, pause.held ?? 0);
  const released = after(release, pause.release ?? 0);
  return { requested: at, armed, stopped, noticed, done, release, released };
}

/** Whether it stopped the world, and was not given up before. */
export function isCompleted({ ended }: Pause) {
  return ended === 'completed';
}

/**
 * Whether the page asked for it: it began the pause, or joined one that another requester had begun for the same reason.
 *
 * @param held the pause that is in force; the page holds the world of no other but a worker's that has come to a halt
 */
export function isOfPage(pause: Pause, held: Pause | null) {
  return pause.by === 'page' || (pause.id === held?.id && pause.halt === null);
}

/** Whether workers were asked to stop: else it was given up before its turn. */
export function isAsked({ ended, arrivals, causes }: Pause) {
  return ended === 'completed' || arrivals.length > 0 || causes.length > 0;
}

/** How long no worker ran: from the last arrival to the last wake-up, as far as that has come. */
export function stoodStill(pause: Pause) {
  if (!isCompleted(pause)) return 0;
  return (pause.noticing ?? 0) + (pause.operation ?? 0) + (pause.held ?? 0) + (pause.release ?? 0);
}

/**
 * A record as it was before parts added up, with the parts that follow from it: the time to safepoint lasted until the
 * requester ran again, and the time that belonged to no part was held. What does not follow is not known.
 */
export function withParts(
  old: Omit<Pause, 'ended' | 'noticing' | 'held' | 'resuming' | 'parts' | 'served' | 'servedFor' | 'causes'>,
): Pause {
  const { queue, ttsp, operation, release, total, arrivals } = old;
  const awaited = arrivals.filter(({ safe }) => !safe);
  const reached = Math.min(ttsp, Math.max(0, ...awaited.map(({ after }) => after)));
  const known = queue + ttsp + (operation ?? 0) + (release ?? 0);
  const noticing = ttsp - reached;
  return {
    ...old,
    ended: 'completed',
    ttsp: reached,
    noticing,
    held: total === null ? null : Math.max(0, total - known),
    resuming: null,
    parts: [],
    served: 0,
    servedFor: 0,
    // Workers also stood still while the requester was woken: this no longer counts as waiting for the last worker.
    wasted: Math.max(0, old.wasted - awaited.length * noticing),
    causes: [],
    arrivals: arrivals.map((arrival) => ({ ...arrival, standing: standingOf(arrival) })),
  };
}

/** What follows of it from where the worker was. */
function standingOf({ safe, site }: Pick<Arrival, 'safe' | 'site'>) {
  if (!safe) return 'awaited';
  return site?.kind === 'idle' ? 'idle' : site?.kind === 'blocked' ? 'blocked' : null;
}
