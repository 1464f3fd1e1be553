/** Questions to a worker and their answers, in order (`answering.ts` is the other end). */

import { LabError } from './errors.ts';
import { withResolvers } from './promises.ts';
import type { Answer } from './messages.ts';
import type { ErrorCode } from '../run/types.ts';

type Pending = { resolve: (value: any) => void; reject: (error: LabError) => void; done: Promise<void> };

export class Calls<Commands extends { [Name in keyof Commands]: (...args: any[]) => unknown }> {
  #worker;
  #pending: Map<number, Pending> = new Map();
  #last = 0;
  #ended: LabError | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Why nothing is answered any more; null while something is. */
  get ended() {
    return this.#ended;
  }

  /**
   * Has the worker do something.
   *
   * @returns settles once: with the answer, or when there will be none
   */
  call<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<ReturnType<Commands[Name]>> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#last;
    const { promise, resolve, reject } = withResolvers<ReturnType<Commands[Name]>>();
    const done = promise.then(
      () => {},
      () => {},
    );
    this.#pending.set(id, { resolve, reject, done });
    this.#worker.postMessage({ type: 'call', id, name, args });
    return promise;
  }

  /** @returns how the worker ended, if that is the answer */
  hear(answer: Answer): string | null {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ('ok' in answer) {
      pending?.resolve(answer.ok);
      return null;
    }
    const { kind, message, stragglers } = answer.error;
    const advice = ADVICE[kind as ErrorCode] ?? ADVICE.failed;
    const code = (kind in ADVICE ? kind : 'failed') as ErrorCode;
    pending?.reject(new LabError(code, message, advice ?? '', stragglers));
    return kind === 'trapped' ? message : null;
  }

  /** Resolves when everything that was asked is answered, one way or the other. */
  async settled() {
    do await Promise.all([...this.#pending.values()].map(({ done }) => done));
    while (this.#pending.size > 0);
  }

  /** Ends the worker and rejects what is still to be answered. */
  end(why: LabError) {
    if (this.#ended) return;
    this.#ended = why;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(why);
    this.#pending.clear();
  }
}

/** What to do about each refusal of the engine. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  'timed-out': 'Look at what the late workers were doing, or allow more time.',
  cancelled: 'Ask again.',
  busy: 'Wait until the pause in progress is over.',
  'not-running': 'Run a program first.',
  held: 'Resume first.',
  snapshot: 'Choose a snapshot that this version of the lab wrote.',
  'no-program': 'Load a program without errors first.',
  refused: '',
  invalid: 'Correct the setting and run again.',
  failed: 'Run the program again; if it happens again, reload the page.',
};
