/** Checks that the coordinator's crate compiles wherever its README says, on the Rust in use and on the oldest one named. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Problem, command, say } from './log.mjs';
import { elsewhere } from './nightly-steps.mjs';
import { root } from './paths.mjs';
import { ask, run } from './run.mjs';
import { findProgram } from './system.mjs';

const TARGETS = [
  'x86_64-unknown-linux-gnu',
  'aarch64-linux-android',
  'aarch64-apple-darwin',
  'x86_64-pc-windows-gnu',
  'wasm32-unknown-unknown',
];

await command(async () => {
  if (!findProgram('rustup'))
    throw new Problem('Other systems need rustup: install it from https://rustup.rs, then run this again.');
  const manifest = path.join(root, 'crates/safepoint/Cargo.toml');
  const [active = ''] = (ask('rustup', ['show', 'active-toolchain']) ?? '').split(' ');
  const oldest =
    /^rust-version = "(.+)"/m.exec(readFileSync(path.join(root, 'Cargo.toml'), 'utf8'))?.[1] ?? '';
  // What is in use is not brought up to date: other builds go on with it meanwhile.
  const install = ['toolchain', 'install', `${oldest}.0`, '--profile', 'minimal', '--no-self-update'];
  await run('rustup', install, { log: 'portable-rustup' });
  for (const toolchain of [active, `${oldest}.0`]) {
    await run('rustup', ['target', 'add', '--toolchain', toolchain, ...TARGETS], { log: 'portable-rustup' });
    for (const target of TARGETS) {
      const args = [`+${toolchain}`, 'check', '--manifest-path', manifest, '--target', target];
      const env = { ...process.env, CARGO_TARGET_DIR: path.join(root, 'target', 'portable') };
      // Away from the repository: its settings ask for a WebAssembly with threads.
      await run('cargo', args, { env, cwd: elsewhere(), log: 'portable' });
      say(`portable: ${target}, ${toolchain}: compiles`);
    }
  }
});
