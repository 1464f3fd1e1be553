/** The lessons' own programs, as the bundler puts them into the page. */

const files = /** @type {Record<string, string>} */ (
  import.meta.glob('./programs/*.sasm', { query: '?raw', import: 'default', eager: true })
);

/**
 * @param {import('../engine/types.js').Example[]} examples
 * @param {string} name of an example, or of a file of ours
 * @returns {string}
 * @throws {Error} when there is none: a fault of the page
 */
export function programOf(examples, name) {
  const source =
    files[`./programs/${name}.sasm`] ?? examples.find((example) => example.name === name)?.source;
  if (source === undefined) throw new Error(`there is no program for a lesson called ${name}`);
  return source;
}

/** Whether a lesson brings this text: then it is not the reader's own. @param {string} source */
export function isOfLesson(source) {
  return Object.values(files).includes(source);
}

/** What a program calls itself. @param {string} source */
export function moduleName(source) {
  return /^\s*\.module\s+"([^"]*)"/m.exec(source)?.[1] ?? 'program';
}
