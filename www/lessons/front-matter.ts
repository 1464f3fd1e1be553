/** What stands between the first two lines `---` of a Markdown file: settings, one on a line. */
import { TaskError } from './check.ts';

/**
 * @param what the file is, for what is wrong with it
 * @returns the settings, and what comes after them
 * @throws {TaskError} in words, with the place
 */
export function frontMatter<Key extends string>(
  what: string,
  source: string,
  keys: readonly Key[],
): [Partial<Record<Key, string>>, string] {
  const [all, head] = /^---\n(.*?)\n---(?:\n|$)/s.exec(source) ?? [];
  if (all === undefined || head === undefined)
    throw new TaskError(
      `The ${what} has no front matter: expected a first line "---", lines such as "title: ...", and "---".`,
    );
  const front: Partial<Record<Key | 'title', string>> = {};
  head.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    const [, key = '', value = ''] = /^([a-z-]+):\s*(.*?)\s*$/.exec(line) ?? [];
    const known = keys.find((name) => name === key);
    if (!known)
      throw new TaskError(
        `Line ${i + 2}: "${line}"; expected one of ${keys.join(', ')}, a colon and a value.`,
      );
    front[known] = value.replace(/^"(.*)"$/, '$1');
  });
  if (!front.title)
    throw new TaskError(`The ${what} has no title: expected a line "title: ..." between the lines "---".`);
  return [front, source.slice(all.length)];
}
