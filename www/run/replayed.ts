/** A recorded run, told to a recording as a run in progress tells it: events and pauses in the order of time. */
import { instants } from './pause-parts.ts';
import { Recording } from './recording.ts';
import type { RecordedRun } from './recorded.ts';
import type { Pause } from './types.ts';

/** Events between two chances to do something else. */
const SLICE = 500;

/**
 * @param over hears of each pause that is over, once the
 * recording knows of it
 */
export function replayed(run: RecordedRun, over?: (pause: Pause, recording: Recording) => void): Recording {
  const slices = replaying(run, over);
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
  }
}

/** The same, a slice at a time. */
export function* replaying(
  { workers, events, pauses }: RecordedRun,
  over: (pause: Pause, recording: Recording) => void = () => {},
): Generator<undefined, Recording> {
  const recording = new Recording(workers);
  let next = 0;
  function* tell(until: number): Generator<undefined, void> {
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
