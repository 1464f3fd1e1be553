/**
 * The examples that come with the page, from `www/examples`. Each file starts with comments that say what
 * it is:
 *
 *     ; name: Busy loops
 *     ; description: Four tasks count for ever.
 *     ; endless: yes
 *
 * One that was renamed says what it was called (`; formerly: ...`), for pages and links that still say so.
 */

/** @import { Example } from './types.js' */

/**
 * @param {string} source
 * @param {string} path for the error
 * @returns {Example}
 * @throws {Error} when the header lacks a name or a description
 */
export function parseExample(source, path) {
  const field = (/** @type {string} */ name) =>
    new RegExp(`^;\\s*${name}:\\s*(.+?)\\s*$`, 'im').exec(source)?.[1];
  const name = field('name');
  const description = field('description');
  if (!name || !description)
    throw new Error(`${path} lacks "; name: ..." or "; description: ..." at its start`);
  const formerly = field('formerly') ?? null;
  return { name, formerly, description, source, endless: field('endless')?.toLowerCase() === 'yes' };
}

/**
 * @param {Record<string, string>} files sources by path
 * @returns {Example[]} in the order of their paths
 */
export function parseExamples(files) {
  return Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, source]) => parseExample(source, path));
}
