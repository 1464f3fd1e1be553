/** Writes what was measured, with its conditions, to `bench/results`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { say } from '../scripts/log.mjs';
import { root } from '../scripts/paths.mjs';

const RESULTS = path.join(root, 'bench/results');

/**
 * @typedef {object} Report
 * @property {string} name of the files
 * @property {string} title
 * @property {string} explanation of the table
 * @property {string[]} columns
 * @property {string[][]} cells
 * @property {unknown} data everything, for programs
 * @property {boolean} [isList] the file is the data alone; the conditions stand beside the table
 * @property {Record<string, string | number>} conditions
 */

/** @param {Report} report */
export function writeReport({ name, title, explanation, columns, cells, data, isList, conditions }) {
  const all = { ...machine(), ...conditions };
  const lines = [columns, columns.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`);
  const facts = Object.entries(all).map(([fact, value]) => `- ${fact}: ${value}`);
  const text = [`# ${title}`, '', explanation, '', ...lines, '', ...facts, ''].join('\n');
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path.join(RESULTS, `${name}.md`), text);
  writeFileSync(path.join(RESULTS, `${name}.json`), jsonOf(isList ? data : { conditions: all, data }));
  say(lines.join('\n'));
}

/** To a thousandth, and a list of figures on one line. @param {unknown} value */
function jsonOf(value) {
  const rounded = (/** @type {string} */ _, /** @type {unknown} */ item) =>
    typeof item === 'number' ? Math.round(item * 1000) / 1000 : item;
  const text = JSON.stringify(value, rounded, 2);
  return `${text.replaceAll(/\[[\d.\s,enul+-]+\]/g, (list) => list.replaceAll(/\s+/g, ' '))}\n`;
}

function machine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    system: `${os.type()} ${os.release()}`,
  };
}
