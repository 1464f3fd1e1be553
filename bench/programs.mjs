/** What is timed: the same work for the lab, for JavaScript and for Lua, in `bench/programs`. */
import { readFileSync } from 'node:fs';
import typescript from 'typescript';

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} file its name under `bench/programs`
 * @property {string} lab the program, in TypeScript
 * @property {string} javascript the same text without its types, as a function that gets `print`
 * @property {string} lua
 */

/** @param {string} file under `bench/programs` */
const read = (file) => readFileSync(new URL(`programs/${file}`, import.meta.url), 'utf8');

/** @type {Workload[]} */
export const WORKLOADS = [
  { name: 'fib(30)', file: 'fib' },
  { name: 'sum of 10 M numbers', file: 'sum' },
  { name: 'the tightest loop: 30 M turns', file: 'tight' },
  { name: 'sieve up to 2 M', file: 'sieve' },
  { name: 'quicksort of 1 M numbers', file: 'quicksort' },
  { name: 'product of 200x200 matrices', file: 'matrix' },
  { name: 'five bodies, 50 k steps', file: 'bodies' },
  { name: '1 M small objects', file: 'objects' },
  { name: 'binary trees, 20 of depth 14', file: 'trees' },
  { name: '5 k strings of 100 parts', file: 'strings' },
].map(({ name, file }) => {
  const lab = read(`${file}.ts`);
  const javascript = `(print) => {\n${withoutTypes(lab)}\n}`;
  return { name, file, lab, javascript, lua: read(`${file}.lua`) };
});

/** What polls cost on: file under `bench/programs` and what it is. */
export const POLLED = [
  { file: 'fib', name: 'calls: fib(30)' },
  { file: 'objects', name: 'allocations: 1 M objects' },
  { file: 'tight', name: 'the tightest loop: 30 M iterations' },
];

/** @param {string} source */
function withoutTypes(source) {
  const target = typescript.ScriptTarget.ES2022;
  return typescript.transpileModule(source, { compilerOptions: { target } }).outputText;
}
