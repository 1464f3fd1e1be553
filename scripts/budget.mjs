/**
 * What the page may cost a visitor. Its size is that of this build. How soon it runs a program and how long
 * its tasks are needs a quiet machine: `npm run bench -- page` measures that, and the last results are what counts.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Problem, say } from './log.mjs';
import { dist, root } from './paths.mjs';

/** Bytes, gzipped, that the scripts of the first view and the modules of engine and language may have. */
const MOST = { script: 250_000, engine: 250_000, language: 300_000 };
/** Milliseconds from a later visit's navigation until the first program runs. */
const OPENING = 1500;
/**
 * Milliseconds over which no task of the main thread may take while workers run: of the processor, however many
 * workers there are, and by the clock where every worker has a processor. Where they share one, most of a task's time
 * by the clock is waiting for it, and the counts are said.
 */
const LONG = 50;

/**
 * What begins with the page, besides the scripts that its document names: workers, and the first program, which comes
 * compiled. All others come when they are used.
 */
const FIRST = /\b(?:(?:control|pool)\.worker|01-[a-z-]*)-/;

/** @typedef {{ script: number, engine: number, language: number, style: number }} Sizes gzipped bytes */
/** @typedef {{ date: string, cores: number }} Conditions */

/**
 * @typedef {object} Results what `npm run bench -- page` wrote
 * @property {{ conditions: Conditions, data: number[] }} opening milliseconds of the first visit, and of later ones
 * @property {{ conditions: Conditions, data: { workers: number, lab: { tasks: number[], busiest: number } }[] }}
 *   answering by number of workers: tasks over 50 ms by the clock, and most processor time of one
 */

/** Prints what a visitor downloads. */
export function sayTransfer() {
  say(`page: ${transferText(transfer())}`);
}

/** Prints the rest of the budget, and fails where the page is over it. */
export function checkBudget() {
  const results = lastResults();
  if (results) for (const line of resultsText(results)) say(`page: ${line}`);
  else say('page: speed not measured; npm run bench -- page does it');
  const [over] = overBudget(transfer(), results);
  if (over) throw new Problem(over);
}

/** @returns {Sizes} */
function transfer() {
  return {
    script: gzipped(isFirst()),
    engine: gzipped(/safepoint_lab.*\.wasm$/),
    language: gzipped(/safepoint_language.*\.wasm$/),
    style: gzipped(/\.css$/),
  };
}

/** @returns {{ test: (file: string) => boolean }} tells the scripts of the first view */
function isFirst() {
  const page = path.join(dist, 'index.html');
  const html = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const named = [...html.matchAll(/(?:src|href)="[^"]*?([^"/]+\.js)"/g)].map(([, name]) => name);
  return {
    test: (file) => file.endsWith('.js') && (named.includes(path.basename(file)) || FIRST.test(file)),
  };
}

/** @returns {Results | null} */
function lastResults() {
  const of = (/** @type {string} */ name) => path.join(root, 'bench/results', `${name}.json`);
  if (!existsSync(of('opening')) || !existsSync(of('answering'))) return null;
  const read = (/** @type {string} */ name) => JSON.parse(readFileSync(of(name), 'utf8'));
  return { opening: read('opening'), answering: read('answering') };
}

/** @param {Sizes} sizes */
export function transferText(sizes) {
  const parts = Object.entries(sizes).map(([kind, bytes]) => `${kind} ${kilobytes(bytes)}`);
  return `gzipped ${parts.join(', ')} (at most ${kilobytes(MOST.script)} of the first view’s script and of engine, ${kilobytes(MOST.language)} of language)`;
}

/** @param {Results} results */
export function resultsText({ opening, answering }) {
  const { date, cores } = answering.conditions;
  const list = (/** @type {(row: Results['answering']['data'][number]) => number} */ figure) =>
    answering.data.map(figure).join(' / ');
  return [
    `a program runs ${later(opening.data)} ms after a later visit begins (at most ${OPENING}), measured on ${opening.conditions.date}`,
    `beside ${list(({ workers }) => workers)} workers on ${cores} cores the longest task takes ` +
      `${list(({ lab }) => Math.round(lab.busiest))} ms of the processor (at most ${LONG}), and ` +
      `${list(({ lab }) => lab.tasks.length)} tasks take over ${LONG} ms by the clock (none where every worker has a core), ` +
      `measured on ${date}`,
  ];
}

/**
 * @param {Sizes} sizes
 * @param {Results | null} results
 * @returns {string[]} a sentence for each thing that is over the budget
 */
export function overBudget(sizes, results) {
  const over = [];
  for (const kind of /** @type {const} */ (['script', 'engine', 'language'])) {
    if (sizes[kind] > MOST[kind])
      over.push(
        `The page's ${kind} is ${kilobytes(sizes[kind])} gzipped, over the ${kilobytes(MOST[kind])} it may have: make it smaller or load less.`,
      );
  }
  if (!results) return over;
  const opening = later(results.opening.data);
  if (opening > OPENING)
    over.push(
      `A program runs ${opening} ms after the page is opened, over the ${OPENING} it may take: do less before it runs, then measure anew (npm run bench -- page).`,
    );
  const { conditions, data } = results.answering;
  for (const { workers, lab } of data) {
    if (lab.busiest > LONG)
      over.push(
        `With ${workers} workers a task of the main thread took ${Math.round(lab.busiest)} ms of the processor, over the ${LONG} it may take: split it, then measure anew (npm run bench -- page).`,
      );
    if (workers > conditions.cores || lab.tasks.length === 0) continue;
    over.push(
      `With ${workers} workers on ${conditions.cores} cores ${lab.tasks.length} tasks of the main thread took over ${LONG} ms, the longest ${Math.max(...lab.tasks)}: split them, then measure anew (npm run bench -- page).`,
    );
  }
  return over;
}

/** The median of all visits but the first. @param {number[]} visits */
function later(visits) {
  const sorted = visits.slice(1).sort((a, b) => a - b);
  return Math.round(sorted[sorted.length >> 1] ?? NaN);
}

/**
 * @param {{ test: (file: string) => boolean }} name
 * @returns {number} bytes of all such files in `dist/`, each gzipped
 */
function gzipped(name) {
  if (!existsSync(dist)) return 0;
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file))
    .reduce((sum, file) => sum + gzipSync(readFileSync(path.join(dist, file))).length, 0);
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
}
