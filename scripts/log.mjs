/** What the commands say: short lines, each step with its time, and one sentence when something is wrong. */

/** An error whose message is a sentence for the person at the keyboard: what was wrong and what to do. */
export class Problem extends Error {}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * @param {number} since a value of `performance.now()`
 * @returns {string} e.g. `3.2 s`
 */
export function elapsed(since) {
  const seconds = (performance.now() - since) / 1000;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Says what is being done, does it, and says how long it took. Steps under a second say one line only.
 *
 * @template T
 * @param {string} what e.g. `wasm: compiling`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const start = performance.now();
  say(`${what} ...`);
  const result = await work();
  if (performance.now() - start > 1000) say(`${what}: done in ${elapsed(start)}`);
  return result;
}

/**
 * Runs a command's main function and turns what it throws into one sentence and exit code 1.
 *
 * @param {() => Promise<void>} main
 */
export async function command(main) {
  // Who reads this has left, as `head` does: the exit code is a shell's for a closed pipe.
  process.stdout.on('error', (error) => {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EPIPE') process.exit(141);
    throw error;
  });
  try {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    if (major < 20 || (major === 20 && minor < 19)) {
      throw new Problem(
        `Node.js ${process.versions.node} is too old: install Node.js 20.19 or newer, then run this command again.`,
      );
    }
    await main();
  } catch (error) {
    const unexpected = !(error instanceof Problem);
    process.stdout.write('');
    process.stderr.write(
      `\nerror: ${unexpected && error instanceof Error ? error.stack : String(error instanceof Error ? error.message : error)}\n`,
    );
    process.exitCode = 1;
  }
}
