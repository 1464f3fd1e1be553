/**
 * Compiles the crates for the browser: `pkg/` with the modules of engine and language, the JavaScript glue and its types.
 *
 * `node scripts/build-wasm.mjs [--fast]`: with `--fast` no whole-program and no wasm optimizer, for while one works.
 */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nameByOrder } from './function-order.mjs';
import { command, say, step } from './log.mjs';
import { ensureNodeModules } from './node-modules.mjs';
import { pkg, relative, root } from './paths.mjs';
import { ask, run } from './run.mjs';
import { fingerprint, forget, recall, remember } from './stamps.mjs';
import { browserToolchain } from './toolchain.mjs';
import { ensureTool } from './wasm-tools.mjs';

/** Everything the module is made from. */
export const WASM_INPUTS = [
  'Cargo.toml',
  'Cargo.lock',
  '.cargo/config.toml',
  'crates',
  'src',
  'benches/loops',
  'scripts/build-wasm.mjs',
  'scripts/function-order.mjs',
];

/**
 * @typedef {object} Module
 * @property {string} crate
 * @property {string} name of the files
 * @property {string} [flags] instead of those of `.cargo/config.toml`
 */

/** @type {Module} */
const ENGINE = { crate: 'safepoint-lab', name: 'safepoint_lab' };
/** Of one thread: its memory is its own. @type {Module} */
const LANGUAGE = {
  crate: 'safepoint-language-web',
  name: 'safepoint_language',
  flags: '-Ctarget-feature=+bulk-memory',
};

/** The same, fetched when something is hot. @type {Module} */
const TIER = {
  crate: 'safepoint-tier-web',
  name: 'safepoint_tier',
  flags: LANGUAGE.flags,
};

const TARGET = 'wasm32-unknown-unknown';
/** Of Cargo.toml. */
const PROFILE = 'web';
/**
 * What the optimizer does. It inlines nothing: that makes the module smaller until it is compressed, and then larger by
 * six in a hundred, since code becomes less alike.
 */
const PASSES = [
  ...['-O2', '--generate-global-effects', '-O2'],
  ...[
    '--always-inline-max-function-size=0',
    '--flexible-inline-max-function-size=0',
    '--one-caller-inline-max-function-size=0',
  ],
  '--dae-optimizing',
  '--duplicate-function-elimination',
];
/** What the optimizer may assume: features that the compiler has used already and every supported browser has. */
const FEATURES = [
  'threads',
  'bulk-memory',
  'bulk-memory-opt',
  'mutable-globals',
  'nontrapping-float-to-int',
  'sign-ext',
  'reference-types',
  'multivalue',
  'call-indirect-overlong',
];

/**
 * @param {{ fast?: boolean, features?: string[], into?: string }} [options] `features`: of the engine's crate; `into`: a
 *   folder other than `pkg/`
 */
export async function buildWasm({ fast = false, features = [], into = pkg } = {}) {
  const folder = relative(into);
  const stamp = into === pkg ? 'wasm' : `wasm-${path.basename(into)}`;
  const toolchain = await browserToolchain();
  const bindgen = await ensureTool('wasm-bindgen');
  await ensureNodeModules();
  const print = fingerprint(WASM_INPUTS, [toolchain.name, bindgen, String(fast), ...features]);
  const before = recall(stamp, print);
  if (before && before.output === fingerprint([into])) {
    say(`wasm: ${folder}/ unchanged`);
    return;
  }
  forget(stamp);
  /** @type {[Module, string][]} */
  const built = [];
  await step(`wasm: compiling with ${toolchain.name}`, async () => {
    built.push([ENGINE, await compile(ENGINE, toolchain.env, fast, features)]);
    built.push([LANGUAGE, await compile(LANGUAGE, toolchain.env, fast, [])]);
    built.push([TIER, await compile(TIER, toolchain.env, fast, [])]);
  });
  await step(`wasm: writing ${folder}/`, async () => {
    rmSync(into, { recursive: true, force: true });
    for (const [, file] of built)
      await run(bindgen, ['--target', 'web', '--out-dir', into, file], { log: 'wasm-bindgen' });
    writeFileSync(path.join(into, 'package.json'), packageJson());
  });
  if (!fast) {
    await step('wasm: optimizing', async () => {
      for (const [{ name }] of built) await optimize(path.join(into, `${name}_bg.wasm`));
    });
  }
  remember(stamp, print, { output: fingerprint([into]) });
  const sizes = built.map(([{ name }]) => {
    const { size } = statSync(path.join(into, `${name}_bg.wasm`));
    return `${name} ${Math.round(size / 1000)} kB`;
  });
  say(`wasm: ${sizes.join(', ')} in ${folder}/`);
}

