/** The steps of `npm test`, cheapest first: what each checks, what it depends on, how it is run. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { chrome, firefox } from './browsers.mjs';
import { PAGE_INPUTS, buildPage } from './build-page.mjs';
import { WASM_INPUTS, buildWasm } from './build-wasm.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';
import { CARGO, nodeCounts, playwrightCounts, vitestCounts } from './test-counts.mjs';
import {
  COMPILED_INPUTS,
  COORDINATOR_INPUTS,
  LANGUAGE_INPUTS,
  MODULE_INPUTS,
  PAGE_TEST_INPUTS,
  RUST_INPUTS,
  TYPED_INPUTS,
  WEB_INPUTS,
} from './test-inputs.mjs';
import { browserToolchain, nativeToolchain } from './toolchain.mjs';
import { ensureTool, withPrograms } from './wasm-tools.mjs';

/**
 * @typedef {import('./test-counts.mjs').Counts} Counts
 *
 * @typedef {'rust' | 'chrome' | 'firefox'} Tool
 *
 * @typedef {object} Job a program to run
 * @property {string} program
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 *
 * @typedef {object} Step
 * @property {string} name what is given to `npm test -- NAME`
 * @property {string} what for people
 * @property {string[]} inputs files and folders that its outcome depends on
 * @property {Tool[]} tools programs that its outcome depends on
 * @property {(output: string) => Counts} [counts] reads its tests; without it, it counts as one check
 * @property {(output: string) => string} [failures] reads what it said of tests that failed, if not at its end
 * @property {() => Promise<Job>} prepare installs and builds what it needs
 */

/** What these programs keep between runs depends on the contents of the files alone. */
const PRETTIER_CACHE = ['--cache', '--cache-strategy=content', '--cache-location=.cache/prettier.json'];
const TSC_CACHE = ['--incremental', '--tsBuildInfoFile', '.cache/tsc.json'];

