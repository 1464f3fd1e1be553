/** Writes `dist/sw.js`: `www/offline/service-worker.js` with the list of what was built before it. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CONTENT_SECURITY_POLICY, ISOLATION } from './headers.mjs';
import { root } from './paths.mjs';

/**
 * @typedef {object} Build
 * @property {string} version differs when any file does
 * @property {[name: string, integrity: string][]} files all that is served, as `fetch` checks it
 * @property {Record<string, string>} headers of every response
 */

const SOURCE = path.join(root, 'www/offline/service-worker.js');
const NAME = 'sw.js';

/** @param {string} folder of the built page */
export function writeServiceWorker(folder) {
  const source = readFileSync(SOURCE, 'utf8');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== NAME && statSync(path.join(folder, name)).isFile())
    .map((name) => name.split(path.sep).join('/'))
    .sort()
    .map(
      (name) => /** @type {[string, string]} */ ([name, integrityOf(readFileSync(path.join(folder, name)))]),
    );
  /** @type {Build} */
  const build = {
    version: createHash('sha256')
      .update(JSON.stringify([source, files]))
      .digest('hex')
      .slice(0, 16),
    files,
    headers: { ...ISOLATION, 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
  };
  writeFileSync(path.join(folder, NAME), `var BUILD = ${JSON.stringify(build, null, 1)};\n\n${source}`);
}

/** @param {Uint8Array} content */
function integrityOf(content) {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}
