/**
 * The examples that come with the page, from `www/examples`. Each file starts with comments that say what
 * it is:
 *
 *     ; name: Busy loops
 *     ; description: Four tasks count for ever.
 *     ; endless: yes
 *
 * In TypeScript they begin with two slashes instead.
 *
 * One that was renamed says what it was called (`; formerly: ...`), for pages and links that still say so.
 */
import type { Example } from '../run/types.ts';

/**
 * @param path for the error
 * @throws {Error} when the header lacks a name or a description
 */
export function parseExample(source: string, path: string): Example {
  const field = (name: string) => new RegExp(`^(?:;|//)\\s*${name}:\\s*(.+?)\\s*$`, 'im').exec(source)?.[1];
  const name = field('name');
  const description = field('description');
  if (!name || !description) throw new Error(`${path} lacks a name or a description in its first comments`);
  const formerly = field('formerly') ?? null;
  return { name, formerly, description, source, endless: field('endless')?.toLowerCase() === 'yes' };
}

/**
 * @param files sources by path
 * @returns in the order of their paths
 */
export function parseExamples(files: Record<string, string>): Example[] {
  return Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, source]) => parseExample(source, path));
}