/** @type {Step[]} */
export const STEPS = [
  {
    name: 'format',
    what: 'layout of TypeScript, JavaScript, styles and documents',
    inputs: [...TYPED_INPUTS, '.github', '.prettierrc.json', '.prettierignore'],
    tools: [],
    prepare: async () => node('node_modules/prettier/bin/prettier.cjs', '--check', ...PRETTIER_CACHE, '.'),
  },
  {
    name: 'types',
    what: 'types of TypeScript and JavaScript',
    inputs: TYPED_INPUTS,
    tools: ['rust'],
    prepare: async () => {
      await buildWasm(); // the page's types come from pkg/
      return node('node_modules/typescript/bin/tsc', '-p', '.', ...TSC_CACHE);
    },
  },
  {
    name: 'lint',
    what: 'promises whose failure is lost, cases without handling, unused names',
    inputs: TYPED_INPUTS,
    tools: ['rust'],
    prepare: async () => {
      await buildWasm(); // as for types: without pkg/ its promises would be unknown
      return node('node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.');
    },
  },
  {
    name: 'modules',
    what: 'modules of the page and of the scripts, in Node.js',
    inputs: MODULE_INPUTS,
    tools: [],
    counts: vitestCounts,
    prepare: async () => ({
      ...node('node_modules/vitest/vitest.mjs', 'run'),
      env: { ...process.env, NO_COLOR: '1' },
    }),
  },
  {
    name: 'rustfmt',
    what: 'layout of the Rust sources',
    inputs: [...COMPILED_INPUTS, 'rustfmt.toml'],
    tools: ['rust'],
    prepare: () => nativeCargo('fmt', ['--all'], ['--check']),
  },
  {
    name: 'clippy',
    what: 'lints, native',
    inputs: COMPILED_INPUTS,
    tools: ['rust'],
    prepare: () => nativeCargo('clippy', ['--workspace', '--all-targets'], ['-Dwarnings']),
  },
  {
    name: 'docs',
    what: 'API documentation without warnings',
    inputs: COMPILED_INPUTS,
    tools: ['rust'],
    prepare: async () => {
      const job = await nativeCargo('doc', ['--workspace', '--no-deps', '--lib']);
      return { ...job, env: { ...job.env, RUSTDOCFLAGS: '-Dwarnings' } };
    },
  },
  {
    name: 'rust',
    what: 'Rust tests, native',
    inputs: RUST_INPUTS,
    tools: ['rust'],
    ...CARGO,
    prepare: () => nativeCargo('test', ['--workspace', '--no-fail-fast']),
  },
  {
    name: 'typescript',
    what: 'programs print here what they print in Node.js',
    inputs: [...RUST_INPUTS, ...LANGUAGE_INPUTS],
    tools: ['rust'],
    counts: nodeCounts,
    prepare: () => typescriptTests({}),
  },
  {
    name: 'loom',
    what: 'the coordinator on every interleaving of small cases',
    inputs: COORDINATOR_INPUTS,
    tools: ['rust'],
    ...CARGO,
    prepare: () => modelChecker('loom', ['lib', 'loom', 'loom_mutants']),
  },
  {
    name: 'shuttle',
    what: 'the coordinator under random schedules',
    inputs: COORDINATOR_INPUTS,
    tools: ['rust'],
    ...CARGO,
    prepare: () => modelChecker('shuttle', ['shuttle']),
  },
  {
    name: 'clippy-web',
    what: 'lints, browser build',
    inputs: COMPILED_INPUTS,
    tools: ['rust'],
    prepare: async () => ({
      ...(await browserCargo()),
      args: [
        'clippy',
        '--tests',
        '--features=measurements',
        '--target',
        'wasm32-unknown-unknown',
        '--',
        '-Dwarnings',
      ],
    }),
  },
  {
    name: 'web-chrome',
    what: 'Rust tests in Chrome',
    inputs: WEB_INPUTS,
    tools: ['rust', 'chrome'],
    ...CARGO,
    prepare: async () => wasmPack('--chrome', '--chromedriver', (await chrome()).driver),
  },
  {
    name: 'web-firefox',
    what: 'Rust tests in Firefox',
    inputs: WEB_INPUTS,
    tools: ['rust', 'firefox'],
    ...CARGO,
    prepare: async () => wasmPack('--firefox', '--geckodriver', (await firefox()).driver),
  },
  {
    name: 'build',
    what: 'what a visitor downloads, held to its budget',
    inputs: [
      ...[...PAGE_INPUTS, ...WASM_INPUTS],
      ...['build', 'build-page', 'budget'].map((name) => `scripts/${name}.mjs`),
      ...['opening', 'answering'].map((name) => `bench/results/${name}.json`),
    ],
    tools: ['rust'],
    prepare: async () => node('scripts/build.mjs'),
  },
  {
    name: 'page',
    what: 'the page in Chrome, all tests but those with the tag @deep',
    inputs: PAGE_TEST_INPUTS,
    tools: ['rust', 'chrome'],
    counts: playwrightCounts,
    prepare: () => pageTests('--grep-invert', '@deep'),
  },
  {
    name: 'page-recorded',
    what: 'every state of the page, made of recorded runs, two at a time',
    inputs: [...PAGE_TEST_INPUTS, 'playwright.recorded.config.js'],
    tools: ['chrome'],
    counts: playwrightCounts,
    prepare: () => pageTests('--config=playwright.recorded.config.js'),
  },
  {
    name: 'page-firefox',
    what: 'the page in Firefox',
    inputs: [...PAGE_TEST_INPUTS, 'tests/page-firefox'],
    tools: ['rust', 'firefox'],
    counts: nodeCounts,
    prepare: () => firefoxTests('.test.mjs'),
  },
];

/**
 * @param {...string} args
 * @returns {Job}
 */
function node(...args) {
  return { program: process.execPath, args };
}

/**
 * The page in Chromium, built first.
 *
 * @param {...string} chosen what Playwright is to run of its tests
 * @returns {Promise<Job & { env: NodeJS.ProcessEnv }>}
 */
export async function pageTests(...chosen) {
  const { browser } = await chrome();
  await buildWasm();
  await buildPage();
  const job = node('node_modules/@playwright/test/cli.js', 'test', ...chosen, '--reporter=list');
  return { ...job, env: { ...process.env, CHROME: browser } };
}

