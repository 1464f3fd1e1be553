/** A worker's end of `calls.js`: obeys commands in order and answers each once. */

/** @import { Call, CallError } from './messages.js' */

/** What the engine refused, with its reason for programs. */
export class Refused extends Error {
  /** @param {CallError} error */
  constructor(error) {
    super(error.message);
    this.error = error;
  }
}

/**
 * The value of a record `{ ok } | { error }`.
 *
 * @template T
 * @param {string} record
 * @returns {T}
 */
export function unwrap(record) {
  const answer = JSON.parse(record);
  if (answer.error) throw new Refused(answer.error);
  return answer.ok;
}

/** @param {object} commands by name */
export function answer(commands) {
  const all = /** @type {Record<string, (...args: unknown[]) => unknown>} */ (commands);
  /** @param {Call} call */
  const obey = async ({ id, name, args }) => {
    try {
      self.postMessage({ type: 'answer', id, ok: await all[name](...args) });
    } catch (thrown) {
      self.postMessage({ type: 'answer', id, error: describe(thrown) });
    }
  };
  self.addEventListener('message', ({ data }) => {
    if (data?.type === 'call') void obey(data); // what goes wrong is its answer
  });
}

/**
 * @param {unknown} thrown
 * @returns {CallError}
 */
function describe(thrown) {
  if (thrown instanceof Refused) return thrown.error;
  // A trap: the instance's locks may be held for ever, so the page must build another one.
  if (thrown instanceof WebAssembly.RuntimeError) return { kind: 'trapped', message: thrown.message };
  return { kind: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) };
}
