/** Runs other programs: quietly while they succeed, with their last words when they fail. */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Problem, say } from './log.mjs';
import { cache, relative, root } from './paths.mjs';

/** Seconds between two lines that say a quiet program is still at work. */
const HEARTBEAT = 20;
/** Lines of a failed program's output that are shown. */
const LAST_LINES = 60;

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env] the whole environment; that of this process if missing
 * @property {string} [cwd] the repository if missing
 * @property {string} [log] name of the file under `.cache/logs` that keeps all output
 * @property {boolean} [live] pass the output on as it comes
 * @property {boolean} [mayFail] return a failure instead of throwing
 * @property {string} [advice] what to do when it fails, in place of the command line
 */

/**
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ ok: boolean, output: string }>} standard output and error, as they came
 */
export async function run(program, args, options = {}) {
  const logName = options.log ?? path.basename(program);
  const logFile = path.join(cache, 'logs', `${logName}.log`);
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const verbose = options.live || process.env.VERBOSE === '1';
  /** @type {Buffer[]} */
  const chunks = [];
  let lastLine = '';
  const start = performance.now();

  const child = spawn(program, args, {
    cwd: options.cwd ?? root,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  /** @param {Buffer} chunk */
  const take = (chunk) => {
    chunks.push(chunk);
    log.write(chunk);
    if (verbose) process.stdout.write(chunk);
    lastLine = lines(chunk.toString()).findLast((line) => /^\s*[A-Z][a-z]+ \S/.test(line)) ?? lastLine;
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const heartbeat = setInterval(() => {
    const seconds = Math.round((performance.now() - start) / 1000);
    const doing = lastLine === '' ? '' : `: ${lastLine.trim().slice(0, 90)}`;
    if (!verbose) say(`  ${logName}, ${seconds} s${doing}`);
  }, HEARTBEAT * 1000);

  /** @type {{ code: number | null, error?: Error }} */
  const end = await new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, error }));
    child.on('close', (code) => resolve({ code }));
  });
  clearInterval(heartbeat);
  log.end();
  const output = Buffer.concat(chunks).toString();
  const ok = end.code === 0;
  if (!ok && !options.mayFail) {
    if (!verbose) say(lines(output).slice(-LAST_LINES).join('\n'));
    const why = end.error ? end.error.message : `exit code ${end.code}`;
    const advice =
      options.advice ?? `read the lines above or ${relative(logFile)}, then run this command again`;
    throw new Problem(
      `\`${path.basename(program)} ${args.slice(0, 3).join(' ')}\` failed (${why}): ${advice}.`,
    );
  }
  return { ok, output };
}

/**
 * The standard output of a short program, or nothing if it is not there or fails.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function ask(program, args, env = process.env) {
  const { status, stdout } = spawnSync(program, args, { cwd: root, env, encoding: 'utf8', timeout: 60_000 });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * @param {string} text
 * @returns {string[]} the lines that hold something
 */
function lines(text) {
  return text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
}
