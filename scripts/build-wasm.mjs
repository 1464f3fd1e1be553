/**
 * Compiles the crate for the browser: `pkg/` with the module, the JavaScript glue and its types.
 *
 * `node scripts/build-wasm.mjs [--fast]`: with `--fast` no whole-program and no wasm optimizer, for while one works.
 */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { command, say, step } from './log.mjs';
import { ensureNodeModules } from './node-modules.mjs';
import { pkg, relative, root } from './paths.mjs';
import { run } from './run.mjs';
import { fingerprint, forget, recall, remember } from './stamps.mjs';
import { browserToolchain } from './toolchain.mjs';
import { ensureTool } from './wasm-tools.mjs';

/** Everything the module is made from. */
export const WASM_INPUTS = [
  'Cargo.toml',
  'Cargo.lock',
  '.cargo/config.toml',
  'src',
  'benches/loops',
  'scripts/build-wasm.mjs',
];

const TARGET = 'wasm32-unknown-unknown';
/** Of Cargo.toml. */
const PROFILE = 'web';
/**
 * What the optimizer does. No more: with its usual passes (`-Os`, `-O3`) the module is smaller until it is
 * compressed, and then larger by six in a hundred, since inlining makes code less alike.
 */
const PASSES = ['-O1', '--dae-optimizing', '--duplicate-function-elimination'];
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
 * @param {{ fast?: boolean, features?: string[], into?: string }} [options] `features`: of the crate; `into`: a folder
 *   other than `pkg/`
 */
export async function buildWasm({ fast = false, features = [], into = pkg } = {}) {
  const folder = relative(into);
  const stamp = into === pkg ? 'wasm' : `wasm-${path.basename(into)}`;
  const toolchain = await browserToolchain();
  const bindgen = await ensureTool('wasm-bindgen');
  await ensureNodeModules();
  const print = fingerprint(WASM_INPUTS, [toolchain.name, bindgen, String(fast), ...features]);
  const output = path.join(into, 'safepoint_lab_bg.wasm');
  const before = recall(stamp, print);
  if (before && before.output === fingerprint([into])) {
    say(`wasm: ${folder}/ unchanged`);
    return;
  }
  forget(stamp);
  await step(`wasm: compiling with ${toolchain.name}`, async () => {
    const env = { ...toolchain.env };
    delete env.RUSTFLAGS; // would replace the flags of .cargo/config.toml
    if (fast) Object.assign(env, { CARGO_PROFILE_WEB_LTO: 'off', CARGO_PROFILE_WEB_CODEGEN_UNITS: '16' });
    const args = ['build', '--profile', PROFILE, '--lib', '--target', TARGET];
    // A flag and not in .cargo/config.toml, where it would hold for native builds of a nightly, too.
    args.push('-Zbuild-std-features=optimize_for_size', `--features=${features.join(',')}`);
    await run('cargo', args, { env, log: 'wasm-cargo' });
  });
  await step(`wasm: writing ${folder}/`, async () => {
    rmSync(into, { recursive: true, force: true });
    const built = path.join(root, 'target', TARGET, PROFILE, 'safepoint_lab.wasm');
    await run(bindgen, ['--target', 'web', '--out-dir', into, built], { log: 'wasm-bindgen' });
    writeFileSync(path.join(into, 'package.json'), packageJson());
  });
  if (!fast) {
    await step('wasm: optimizing', async () => {
      const args = ['node_modules/binaryen/bin/wasm-opt', ...PASSES];
      args.push('--strip-debug', '--strip-producers');
      args.push(...FEATURES.map((name) => `--enable-${name}`), output, '-o', output);
      await run(process.execPath, args, { log: 'wasm-opt' });
    });
  }
  remember(stamp, print, { output: fingerprint([into]) });
  say(`wasm: ${Math.round(statSync(output).size / 1000)} kB in ${folder}/`);
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
