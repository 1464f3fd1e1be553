/** A recorded run, told to a recording as a run in progress tells it: events and pauses in the order of time. */
import { instants } from '../engine/pause-parts.js';
import { Recording } from './recording.js';

/** @typedef {import('../engine/recorded.js').RecordedRun} RecordedRun */
/** @typedef {import('../engine/types.js').Pause} Pause */

/** Events between two chances to do something else. */
const SLICE = 500;

/**
 * @param {RecordedRun} run
 * @param {(pause: Pause, recording: Recording) => void} [over] hears of each pause that is over, once the
 *   recording knows of it
 * @returns {Recording}
 */
export function replayed(run, over) {
  const slices = replaying(run, over);
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
  }
}

/**
 * The same, a slice at a time.
 *
 * @param {RecordedRun} run
 * @param {(pause: Pause, recording: Recording) => void} [over]
 * @returns {Generator<undefined, Recording>}
 */
export function* replaying({ workers, events, pauses }, over = () => {}) {
  const recording = new Recording(workers);
  let next = 0;
  /** @param {number} until @returns {Generator<undefined, void>} */
  function* tell(until) {
    for (; next < events.length && events[next].time <= until; next += 1) {
      recording.event(events[next]);
      if (next % SLICE === 0) yield;
    }
  }
  for (const pause of pauses) {
    yield* tell(instants(pause).released ?? instants(pause).stopped);
    if (pause.total === null) recording.stopped(pause);
    else {
      recording.released(pause);
      over(pause, recording);
    }
    yield;
  }
  yield* tell(Infinity);
  return recording;
}
