/**
 * Finds a Rust compiler that can rebuild the standard library with threads for the browser, and one for native
 * builds. There are two ways to the first:
 *
 * 1. rustup: the pinned nightly with the component `rust-src`;
 * 2. Debian's packages, whose stable compiler does the same with `RUSTC_BOOTSTRAP=1`.
 *
 * What is installed already wins, then rustup, then apt. `SAFEPOINT_TOOLCHAIN=rustup` or `=debian` allows one only.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Problem, step } from './log.mjs';
import { root, tools } from './paths.mjs';
import { ask, run } from './run.mjs';
import { aptInstall, canAptInstall, findProgram } from './system.mjs';

/** The nightly that rustup installs for the browser build. */
export const NIGHTLY = 'nightly-2026-05-20';

const TARGET = 'wasm32-unknown-unknown';
const DEBIAN_PACKAGES = [
  'rustc-web',
  'cargo-web',
  'rust-web-src',
  'rust-web-llvm',
  'lld-22',
  'rustfmt-web',
  'rust-web-clippy',
  'gcc',
  'libc6-dev',
];
/** The programs of Debian's compiler that must come before rustup's stand-ins on the path. */
const DEBIAN_PROGRAMS = [
  'cargo',
  'rustc',
  'rustdoc',
  'rustfmt',
  'cargo-fmt',
  'cargo-clippy',
  'clippy-driver',
  'rust-lld',
];

/**
 * @typedef {object} Toolchain
 * @property {string} name for people, e.g. `rustc 1.96.0 (Debian)`
 * @property {NodeJS.ProcessEnv} env in which `cargo` is this toolchain's
 * @property {string} [cwd] where to run it, if not in the repository
 */

/** @returns {Promise<Toolchain>} for wasm32 with threads */
export async function browserToolchain() {
  const only = process.env.SAFEPOINT_TOOLCHAIN;
  if (only !== undefined && only !== 'rustup' && only !== 'debian') {
    throw new Problem(`SAFEPOINT_TOOLCHAIN is "${only}": set it to "rustup" or "debian", or unset it.`);
  }
  const rustup = only !== 'debian';
  const debian = only !== 'rustup';
  const found = (rustup && installedNightly()) || (debian && installedDebian());
  if (found) return found;
  if (rustup && (await installNightly())) {
    const installed = installedNightly();
    if (installed) return installed;
  }
  if (debian && canAptInstall()) {
    await aptInstall(DEBIAN_PACKAGES, 'a Rust compiler');
    const installed = installedDebian();
    if (installed) return installed;
    throw new Problem(
      'The Rust packages of this Debian are too old to build for the browser: install rustup from https://rustup.rs, then run this command again.',
    );
  }
  throw new Problem(
    findProgram('rustup')
      ? `rustup has no nightly with its sources and could not install one: run \`rustup toolchain install ${NIGHTLY} --component rust-src --target ${TARGET}\`, then this command again.`
      : 'There is no Rust compiler that can build for the browser: install rustup from https://rustup.rs, then run this command again.',
  );
}

/**
 * For this machine: rustup's stable compiler if there is one, else the browser's.
 *
 * @returns {Promise<Toolchain>} to be told the manifest's path, since it may have to run elsewhere
 */
export async function nativeToolchain() {
  const version = ask('rustc', ['--version']);
  const cargo = version && ask('cargo', ['--version']);
  const recent = version && compareVersions(versionIn(version), minimumRust()) >= 0;
  // Debian's cargo obeys the unstable section of .cargo/config.toml, rustup's stable one does not.
  if (cargo && recent && findProgram('rustup') && !version.includes('nightly')) {
    return { name: `rustc ${versionIn(version)}`, env: process.env };
  }
  return withoutConfiguration(await browserToolchain());
}

/**
 * Away from the repository cargo reads no `.cargo/config.toml`: no rebuilt standard library, which a native build
 * does not need.
 *
 * @param {Toolchain} toolchain
 * @returns {Toolchain} the same for native builds
 */
export function withoutConfiguration({ name, env }) {
  const native = { ...env };
  delete native.RUSTC_BOOTSTRAP;
  return { name, env: native, cwd: tmpdir() };
}

