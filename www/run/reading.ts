/** What events say: the one reading of them. Lanes, traces, records and the stop that is awaited are made from it. */
import type { RunEvent } from './types.ts';

type Said = Pick<RunEvent, 'kind' | 'task' | 'function' | 'pause'>;

/** Where a worker is, according to its events, in the order in which they happened. */
export class WorkerReading {
  ended = false;
  dead = false;
  idle = false;
  safe = false;
  /** It stands still at a poll. */
  stopped = false;
  /** -1 for none. */
  task = -1;
  function = 0;
  /** The pause at which it stands or found it in a safe region, 0 for none. */
  pause = 0;
  /** Whether the last event says that it runs on after a stop or a safe region; and the pause it stood at before, 0 for none. */
  ran = false;
  after = 0;

  /** @returns whether it says anything of where the worker is */
  accept({ kind, task, function: index, pause }: Said): boolean {
    this.ran = false;
    switch (kind) {
      case 'worker-start':
        Object.assign(this, FRESH);
        return true;
      case 'worker-end':
        this.ended = true;
        return true;
      case 'died':
        this.dead = true;
        return true;
      case 'task-start':
        this.ended = false;
        this.task = task;
        this.function = index;
        return true;
      case 'task-stop':
        this.task = -1;
        return true;
      case 'idle-begin':
        this.ended = false;
        this.idle = true;
        return true;
      case 'idle-end':
        this.idle = false;
        return true;
      case 'safe-enter':
        this.safe = true;
        return true;
      case 'safe-leave':
        this.safe = false;
        this.#runs();
        return true;
      case 'arrived':
        this.ended = false;
        this.pause = pause;
        // A worker that arrives by entering a safe region stays in it, also when the pause is over.
        this.stopped = !this.safe;
        return true;
      case 'resumed':
        this.stopped = false;
        this.#runs();
        return true;
      default:
        return false;
    }
  }

  copy(): WorkerReading {
    return Object.assign(new WorkerReading(), this);
  }

  #runs() {
    this.ran = true;
    this.after = this.pause;
    this.pause = 0;
  }
}

const FRESH = { ...new WorkerReading() };

/** The stop that waits for workers, according to the requester's events. */
export class RequestReading {
  /** `reason`: its number, as in the event; `armed`: when the workers were asked. */
  arming: { id: number; reason: number; armed: number } | null = null;

  accept({ kind, pause, detail, time }: RunEvent) {
    switch (kind) {
      case 'armed':
        this.arming = { id: pause, reason: detail, armed: time };
        break;
      case 'stopped':
      case 'released':
      case 'timed-out':
      case 'cancelled':
        if (this.arming?.id === pause) this.arming = null;
        break;
      default:
    }
  }
}
