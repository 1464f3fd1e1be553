/** A worker's end of `calls.ts`: obeys commands in order and answers each once. */
import type { Call, CallError } from './messages.ts';

/** What the engine refused, with its reason for programs. */
export class Refused extends Error {
  error;

  constructor(error: CallError) {
    super(error.message);
    this.error = error;
  }
}

/** The value of a record `{ ok } | { error }`. */
export function unwrap<T>(record: string): T {
  const answer = JSON.parse(record);
  if (answer.error) throw new Refused(answer.error);
  return answer.ok;
}

/** @param commands by name */
export function answer(commands: object) {
  const all = commands as Record<string, (...args: unknown[]) => unknown>;
  const obey = async ({ id, name, args }: Call) => {
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

function describe(thrown: unknown): CallError {
  if (thrown instanceof Refused) return thrown.error;
  // A trap: the instance's locks may be held for ever, so the page must build another one.
  if (thrown instanceof WebAssembly.RuntimeError) return { kind: 'trapped', message: thrown.message };
  return { kind: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) };
}
