/** A program in the lab, at the prompt. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = process.env.SAFEPOINT_LAB ?? path.join(ROOT, 'target/debug/safepoint-lab');

/** Bytes that a program may print: random ones double their strings. */
const MOST = 64 << 20;
/** Milliseconds that a program may take before it counts as one that hangs. */
const LIMIT = 60_000;

/**
 * @param {string} source TypeScript
 * @param {string[]} [options] of `run`
 * @returns {Promise<{ output: string, said: string, code: number | string | null }>} what the program printed, what
 *   the lab said, and its exit code
 */
export function inLab(source, options = []) {
  return new Promise((resolve) => {
    const child = execFile(
      PROGRAM,
      ['run', ...options, '-'],
      { timeout: LIMIT, maxBuffer: MOST, cwd: ROOT },
      (error, stdout, stderr) =>
        resolve({ output: stdout, said: stderr, code: error ? (error.code ?? error.signal ?? null) : 0 }),
    );
    child.stdin?.end(source);
  });
}