/**
 * @param {Module} module
 * @param {NodeJS.ProcessEnv} toolchain
 * @param {boolean} fast
 * @param {string[]} features
 * @returns {Promise<string>} the compiled file
 */
async function compile({ crate, name, flags }, toolchain, fast, features) {
  const env = { ...toolchain };
  delete env.RUSTFLAGS; // would replace the flags of .cargo/config.toml
  // A folder of its own: with other flags the standard library is another one.
  const folder = flags ? path.join(root, 'target', name) : path.join(root, 'target');
  const paths = shortPaths(env);
  Object.assign(env, { CARGO_TARGET_DIR: folder, ...(flags && { RUSTFLAGS: [flags, ...paths].join(' ') }) });
  if (fast) Object.assign(env, { CARGO_PROFILE_WEB_LTO: 'off', CARGO_PROFILE_WEB_CODEGEN_UNITS: '16' });
  const args = ['build', '--package', crate, '--profile', PROFILE, '--lib', '--target', TARGET];
  // A flag and not in .cargo/config.toml, where it would hold for native builds of a nightly, too.
  args.push('-Zbuild-std-features=optimize_for_size', `--features=${features.join(',')}`);
  // Beside the flags of .cargo/config.toml.
  if (!flags) args.push('--config', `target.${TARGET}.rustflags=${JSON.stringify(paths)}`);
  await run('cargo', args, { env, log: `wasm-cargo-${name}` });
  return path.join(folder, TARGET, PROFILE, `${name}.wasm`);
}

/**
 * Panics name places in the sources; a module is the same, and smaller, wherever those are.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} flags of the compiler
 */
function shortPaths(env) {
  const sysroot = ask('rustc', ['--print', 'sysroot'], env) ?? '';
  const library = path.join(sysroot, 'lib/rustlib/src/rust/library');
  const cargo = env.CARGO_HOME ?? path.join(env.HOME ?? '', '.cargo');
  const prefixes = [
    `--remap-path-prefix=${library}=std`,
    `--remap-path-prefix=${cargo}/registry/src=crates.io`,
  ];
  // File and line say which one it was, and of what went wrong its name.
  return [...prefixes, '-Zlocation-detail=file,line', '-Zfmt-debug=shallow'];
}

/** @param {string} file */
async function optimize(file) {
  const optimizer = async (/** @type {string[]} */ passes) => {
    const args = ['node_modules/binaryen/bin/wasm-opt', ...passes, '--strip-debug', '--strip-producers'];
    args.push(...FEATURES.map((name) => `--enable-${name}`), file, '-o', file);
    await run(process.execPath, args, { log: 'wasm-opt' });
  };
  await optimizer(PASSES);
  writeFileSync(file, nameByOrder(readFileSync(file)));
  await optimizer(['--reorder-functions-by-name']);
}

/** @returns {string} the package file that bundlers resolve the worker snippets' `../../..` through */
function packageJson() {
  const manifest = readFileSync(path.join(root, 'Cargo.toml'), 'utf8');
  const version = /^version = "([^"]+)"/m.exec(manifest)?.[1];
  const main = 'safepoint_lab.js';
  return `${JSON.stringify({ name: 'safepoint-lab-wasm', version, type: 'module', main, types: 'safepoint_lab.d.ts' }, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await command(() => buildWasm({ fast: process.argv.includes('--fast') }));
}
