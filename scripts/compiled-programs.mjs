/**
 * What comes compiled with the page. A program that is imported with `?compiled` is what the language's module says of
 * its text: the module that runs, its listing, its bounds. The page takes it only for this very text
 * (`www/engine/shipped.ts`), so neither can be of another version than the other. `?instruction-set` is the reference of
 * instructions for the editor.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** @typedef {typeof import('../pkg/safepoint_language.js')} Language */

/**
 * @param {string} pkg folder of the language's module
 * @returns {import('vite').Plugin}
 */
export function compiledPrograms(pkg) {
  return {
    name: 'compiled-programs',
    enforce: 'pre',
    async load(id) {
      const [file = '', query] = id.split('?');
      if (query !== 'compiled' && query !== 'instruction-set') return;
      const language = await languageOf(pkg);
      if (query === 'instruction-set') return script(JSON.parse(language.instruction_set()));
      this.addWatchFile(file);
      return script(compiled(language, readFileSync(file, 'utf8'), path.basename(file)));
    },
  };
}

/**
 * @param {Language} language
 * @param {string} text
 * @param {string} name for the error
 * @returns {import('../www/engine/shipped.ts').Compiled}
 * @throws {Error} what is wrong with the text
 */
export function compiled(language, text, name) {
  const reading = new language.Reading(text);
  /** @type {import('../www/run/types.ts').LoadResult} */
  const { program, errors, warnings } = JSON.parse(reading.loaded());
  const module = reading.runnable();
  reading.free();
  const [error] = errors;
  if (error) throw new Error(`${name}, line ${error.line}, column ${error.column}: ${error.message}`);
  if (!program || !module) throw new Error(`${name} was read, but nothing was made of it`);
  return { program, warnings, module: Buffer.from(module).toString('base64') };
}

/** A module of its own for each build of the language: while one works, a server outlasts many. */
async function languageOf(/** @type {string} */ pkg) {
  const wasm = path.join(pkg, 'safepoint_language_bg.wasm');
  const glue = pathToFileURL(path.join(pkg, 'safepoint_language.js'));
  glue.search = String(statSync(wasm).mtimeMs);
  /** @type {Language} */
  const language = await import(glue.href);
  language.initSync({ module: readFileSync(wasm) });
  return language;
}

/** @param {unknown} value */
function script(value) {
  return {
    code: `export default ${JSON.stringify(value)};`,
    moduleType: /** @type {const} */ ('js'),
    map: null,
  };
}
