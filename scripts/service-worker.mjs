/**
 * Writes `dist/sw.js`: `www/offline/service-worker.js` with the list of what was built before it. The page is told
 * which build it is of.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CONTENT_SECURITY_POLICY, ISOLATION } from './headers.mjs';
import { root } from './paths.mjs';

/** @typedef {import('../www/offline/service-worker.js').Build} Build */

const SOURCE = path.join(root, 'www/offline/service-worker.js');
const NAME = 'sw.js';
const PAGE = 'index.html';
/** @param {string} version */
const tagOf = (version) => `<meta name="build" content="${version}" />`;
const TAG = new RegExp(tagOf('\\w+'));

/**
 * @param {string} folder of the built page
 * @param {{ soon?: number }} [options]
 */
export function writeServiceWorker(folder, { soon = 3000 } = {}) {
  const source = readFileSync(SOURCE, 'utf8');
  const headers = { ...ISOLATION, 'Content-Security-Policy': CONTENT_SECURITY_POLICY };
  const page = path.join(folder, PAGE);
  const html = readFileSync(page, 'utf8').replace(TAG, '');
  writeFileSync(page, html);
  const version = createHash('sha256')
    .update(JSON.stringify([source, headers, soon, filesOf(folder)]))
    .digest('hex')
    .slice(0, 16);
  writeFileSync(page, html.replace('<head>', `<head>${tagOf(version)}`));
  /** @type {Build} */
  const build = { version, files: filesOf(folder), headers, soon };
  // In a line of its own: the worker of another build reads it there.
  writeFileSync(path.join(folder, NAME), `var BUILD = ${JSON.stringify(build)};\n\n${source}`);
}

/** @param {string} folder @returns {Build['files']} */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== NAME && statSync(path.join(folder, name)).isFile())
    .map((name) => name.split(path.sep).join('/'))
    .sort()
    .map((name) => [name, integrityOf(readFileSync(path.join(folder, name)))]);
}

/** @param {Uint8Array} content */
function integrityOf(content) {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}
