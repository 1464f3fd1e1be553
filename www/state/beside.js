/** Has links and files read beside the page (`opening.worker.js`), for no longer than a user would wait. */
import { LinkError } from './link.js';

/** @typedef {import('./link.js').Opened} Opened */
/** @typedef {import('../engine/types.js').RunEvent} RunEvent */

const LIMIT_MS = 20_000;

/**
 * @param {import('./opening.worker.js').Given} given
 * @returns {Promise<Opened>} of a file, only what was recorded
 * @throws {LinkError} saying what is wrong with it
 */
export function readBeside(given) {
  const worker = new Worker(new URL('./opening.worker.js', import.meta.url), { type: 'module' });
  /** @type {RunEvent[]} */
  const events = [];
  /** @type {Promise<Opened>} */
  const read = new Promise((resolve, reject) => {
    const refuse = (/** @type {string} */ why, advice = 'Take a smaller one.') =>
      reject(new LinkError(why, advice));
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
