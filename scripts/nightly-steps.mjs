/** The steps of the deep run that only rustup's nightly can do: Miri, and fuzzing under AddressSanitizer. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cache, root } from './paths.mjs';
import { COMPILED_INPUTS } from './test-inputs.mjs';
import { nightlyWith } from './toolchain.mjs';
import { CARGO } from './test-counts.mjs';
import { ensureTool, withPrograms } from './wasm-tools.mjs';

/**
 * @typedef {import('./test-steps.mjs').Job} Job
 * @typedef {import('./test-steps.mjs').Step} Step
 */

/** Seconds that each target is fuzzed. */
const FUZZ_SECONDS = 60;

/** What is fuzzed, by the names of `tests/fuzz_targets`. */
const FUZZ_TARGETS = [
  'text',
  'typescript',
  'module',
  'floats',
  'one_task',
  'tasks',
  'cuts',
  'snapshots',
  'conditions',
  'debugger',
];

/** What Miri executes: tests that are small enough for it, by file and the beginnings of their names. */
const MIRI_TESTS = {
  miri: ['workers_collect', 'a_snapshot_goes_on', 'a_debugger_stops', 'a_caller_that_needs', 'loops_in_one'],
  vm: ['permissions::the_world_of_another_coordinator', 'permissions::a_breakpoint_of_another_program'],
  lifecycle: ['a_requester_that_was_declared_dead', 'a_worker_declared_dead_in_a_safe_region'],
  handshake: ['wherever_a_posted_closure_panics'],
};

const FUZZ_INPUTS = [
  'Cargo.toml',
  'Cargo.lock',
  'crates',
  'src',
  'fuzz/src',
  'fuzz/fuzz_targets',
  'fuzz/Cargo.toml',
];

/** @type {Step[]} */
export const NIGHTLY_STEPS = [
  {
    name: 'deep-miri',
    what: 'undefined behaviour in small programs, as Miri sees it',
    inputs: COMPILED_INPUTS,
    tools: ['rust'],
    ...CARGO,
    prepare: miri,
  },
  ...FUZZ_TARGETS.map((target) => ({
    name: `deep-fuzz-${target.replace('_', '-')}`,
    what: `a minute of fuzzing, ${target}`,
    inputs: [...FUZZ_INPUTS, ...['fuzz_targets', 'machine', 'snapshots'].map((name) => `tests/${name}`)],
    tools: /** @type {import('./test-steps.mjs').Tool[]} */ (['rust']),
    prepare: () => fuzz(target),
  })),
];

/** @returns {Promise<Job>} */
async function miri() {
  const env = await nightlyWith(['miri', 'rust-src'], 'Miri');
  const manifest = path.join(root, 'Cargo.toml');
  const flags = ['-Zmiri-tree-borrows', '-Zmiri-num-cpus=4'];
  return {
    program: 'cargo',
    args: [
      ...['miri', 'test', '--workspace', '--no-fail-fast', '--manifest-path', manifest],
      ...Object.keys(MIRI_TESTS).flatMap((file) => ['--test', file]),
      ...['--', ...Object.values(MIRI_TESTS).flat()],
    ],
    env: { ...env, MIRIFLAGS: flags.join(' '), CARGO_TARGET_DIR: path.join(root, 'target', 'miri') },
    cwd: elsewhere(),
  };
}

/**
 * @param {string} target
 * @returns {Promise<Job>}
 */
async function fuzz(target) {
  const cargoFuzz = await ensureTool('cargo-fuzz');
  const env = await nightlyWith(['rust-src'], 'fuzzing');
  // What is found new is kept here; the corpus in the repository is only read.
  const found = path.join(cache, 'fuzz', target);
  mkdirSync(found, { recursive: true });
  const folder = path.join(root, 'fuzz');
  const limits = [`-max_total_time=${FUZZ_SECONDS}`, '-timeout=60', '-rss_limit_mb=4096', '-max_len=4096'];
  const corpora = [found, path.join(folder, 'corpus', target)];
  return {
    program: 'cargo',
    args: ['fuzz', 'run', '--fuzz-dir', folder, target, ...corpora, '--', ...limits, '-print_final_stats=1'],
    env: withPrograms(env, [cargoFuzz]),
    cwd: elsewhere(),
  };
}

/**
 * Away from the repository cargo reads no `.cargo/config.toml`; cargo-fuzz wants to stand in some crate.
 *
 * @returns {string} a folder with a crate that holds nothing
 */
export function elsewhere() {
  const folder = path.join(tmpdir(), 'safepoint-lab-elsewhere');
  mkdirSync(path.join(folder, 'src'), { recursive: true });
  writeFileSync(path.join(folder, 'Cargo.toml'), '[package]\nname = "elsewhere"\nversion = "0.0.0"\n');
  writeFileSync(path.join(folder, 'src', 'lib.rs'), '');
  return folder;
}
