/** Recorded runs of the examples, which come with the page and are fetched when one is wanted (`npm run record`). */
import { bundledFiles } from '../engine/bundled-examples.js';
import { RecordedRunError } from '../engine/recorded-file.js';
import { readBeside } from './beside.js';

const addresses = /** @type {Record<string, string>} */ (
  import.meta.glob('../recordings/*.json', { query: '?url', import: 'default', eager: true })
);

/**
 * @param {string} source of a program
 * @returns {string | null} where a run of it is; null when it is no example
 */
export function shippedRun(source) {
  const [path] = Object.entries(bundledFiles).find(([, text]) => text === source) ?? [];
  const name = path?.replace(/^.*\/(.*)\.sasm$/, '../recordings/$1.json');
  return (name && addresses[name]) || null;
}

/**
 * @param {string} address from {@link shippedRun}
 * @returns {Promise<import('../engine/recorded.js').RecordedRun | null>}
 * @throws {RecordedRunError} when it does not arrive, or is not what it should be
 */
export async function fetchRun(address) {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok)
    throw new RecordedRunError(
      'The recorded run of this program could not be loaded.',
      'Check the connection, then choose the program again.',
    );
  return (await readBeside({ file: await response.blob() })).recorded;
}
