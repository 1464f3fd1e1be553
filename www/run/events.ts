/** The kinds of events, by the number that workers write (`src/trace/mod.rs`). */
import type { EventKind, LabEvent } from './types.ts';

export const KINDS: Record<number, EventKind> = {
  1: 'task-start',
  2: 'task-stop',
  3: 'idle-begin',
  4: 'idle-end',
  5: 'safe-enter',
  6: 'safe-leave',
  7: 'arrived',
  8: 'resumed',
  9: 'worker-start',
  10: 'worker-end',
  11: 'died',
  32: 'requested',
  33: 'armed',
  34: 'stopped',
  35: 'released',
  36: 'timed-out',
  37: 'cancelled',
  38: 'warned',
  39: 'handshake',
};

/** All there are. */
export const EVENT_KINDS = Object.values(KINDS);

/** An event to be filled again and again. */
export function blankEvent(): LabEvent {
  return {
    time: 0,
    worker: 0,
    kind: 'task-start',
    detail: 0,
    pause: 0,
    task: 0,
    function: 0,
    instruction: 0,
    count: 0,
  };
}
