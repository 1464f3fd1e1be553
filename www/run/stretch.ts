/** What a stretch of a run contains of its pauses. */
import { instants, isCompleted } from './pause-parts.ts';
import type { Recording } from './recording.ts';

export interface Stretch {
  /** how long it is, as far as there was a run, microseconds */
  length: number;
  /** that stopped the world, in whole or in part within it */
  pauses: number;
  /** requests that were given up */
  givenUp: number;
  /** how long no worker ran, microseconds */
  stopped: number;
  /** whether all its pauses are known: otherwise there were at least these */
  isWhole: boolean;
}

/** @param now where a pause that is in force ends so far */
export function stretchOf(recording: Recording, from: number, to: number, now: number): Stretch {
  const { pauses: kept, begin, forgotten } = recording;
  const first = Math.max(Math.min(from, to), begin || 0);
  const last = Math.max(first, Math.min(Math.max(from, to), now));
  const [oldest] = kept;
  const isWhole = !forgotten || (oldest !== undefined && instants(oldest).armed <= first);
  const stretch = { length: last - first, pauses: 0, givenUp: 0, stopped: 0, isWhole };
  // Newest first, so that the search may end early.
  for (let i = kept.length - 1; i >= 0; i -= 1) {
    const pause = kept[i];
    const { armed, stopped, released } = instants(pause);
    const end = released ?? now;
    if (end < first) break;
    if (armed > last) continue;
    if (!isCompleted(pause)) {
      stretch.givenUp += 1;
      continue;
    }
    stretch.pauses += 1;
    stretch.stopped += Math.max(0, Math.min(end, last) - Math.max(stopped, first));
  }
  return stretch;
}
