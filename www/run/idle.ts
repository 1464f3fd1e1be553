/** Which workers a picture of a stretch of a run needs a lane for: many that were idle all the time need one together. */
import { STATE } from './lane.ts';
import type { Lane } from './lane.ts';

/** So few lanes each have their own, whatever they show. */
const FEW = 8;

export interface Rows {
  /** Numbers of the workers that have a lane of their own, ascending. */
  workers: number[];
  /** How many were idle all the time. */
  idle: number;
}

/**
 * @param lanes of all workers
 * @param from first instant that is shown, microseconds
 * @param to last instant that is shown
 */
export function rowsOf(lanes: Lane[], from: number, to: number): Rows {
  const all = lanes.map((_, worker) => worker);
  if (lanes.length <= FEW) return { workers: all, idle: 0 };
  const workers = all.filter((worker) => !wasIdle(lanes[worker], from, to));
  const idle = lanes.length - workers.length;
  // Of one idle lane nothing is saved.
  return idle > 1 ? { workers, idle } : { workers: all, idle: 0 };
}

function wasIdle(lane: Lane, from: number, to: number) {
  // What is no longer kept in whole may have been anything.
  if (lane.first > 0 && from < lane.whole) return false;
  for (let i = lane.find(from); i < lane.written && lane.start(i) < to; i += 1) {
    const state = lane.state(i);
    if (state !== STATE.idle && state !== STATE.ended && state !== STATE.absent) return false;
  }
  return true;
}
