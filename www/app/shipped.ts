/** Recorded runs of the examples, which come with the page and are fetched when one is wanted (`npm run record`). */
import { bundledFiles } from '../engine/bundled-examples.ts';
import { RecordedRunError } from '../run/recorded-file.ts';
import { readBeside } from './beside.ts';
import type { RecordedRun } from '../run/recorded.ts';

const addresses = import.meta.glob<string>('../recordings/*.json', {
  query: '?url',
  import: 'default',
  eager: true,
});

/**
 * @param source of a program
 * @returns where a run of it is; null when it is no example
 */
export function shippedRun(source: string): string | null {
  const [path] = Object.entries(bundledFiles).find(([, text]) => text === source) ?? [];
  const name = path?.replace(/^.*\/(.*)\.(?:sasm|ts)$/, '../recordings/$1.json');
  return (name && addresses[name]) || null;
}

/**
 * @param address from {@link shippedRun}
 * @throws {RecordedRunError} when it does not arrive, or is not what it should be
 */
export async function fetchRun(address: string): Promise<RecordedRun | null> {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok)
    throw new RecordedRunError(
      'The recorded run of this program could not be loaded.',
      'Check the connection, then choose the program again.',
    );
  return (await readBeside({ file: await response.blob() })).recorded;
}