/**
 * The page in Firefox, built first.
 *
 * @param {string} extension of the files that hold the tests
 * @returns {Promise<Job>}
 */
export async function firefoxTests(extension) {
  const { browser, driver } = await firefox();
  await buildWasm();
  await buildPage();
  const files = testFiles('tests/page-firefox', extension);
  const job = node('--test', '--test-concurrency=1', '--test-reporter=spec', ...files);
  return { ...job, env: { ...process.env, FIREFOX: browser, GECKODRIVER: driver } };
}

/**
 * @param {string} folder
 * @param {string} extension
 * @returns {string[]}
 */
export function testFiles(folder, extension) {
  const full = path.join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full)
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/**
 * @param {string} subcommand
 * @param {string[]} args
 * @param {string[]} [rest] what comes after `--`
 * @returns {Promise<Job>}
 */
export async function nativeCargo(subcommand, args, rest = []) {
  const { env, cwd } = await nativeToolchain();
  const manifest = ['--manifest-path', path.join(root, 'Cargo.toml')];
  const all = [subcommand, ...manifest, ...args, ...(rest.length > 0 ? ['--', ...rest] : [])];
  return { program: 'cargo', args: all, env, ...(cwd && { cwd }) };
}

/**
 * Programs here and in Node.js, at the prompt, which is built first.
 *
 * @param {NodeJS.ProcessEnv} settings
 * @returns {Promise<Job>}
 */
export async function typescriptTests(settings) {
  const build = await nativeCargo('build', ['--bin', 'safepoint-lab']);
  await run(build.program, build.args, {
    env: build.env,
    log: 'safepoint-lab',
    ...(build.cwd && { cwd: build.cwd }),
  });
  const target = build.env?.CARGO_TARGET_DIR ?? path.join(root, 'target');
  const job = node('--test', '--test-reporter=spec', ...testFiles('tests/typescript', '.test.mjs'));
  return {
    ...job,
    env: { ...process.env, SAFEPOINT_LAB: path.join(target, 'debug/safepoint-lab'), ...settings },
  };
}

/**
 * The coordinator on the atomics and threads of a model checker.
 *
 * @param {string} cfg
 * @param {string[]} tests
 * @returns {Promise<Job>}
 */
export async function modelChecker(cfg, tests) {
  const targets = tests.flatMap((name) => (name === 'lib' ? ['--lib'] : ['--test', name]));
  const job = await nativeCargo('test', [
    '-p',
    'safepoint',
    '--profile',
    'model',
    '--no-fail-fast',
    ...targets,
  ]);
  // A folder of its own: other flags would make the next plain build start anew.
  const folder = path.join(root, 'target', cfg);
  return { ...job, env: { ...job.env, RUSTFLAGS: `--cfg ${cfg}`, CARGO_TARGET_DIR: folder } };
}

async function browserCargo() {
  const { env } = await browserToolchain();
  return { program: 'cargo', env: withoutFlags(env) };
}

/**
 * @param {...string} browser the arguments that choose browser and driver
 * @returns {Promise<Job>}
 */
export async function wasmPack(...browser) {
  const program = await ensureTool('wasm-pack');
  const bindgen = await ensureTool('wasm-bindgen');
  const { env } = await browserCargo();
  // Install nothing: what it would look for is a standard library without threads.
  const args = ['test', '--mode', 'no-install', '--headless', ...browser, '--', ...browserTargets()];
  return { program, args, env: withPrograms(env, [bindgen]) };
}

/** One binary for each file of tests for the browser; the others hold nothing for it. */
function browserTargets() {
  return testFiles('tests', '.rs')
    .map((file) => path.basename(file, '.rs'))
    .filter((name) => name.startsWith('web'))
    .flatMap((name) => ['--test', name]);
}

/**
 * RUSTFLAGS would replace the flags of `.cargo/config.toml`.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
function withoutFlags(env) {
  const copy = { ...env };
  delete copy.RUSTFLAGS;
  return copy;
}

/**
 * @param {Step} step
 * @param {Job} job
 */
export function runStep(step, job) {
  const { program, args, ...where } = job;
  return run(program, args, { ...where, log: `test-${step.name}`, mayFail: true });
}
