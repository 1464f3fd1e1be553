/** Where things are. Everything generated is under the git-ignored folders named here. */
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** Stamps and logs of this checkout. */
export const cache = path.join(root, '.cache');
/** The wasm module and its JavaScript glue, as wasm-bindgen writes them. */
export const pkg = path.join(root, 'pkg');
/** The static page. */
export const dist = path.join(root, 'dist');
/** Tools compiled once for every checkout of this user, one folder per version. */
export const tools = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
  'safepoint-lab',
  'tools',
);

/** @param {string} file an absolute path */
export function relative(file) {
  return path.relative(process.cwd(), file) || '.';
}
