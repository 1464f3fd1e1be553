/** The lessons' own programs, as the bundler puts them into the page: texts, and each compiled in a file of its own. */
import { ship } from '../engine/shipped.ts';
import { isAssembler } from '../run/language-of.ts';
import type { Compiled } from '../engine/shipped.ts';
import type { Example } from '../run/types.ts';
import type { Lesson } from './types.ts';

const files = import.meta.glob<string>('./programs/*.{sasm,ts}', {
  query: '?raw',
  import: 'default',
  eager: true,
});

ship(files, import.meta.glob<Compiled>('./programs/*.{sasm,ts}', { query: '?compiled', import: 'default' }));

/**
 * @param name of an example, or of a file of ours
 * @throws {Error} when there is none: a fault of the page
 */
export function programOf(examples: Example[], name: string): string {
  const source =
    files[`./programs/${name}.ts`] ??
    files[`./programs/${name}.sasm`] ??
    examples.find((example) => example.name === name)?.source;
  if (source === undefined) throw new Error(`there is no program for a lesson called ${name}`);
  return source;
}

/**
 * The program that is opened with a lesson.
 *
 * @returns null where it needs none
 */
export function programFor(examples: Example[], { program, code }: Lesson): string | null {
  return code ?? (program === null ? null : programOf(examples, program));
}

/** What else comes with the page, as far as it has been fetched. */
export const alsoShipped: Set<string> = new Set();

/** Whether a lesson brings this text: then it is not the reader's own. */
export function isOfLesson(source: string) {
  return Object.values(files).includes(source) || alsoShipped.has(source);
}

/** What a program calls itself: in TypeScript by the first comments, in assembler by its `.module`. */
export function moduleName(source: string) {
  if (isAssembler(source.split('\n'))) return /^\s*\.module\s+"([^"]*)"/m.exec(source)?.[1] ?? 'program';
  const [comments] = /^(?:\s*\/\/.*(?:\n|$))*/.exec(source.replace('\ufeff', '')) ?? [''];
  return /^\s*\/\/\s*name:\s*(\S.*?)\s*$/m.exec(comments)?.[1] ?? 'program';
}
