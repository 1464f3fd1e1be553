/** The command line tools of builds and tests: as their publishers built them where cargo-binstall is there, else compiled, once for each version. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem, step } from './log.mjs';
import { root, tools } from './paths.mjs';
import { ask, run } from './run.mjs';
import { findProgram } from './system.mjs';
import { nativeToolchain, versionIn } from './toolchain.mjs';

/**
 * @typedef {object} Tool
 * @property {string} crate
 * @property {string} version
 * @property {string[]} ask arguments that make it print its version
 */

/** @type {Record<string, Tool>} by the program's name */
const TOOLS = {
  'wasm-bindgen': { crate: 'wasm-bindgen-cli', version: lockedVersion('wasm-bindgen'), ask: ['--version'] },
  'wasm-pack': { crate: 'wasm-pack', version: '0.15.1', ask: ['--version'] },
  geckodriver: { crate: 'geckodriver', version: '0.37.1', ask: ['--version'] },
  'cargo-fuzz': { crate: 'cargo-fuzz', version: '0.13.2', ask: ['--version'] },
  'cargo-llvm-cov': { crate: 'cargo-llvm-cov', version: '0.9.1', ask: ['llvm-cov', '--version'] },
};

/** These tools run for seconds: the time that goes into optimizing them does not come back. */
const QUICK_COMPILE = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_DEBUG: '0',
};

/**
 * The glue that wasm-bindgen writes fits one version of the crate only, so the crate's version decides.
 *
 * @param {string} crate
 * @returns {string} its version in Cargo.lock
 */
function lockedVersion(crate) {
  const lock = readFileSync(path.join(root, 'Cargo.lock'), 'utf8');
  const version = new RegExp(`^name = "${crate}"\\nversion = "([^"]+)"`, 'm').exec(lock)?.[1];
  if (!version)
    throw new Problem(
      `Cargo.lock names no ${crate}: restore the file from git, then run this command again.`,
    );
  return version;
}

/**
 * @param {string} name a program of `TOOLS`
 * @returns {Promise<string>} its absolute path, installed first if it is not there in the right version
 */
export async function ensureTool(name) {
  const tool = TOOLS[name];
  if (!tool) throw new Error(`no tool is called ${name}`);
  const onPath = findProgram(name);
  if (onPath && versionIn(ask(onPath, tool.ask) ?? '') === tool.version) return onPath;
  const folder = path.join(tools, `${tool.crate}-${tool.version}`);
  const program = path.join(folder, 'bin', name);
  if (existsSync(program)) return program;
  const { env } = await nativeToolchain();
  mkdirSync(tools, { recursive: true });
  if (await download(name, tool, folder, env)) return program;
  await step(`${name}: compiling version ${tool.version} (once, some minutes)`, async () => {
    const args = ['install', tool.crate, '--version', tool.version, '--root', folder];
    const options = { env: { ...env, ...QUICK_COMPILE }, cwd: tools, log: name };
    // Its own lock file first; a registry that lags behind may lack a version in there, others will do.
    const { ok } = await run('cargo', [...args, '--locked'], { ...options, mayFail: true });
    if (!ok) await run('cargo', args, options);
  });
  return program;
}

/**
 * Takes what its publisher has built.
 *
 * @param {string} name
 * @param {Tool} tool
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>} whether it is there now
 */
async function download(name, { crate, version }, folder, env) {
  if (!findProgram('cargo-binstall')) return false;
  const { ok } = await step(`${name}: downloading version ${version}`, () => {
    const args = ['binstall', `${crate}@${version}`, '--root', folder, '--no-confirm'];
    args.push('--disable-strategies', 'compile');
    return run('cargo', args, { env, cwd: tools, log: name, mayFail: true });
  });
  return ok && existsSync(path.join(folder, 'bin', name));
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} programs absolute paths
 * @returns {NodeJS.ProcessEnv} the same with the folders of these programs first on the path
 */
export function withPrograms(env, programs) {
  const folders = programs.map((program) => path.dirname(program));
  return { ...env, PATH: [...new Set(folders), env.PATH ?? ''].join(path.delimiter) };
}
