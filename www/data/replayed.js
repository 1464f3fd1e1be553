/** A recorded run, told to a recording as a run in progress tells it: events and pauses in the order of time. */
import { instants } from '../engine/pause-parts.js';
import { Recording } from './recording.js';

/** @typedef {import('../engine/recorded.js').RecordedRun} RecordedRun */
/** @typedef {import('../engine/types.js').Pause} Pause */

/**
 * @param {RecordedRun} run
 * @param {(pause: Pause, recording: Recording) => void} [over] hears of each pause that is over, once the
 *   recording knows of it
 * @returns {Recording}
 */
export function replayed({ workers, events, pauses }, over = () => {}) {
  const recording = new Recording(workers);
  let next = 0;
  const tell = (/** @type {number} */ until) => {
    for (; next < events.length && events[next].time <= until; next += 1) recording.event(events[next]);
  };
  for (const pause of pauses) {
    tell(instants(pause).released ?? instants(pause).stopped);
    if (pause.total === null) recording.stopped(pause);
    else {
      recording.released(pause);
      over(pause, recording);
    }
  }
  tell(Infinity);
  return recording;
}
