/** Remembers what a step was made from, so that it is done again when, and only when, that has changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cache, root } from './paths.mjs';

/**
 * @param {string} name
 * @returns {string}
 */
function stampFile(name) {
  return path.join(cache, 'stamps', `${name}.json`);
}

/**
 * @param {string} entry a file or folder, absolute or from the repository's root
 * @returns {string[]} the files in it, sorted
 */
function filesUnder(entry) {
  const full = path.resolve(root, entry);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [full];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesUnder(path.join(full, name)));
}

/**
 * @param {string[]} inputs files and folders; one that is missing counts as empty
 * @param {string[]} [facts] whatever else the result depends on: versions, flags
 * @returns {string}
 */
export function fingerprint(inputs, facts = []) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(filesUnder)) {
    hash
      .update(`${path.relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  for (const fact of facts) hash.update(`${fact}\0`);
  return hash.digest('hex');
}

/**
 * @param {string} name
 * @param {string} print from `fingerprint`
 * @returns {Record<string, unknown> | undefined} what `remember` was told, if nothing changed since
 */
export function recall(name, print) {
  try {
    const stamp = JSON.parse(readFileSync(stampFile(name), 'utf8'));
    return stamp.print === print ? stamp.facts : undefined;
  } catch {
    return undefined; // no stamp, or one that was cut off while it was written
  }
}

/**
 * @param {string} name
 * @param {string} print
 * @param {Record<string, unknown>} [facts]
 */
export function remember(name, print, facts = {}) {
  const file = stampFile(name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ print, facts }));
}

/** @param {string} name */
export function forget(name) {
  rmSync(stampFile(name), { force: true });
}
