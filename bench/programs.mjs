/** What is timed: the same work for the lab and for Lua, in `bench/programs`. */
import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} lab in the lab's assembler
 * @property {string} lua
 */

/** @param {string} file under `bench/programs` */
const read = (file) => readFileSync(new URL(`programs/${file}`, import.meta.url), 'utf8');

/** @type {Workload[]} */
export const BESIDE_LUA = [
  { name: 'fib(30)', lab: read('fib.sasm'), lua: read('fib.lua') },
  { name: '10 M loop iterations', lab: read('sum.sasm'), lua: read('sum.lua') },
  { name: '1 M small objects', lab: read('objects.sasm'), lua: read('objects.lua') },
];

/** What polls cost on: file under `bench/programs` and what it is. */
export const POLLED = [
  { file: 'fib', name: 'calls: fib(30)' },
  { file: 'objects', name: 'allocations: 1 M objects' },
  { file: 'tight', name: 'the tightest loop: 30 M iterations' },
].map(({ file, name }) => ({ file, name, lab: read(`${file}.sasm`) }));
