/** What the outcome of each step of the tests depends on, besides the programs that it runs. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { PAGE_INPUTS } from './build-page.mjs';
import { WASM_INPUTS } from './build-wasm.mjs';
import { root } from './paths.mjs';

/** Folders of `tests` that hold JavaScript. */
const SCRIPT_TESTS = ['modules', 'page', 'page-firefox', 'typescript'];

/** How steps are run: every step depends on it. */
export const RUNNER_INPUTS = [
  'scripts/run.mjs',
  'scripts/test-counts.mjs',
  'scripts/test-inputs.mjs',
  'scripts/test-steps.mjs',
  'scripts/toolchain.mjs',
  'scripts/wasm-tools.mjs',
];

const CARGO_INPUTS = ['Cargo.toml', 'Cargo.lock', '.cargo'];

/** The coordinator's crate, its tests and models among it. */
export const COORDINATOR_INPUTS = [...CARGO_INPUTS, 'crates/safepoint'];

/** Sources of the crates. */
const CRATE_INPUTS = [...CARGO_INPUTS, 'crates', 'src', 'benches'];

const RUST_TESTS = readdirSync(path.join(root, 'tests'))
  .filter((name) => !SCRIPT_TESTS.includes(name))
  .map((name) => `tests/${name}`);

/** What cargo compiles. */
export const COMPILED_INPUTS = [...CRATE_INPUTS, ...RUST_TESTS, 'docs/checks.json', 'www/lessons/files'];

/** What its tests read, too: documents that are held to the code, programs. */
export const RUST_INPUTS = [
  ...COMPILED_INPUTS,
  'docs',
  'fuzz/corpus',
  'www/examples',
  'www/lessons/programs',
  'www/famous',
];

/** Native tests that take longest: everything, at every place. */
const LONG = ['back_to_back', 'everywhere'];

/**
 * @param {string} folder
 * @returns {string[]} names of the binaries that cargo makes of its files, and of its folders with a `main.rs`
 */
function rustTests(folder) {
  return readdirSync(path.join(root, folder)).flatMap((name) => {
    if (name.endsWith('.rs')) return [path.basename(name, '.rs')];
    return existsSync(path.join(root, folder, name, 'main.rs')) ? [name] : [];
  });
}

/** Arguments of cargo for all native tests but the longest. */
export const SHORT_TESTS = [
  ...['--lib', '--bins'],
  ...['tests', 'crates/safepoint/tests']
    .flatMap((folder) => rustTests(folder))
    .filter((name) => !LONG.includes(name))
    .flatMap((name) => ['--test', name]),
];

/** Programs in TypeScript, and what they are compared with. */
export const LANGUAGE_INPUTS = [
  'bench/programs',
  'tests/typescript',
  'www/examples',
  'www/lessons/programs',
  'www/famous',
  'package-lock.json',
];

/** The tests that run on Web Workers. */
export const WEB_INPUTS = [
  ...CRATE_INPUTS,
  ...['web.rs', 'milestone', 'stage', 'truth', 'webdriver.json'].map((name) => `tests/${name}`),
];

/** All JavaScript with what its types come from. */
export const TYPED_INPUTS = [
  ...[
    'scripts',
    'www',
    'bench',
    'package-lock.json',
    'tsconfig.json',
    'eslint.config.js',
    'vite.config.js',
    'vitest.config.js',
    'playwright.config.js',
  ],
  ...SCRIPT_TESTS.map((name) => `tests/${name}`),
  ...WASM_INPUTS,
];

/** Modules of page and scripts, and the files that hold Rust and JavaScript to the same answers. */
export const MODULE_INPUTS = [
  ...[
    'scripts',
    'www',
    'package.json',
    'package-lock.json',
    'vitest.config.js',
    'tests/modules',
    'tests/page/engine-programs.mjs',
    '.github/workflows/test.yml',
  ],
  ...['tests/figures.json', 'tests/totals.json', 'tests/tasks.json', 'crates/safepoint/tests/chance.json'],
  'docs',
  'crates/safepoint/src/mutant.rs',
];

/** The page as it is served; of the documents beside it, those that its tests look at. */
export const PAGE_TEST_INPUTS = [
  ...PAGE_INPUTS.filter((input) => input !== 'docs'),
  ...['docs/checks.json', 'docs/tasks.md'],
  ...WASM_INPUTS,
  ...['playwright.config.js', 'tests/page', 'tests/modules'],
  ...['build-page', 'serve', 'browsers'].map((name) => `scripts/${name}.mjs`),
];
