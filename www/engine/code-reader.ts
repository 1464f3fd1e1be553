/** Has compiled code written as text, in a worker that lives as long as that takes. */
import { Calls } from './calls.ts';
import { LabError, asLabError } from './errors.ts';
import { within } from './promises.ts';
import type { BodyText, CodeOf } from './code-text.ts';
import type { Answer, CodeCommands } from './messages.ts';
import type { CodeText, ListingRow } from '../run/types.ts';

const LIMIT_MS = 60_000;

/**
 * @param listing of the program
 * @param name of a function
 * @throws {LabError}
 */
export async function readCode(code: CodeOf, listing: ListingRow[], name: string): Promise<CodeText[]> {
  const worker = new Worker(new URL('./code-text.worker.ts', import.meta.url), {
    type: 'module',
    name: 'reader of compiled code',
  });
  const calls: Calls<CodeCommands> = new Calls(worker);
  const failed = (why: string) => new LabError('failed', `The reader of compiled code ${why}.`, 'Try again.');
  worker.addEventListener('message', ({ data }) => void calls.hear(data as Answer));
  worker.addEventListener('error', ({ message }) =>
    calls.end(failed(`crashed: ${message || 'its script could not be loaded'}`)),
  );
  const lineOf = (instruction: number) =>
    listing.find((row) => row.function === name && row.index === instruction)?.line ?? null;
  try {
    const late = () => failed(`took more than ${LIMIT_MS / 1000} s`);
    const bodies: BodyText[] = await within(calls.call('text', code, name), LIMIT_MS, late);
    return bodies.map(({ entry, lines, polls }) => ({
      entry: entry === null ? null : { instruction: entry, line: lineOf(entry) },
      lines,
      polls: polls.map(([at, instruction]) => ({ at, instruction, line: lineOf(instruction) })),
    }));
  } catch (thrown) {
    throw asLabError(thrown, 'reading compiled code');
  } finally {
    calls.end(new LabError('stopped', 'The code has been read.', 'Ask again.'));
  }
}
