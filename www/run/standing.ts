/**
 * The state of each worker, according to its events. Where the kept events begin, it says once more what the
 * events before them, which are no longer kept, had said.
 */
import type { EventKind, RunEvent } from './types.ts';

type Worker = {
  ended: boolean;
  dead: boolean;
  idle: boolean;
  safe: boolean;
  task: number;
  function: number;
  pause: number;
};

export class Standing {
  /** Workers that there were events of, by number. */
  #workers: Map<number, Worker> = new Map();

  /** @param event in the order in which each worker's happened */
  event({ worker: number, kind, task, function: index, pause }: RunEvent) {
    if (number < 0) return;
    let worker = this.#workers.get(number);
    if (!worker) this.#workers.set(number, (worker = fresh()));
    switch (kind) {
      case 'worker-start':
        Object.assign(worker, fresh());
        break;
      case 'worker-end':
        worker.ended = true;
        break;
      case 'died':
        worker.dead = true;
        break;
      case 'task-start':
        Object.assign(worker, { ended: false, task, function: index });
        break;
      case 'task-stop':
        worker.task = 0;
        break;
      case 'idle-begin':
        Object.assign(worker, { ended: false, idle: true });
        break;
      case 'idle-end':
        worker.idle = false;
        break;
      case 'safe-enter':
        worker.safe = true;
        break;
      case 'safe-leave':
        Object.assign(worker, { safe: false, pause: 0 });
        break;
      case 'arrived':
        Object.assign(worker, { ended: false, pause });
        break;
      case 'resumed':
        worker.pause = 0;
        break;
      default:
    }
  }

  copy() {
    const copy = new Standing();
    for (const [number, worker] of this.#workers) copy.#workers.set(number, { ...worker });
    return copy;
  }

  /**
   * Events that tell a new reader where each worker is.
   *
   * @param time that they carry
   */
  restated(time: number): RunEvent[] {
    return [...this.#workers]
      .sort(([a], [b]) => a - b)
      .flatMap(([number, worker]) => {
        const event = (kind: EventKind, rest: Partial<RunEvent> = {}) => ({
          time,
          worker: number,
          kind,
          detail: 0,
          pause: 0,
          task: 0,
          function: 0,
          ...rest,
        });
        if (worker.ended) return [event('worker-start'), event('worker-end')];
        const { task, function: index, pause } = worker;
        return [
          event('worker-start'),
          ...(task > 0 ? [event('task-start', { task, function: index })] : []),
          ...(worker.idle ? [event('idle-begin')] : []),
          ...(worker.safe ? [event('safe-enter')] : []),
          ...(pause > 0 ? [event('arrived', { pause })] : []),
          ...(worker.dead ? [event('died')] : []),
        ];
      });
  }
}

/** @returns one that has begun */
function fresh(): Worker {
  return { ended: false, dead: false, idle: false, safe: false, task: 0, function: 0, pause: 0 };
}
