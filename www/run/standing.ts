/**
 * The state of each worker, according to its events. Where the kept events begin, it says once more what the
 * events before them, which are no longer kept, had said.
 */
import { WorkerReading } from './reading.ts';
import type { EventKind, RunEvent } from './types.ts';

export class Standing {
  /** Workers that there were events of, by number. */
  #workers: Map<number, WorkerReading> = new Map();

  /** @param event in the order in which each worker's happened */
  event(event: RunEvent) {
    if (event.worker < 0) return;
    let worker = this.#workers.get(event.worker);
    if (!worker) this.#workers.set(event.worker, (worker = new WorkerReading()));
    worker.accept(event);
  }

  copy() {
    const copy = new Standing();
    for (const [number, worker] of this.#workers) copy.#workers.set(number, worker.copy());
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
          ...(task >= 0 ? [event('task-start', { task, function: index })] : []),
          ...(worker.idle ? [event('idle-begin')] : []),
          ...(worker.safe ? [event('safe-enter')] : []),
          ...(pause > 0 ? [event('arrived', { pause })] : []),
          ...(worker.dead ? [event('died')] : []),
        ];
      });
  }
}
