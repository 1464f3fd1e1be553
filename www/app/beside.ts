/** Has links and files read beside the page (`opening.worker.ts`), for no longer than a user would wait. */
import { LinkError } from './link.ts';
import type { Opened } from './link.ts';
import type { RunEvent } from '../run/types.ts';
import type { Given } from './opening.worker.ts';

const LIMIT_MS = 20_000;

/**
 * @returns of a file, only what was recorded
 * @throws {LinkError} saying what is wrong with it
 */
export function readBeside(given: Given): Promise<Opened> {
  const worker = new Worker(new URL('./opening.worker.ts', import.meta.url), { type: 'module' });
  const events: RunEvent[] = [];
  const read: Promise<Opened> = new Promise((resolve, reject) => {
    const refuse = (why: string, advice = 'Take a smaller one.') => reject(new LinkError(why, advice));
    setTimeout(() => refuse(`Reading it took more than ${LIMIT_MS / 1000} s.`), LIMIT_MS);
    worker.addEventListener('error', () =>
      refuse('It could not be read.', 'Reload the page and open it again.'),
    );
    worker.addEventListener('message', ({ data }) => {
      if (data.events) for (const event of data.events) events.push(event);
      else if (data.error) refuse(data.error.message, data.error.advice);
      else {
        const { recorded } = data.opened;
        resolve({ ...data.opened, recorded: recorded && { ...recorded, events } });
      }
    });
    worker.postMessage(given);
  });
  return read.finally(() => worker.terminate());
}