/** @returns {Toolchain | undefined} */
function installedNightly() {
  if (!findProgram('rustup')) return undefined;
  const chosen = process.env.RUSTUP_TOOLCHAIN;
  for (const name of [...(chosen ? [chosen] : []), NIGHTLY, 'nightly']) {
    const rustc = ask('rustup', ['which', '--toolchain', name, 'rustc']);
    if (!rustc) continue;
    const prefix = path.resolve(path.dirname(rustc), '..');
    if (!hasSources(prefix)) continue;
    const version = ask(rustc, ['--version']) ?? '';
    if (compareVersions(versionIn(version), minimumRust()) < 0) continue;
    /** @type {NodeJS.ProcessEnv} */
    const env = { ...process.env, RUSTUP_TOOLCHAIN: name };
    if (!version.includes('nightly')) env.RUSTC_BOOTSTRAP = '1';
    return { name: `rustc ${versionIn(version)} (rustup, ${name})`, env };
  }
  return undefined;
}

/** @returns {Promise<boolean>} whether rustup installed the pinned nightly */
async function installNightly() {
  if (!findProgram('rustup')) return false;
  return step(`rustup: installing ${NIGHTLY} with its sources`, async () => {
    const args = ['toolchain', 'install', NIGHTLY, '--no-self-update', '--profile', 'minimal'];
    args.push('--component', 'rust-src,rustfmt,clippy', '--target', TARGET);
    const { ok } = await run('rustup', args, { log: 'rustup', mayFail: true });
    return ok;
  });
}

/**
 * For what no stable compiler does: Miri and fuzzing.
 *
 * @param {string[]} components of rustup, installed if they are missing
 * @param {string} purpose what they are for
 * @returns {Promise<NodeJS.ProcessEnv>} in which `cargo` is the pinned nightly's
 */
export async function nightlyWith(components, purpose) {
  const install = ['toolchain', 'install', NIGHTLY, '--no-self-update', '--profile', 'minimal'];
  install.push('--component', components.join(','));
  const there = () => {
    const installed = ask('rustup', ['component', 'list', '--installed', '--toolchain', NIGHTLY]);
    return components.every((name) => installed?.split('\n').some((line) => line.startsWith(name)));
  };
  if (!findProgram('rustup')) {
    throw new Problem(
      `No compiler here can do ${purpose}: install rustup from https://rustup.rs, then run this command again.`,
    );
  }
  if (!there()) {
    await step(`rustup: installing ${NIGHTLY} with ${components.join(' and ')}`, () =>
      run('rustup', install, {
        log: 'rustup',
        advice: `without it there is no ${purpose}: run \`rustup ${install.join(' ')}\` by hand, then this command again`,
      }),
    );
  }
  return { ...process.env, RUSTUP_TOOLCHAIN: NIGHTLY };
}

/** @returns {Toolchain | undefined} */
function installedDebian() {
  const prefix = '/usr';
  const rustc = path.join(prefix, 'bin', 'rustc');
  const programs = DEBIAN_PROGRAMS.map((name) => path.join(prefix, 'bin', name));
  if (!programs.every(existsSync) || !hasSources(prefix)) return undefined;
  const version = ask(rustc, ['--version']);
  if (!version || compareVersions(versionIn(version), minimumRust()) < 0) return undefined;
  // A folder with these programs alone: /usr/bin as a whole must not come before what the user prefers.
  const bin = path.join(tools, 'debian-rust', 'bin');
  mkdirSync(bin, { recursive: true });
  for (const program of programs) {
    const link = path.join(bin, path.basename(program));
    if (!existsSync(link)) {
      rmSync(link, { force: true });
      symlinkSync(program, link);
    }
  }
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
    RUSTC_BOOTSTRAP: '1',
  };
  delete env.RUSTUP_TOOLCHAIN;
  return { name: `rustc ${versionIn(version)} (Debian)`, env };
}

/** @returns {string} of every compiler that a step may use, to tell whether one has changed */
export function compilerVersions() {
  const pinned = ask('rustup', ['which', '--toolchain', NIGHTLY, 'rustc']);
  return [ask('rustc', ['--version']), ask('/usr/bin/rustc', ['--version']), pinned].join('; ');
}

/** @param {string} prefix where a compiler is installed */
function hasSources(prefix) {
  return existsSync(path.join(prefix, 'lib', 'rustlib', 'src', 'rust', 'library', 'Cargo.lock'));
}

/** @returns {string} the oldest version that Cargo.toml allows */
function minimumRust() {
  const manifest = readFileSync(path.join(root, 'Cargo.toml'), 'utf8');
  return /^rust-version = "([\d.]+)"/m.exec(manifest)?.[1] ?? '1.90';
}

/**
 * @param {string} text e.g. `rustc 1.96.0 (...)`
 * @returns {string}
 */
export function versionIn(text) {
  return /\d+\.\d+(\.\d+)?/.exec(text)?.[0] ?? '0.0.0';
}

/**
 * @param {string} a
 * @param {string} b
 * @returns {number} negative, zero or positive, as `a` is older than, as old as or newer than `b`
 */
export function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
