/** Bundles the page into `dist/`, and says its size. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Problem, say, step } from './log.mjs';
import { dist, pkg, root } from './paths.mjs';
import { fingerprint, forget, recall, remember } from './stamps.mjs';

/** Everything the page is made from. */
export const PAGE_INPUTS = [
  'www',
  'vite.config.js',
  'package-lock.json',
  'scripts/headers.mjs',
  'scripts/service-worker.mjs',
];

/** Bytes, gzipped, that all scripts together and all wasm together may have. */
const BUDGET = 250_000;

/** Needs `pkg/`. */
export async function buildPage() {
  const print = fingerprint([...PAGE_INPUTS, pkg]);
  const before = recall('page', print);
  if (before && before.output === fingerprint([dist])) {
    say('page: unchanged');
  } else {
    forget('page');
    const vite = await import('vite');
    await step('page: bundling', async () => {
      try {
        await vite.build({ configFile: path.join(root, 'vite.config.js'), logLevel: 'warn' });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Problem(`The page does not bundle: ${message}`);
      }
    });
    remember('page', print, { output: fingerprint([dist]) });
  }
  sayTransfer();
}

/** Prints what a visitor downloads. */
function sayTransfer() {
  const parts = Object.entries(transfer()).map(([kind, bytes]) => `${kind} ${kilobytes(bytes)}`);
  say(`page: gzipped ${parts.join(', ')} (at most ${kilobytes(BUDGET)} of script and of wasm)`);
}

/** @returns what a visitor downloads, in gzipped bytes */
function transfer() {
  return { script: gzipped('.js'), wasm: gzipped('.wasm'), style: gzipped('.css') };
}

/** Fails when a visitor downloads too much. Too large a page still works, so only a release needs this. */
export function checkTransfer() {
  const sizes = transfer();
  for (const kind of /** @type {const} */ (['script', 'wasm'])) {
    if (sizes[kind] > BUDGET) {
      throw new Problem(
        `The page's ${kind} is ${kilobytes(sizes[kind])} gzipped, over the ${kilobytes(BUDGET)} it may have: make it smaller or load less.`,
      );
    }
  }
}

/**
 * @param {string} extension
 * @returns {number} bytes of all such files in `dist/`, each gzipped
 */
function gzipped(extension) {
  if (!existsSync(dist)) return 0;
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .reduce((sum, name) => sum + gzipSync(readFileSync(path.join(dist, name))).length, 0);
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
}
