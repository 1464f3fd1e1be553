/** The steps of `npm run test:deep`: what takes too long for every day, three to four hours in all. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { chrome, firefox } from './browsers.mjs';
import { NIGHTLY_STEPS } from './nightly-steps.mjs';
import { say } from './log.mjs';
import { root } from './paths.mjs';
import { ask } from './run.mjs';
import { aptInstall } from './system.mjs';
import { CARGO, nodeCounts, playwrightCounts } from './test-counts.mjs';
import {
  COORDINATOR_INPUTS,
  LANGUAGE_INPUTS,
  PAGE_TEST_INPUTS,
  RUST_INPUTS,
  WEB_INPUTS,
} from './test-inputs.mjs';
import {
  firefoxTests,
  modelChecker,
  nativeCargo,
  pageTests,
  typescriptTests,
  wasmPack,
} from './test-steps.mjs';
import { browserToolchain, withoutConfiguration } from './toolchain.mjs';

/**
 * @typedef {import('./test-steps.mjs').Job} Job
 * @typedef {import('./test-steps.mjs').Step} Step
 */

/** Seconds that a storm lasts. */
const STORM = { SAFEPOINT_STORM_SECONDS: '60' };

/** Has ratios of times tested, which the machine's other work changes. */
const RATIOS_OF_TIMES = { SAFEPOINT_RATIOS_OF_TIMES: '1' };

/** Minutes that loom may take, and seconds that it may take for one of its cases. */
const LOOM_MINUTES = 60;
const LOOM_CASE_SECONDS = 600;

/** @type {Step[]} */
export const DEEP_STEPS = [
  {
    name: 'deep-typescript',
    what: 'ten thousand random programs, here and in Node.js',
    inputs: [...RUST_INPUTS, ...LANGUAGE_INPUTS],
    tools: ['rust'],
    counts: nodeCounts,
    prepare: () => typescriptTests({ PROGRAMS: '10000' }),
  },
  {
    name: 'deep-famous',
    what: 'how much shorter famous pauses are after their cures',
    inputs: RUST_INPUTS,
    tools: ['rust'],
    ...CARGO,
    prepare: async () =>
      withSettings(await nativeCargo('test', ['--test', 'lab', 'famous::']), RATIOS_OF_TIMES),
  },
  {
    name: 'deep-storm',
    what: 'a minute of storm on threads',
    inputs: COORDINATOR_INPUTS,
    tools: ['rust'],
    ...CARGO,
    prepare: async () =>
      withSettings(await nativeCargo('test', ['-p', 'safepoint', '--test', 'stress']), STORM),
  },
  {
    name: 'deep-tsan',
    what: 'a minute of storm under ThreadSanitizer',
    inputs: COORDINATOR_INPUTS,
    tools: ['rust'],
    ...CARGO,
    prepare: async () => withSettings(await threadSanitizer('stress'), STORM),
  },
  {
    name: 'deep-shuttle',
    what: 'the coordinator under many random schedules',
    inputs: COORDINATOR_INPUTS,
    tools: ['rust'],
    ...CARGO,
    prepare: async () =>
      withSettings(await modelChecker('shuttle', ['shuttle']), { SHUTTLE_STORMS: '20000' }),
  },
  {
    name: 'deep-loom',
    what: 'interleavings with three preemptions, as many as the time allows for each case',
    inputs: COORDINATOR_INPUTS,
    tools: ['rust'],
    ...CARGO,
    prepare: async () =>
      withSettings(await modelChecker('loom', ['loom']), {
        LOOM_MAX_PREEMPTIONS: '3',
        LOOM_MAX_DURATION: String(secondsForEachCase()),
      }),
  },
  {
    name: 'deep-web-chrome',
    what: 'a long storm on Web Workers in Chrome',
    inputs: WEB_INPUTS,
    tools: ['rust', 'chrome'],
    ...CARGO,
    prepare: async () =>
      withSettings(await wasmPack('--chrome', '--chromedriver', (await chrome()).driver), {
        SAFEPOINT_WEB_STORMS: '300',
      }),
  },
  {
    name: 'deep-web-firefox',
    what: 'a long storm on Web Workers in Firefox',
    inputs: WEB_INPUTS,
    tools: ['rust', 'firefox'],
    ...CARGO,
    prepare: async () =>
      withSettings(await wasmPack('--firefox', '--geckodriver', (await firefox()).driver), {
        SAFEPOINT_WEB_STORMS: '300',
      }),
  },
  {
    name: 'deep-page',
    what: 'a thousand pauses in a row in the page',
    inputs: PAGE_TEST_INPUTS,
    tools: ['rust', 'chrome'],
    counts: playwrightCounts,
    prepare: async () =>
      withSettings(await pageTests('engine.spec.mjs', '-g', 'again and again|back to back'), {
        SAFEPOINT_PAGE_PAUSES: '1000',
      }),
  },
  {
    name: 'deep-tier',
    what: 'an hour of random programs in compiled code, beside the interpreter',
    inputs: PAGE_TEST_INPUTS,
    tools: ['rust', 'chrome'],
    counts: playwrightCounts,
    prepare: async () =>
      withSettings(await pageTests('tier-storm.spec.mjs'), { SAFEPOINT_TIER_MINUTES: '60' }),
  },
  {
    name: 'deep-page-rest',
    what: 'the page in Chrome, the tests with the tag @deep',
    inputs: PAGE_TEST_INPUTS,
    tools: ['rust', 'chrome'],
    counts: playwrightCounts,
    prepare: () => pageTests('--grep', '@deep'),
  },
  {
    name: 'deep-page-firefox',
    what: 'runs that are restored, measured by turns and compared, in Firefox',
    inputs: [...PAGE_TEST_INPUTS, 'tests/page-firefox'],
    tools: ['rust', 'firefox'],
    counts: nodeCounts,
    prepare: () => firefoxTests('.deep.mjs'),
  },
  {
    name: 'deep-portable',
    what: "the coordinator's crate on other systems, on the Rust in use and the oldest that it names",
    inputs: [...COORDINATOR_INPUTS, 'scripts/portable.mjs'],
    tools: ['rust'],
    prepare: async () => ({ program: process.execPath, args: ['scripts/portable.mjs'] }),
  },
  ...NIGHTLY_STEPS,
];

/** @returns {number} so many that all cases of loom take no more than `LOOM_MINUTES` */
function secondsForEachCase() {
  const cases =
    readFileSync(path.join(root, 'crates/safepoint/tests/loom.rs'), 'utf8').match(/^ {4}[a-z_]+$/gm)
      ?.length ?? 1;
  const rounds = Math.ceil(cases / availableParallelism());
  const seconds = Math.min(LOOM_CASE_SECONDS, Math.floor((LOOM_MINUTES * 60) / rounds));
  const minutes = Math.ceil((rounds * seconds) / 60);
  say(`  ${cases} cases, ${seconds} s at most for each: up to ${minutes} minutes`);
  return seconds;
}

/**
 * @param {Job} job
 * @param {NodeJS.ProcessEnv} settings
 * @returns {Job}
 */
function withSettings(job, settings) {
  return { ...job, env: { ...(job.env ?? process.env), ...settings } };
}

/**
 * A native test with the whole standard library instrumented: without that the sanitizer cries wolf over its locks.
 *
 * @param {string} test
 * @returns {Promise<Job>}
 */
async function threadSanitizer(test) {
  const toolchain = await browserToolchain();
  const { cwd } = withoutConfiguration(toolchain);
  const flags = ['-Zsanitizer=thread'];
  if (toolchain.name.includes('Debian')) {
    // Debian's compiler carries no runtime of its own.
    await aptInstall(['clang-22', 'libclang-rt-22-dev'], 'ThreadSanitizer');
    flags.push('-Zexternal-clangrt', '-Clinker=clang-22', '-Clink-arg=-fsanitize=thread');
  }
  flags.push('-Cunsafe-allow-abi-mismatch=sanitizer');
  const host = /^host: (.+)$/m.exec(ask('rustc', ['-vV']) ?? '')?.[1] ?? 'x86_64-unknown-linux-gnu';
  const manifest = path.join(root, 'Cargo.toml');
  return {
    program: 'cargo',
    args: [
      'test',
      '--manifest-path',
      manifest,
      '-p',
      'safepoint',
      '-Zbuild-std',
      '--target',
      host,
      '--test',
      test,
    ],
    env: {
      ...toolchain.env,
      RUSTFLAGS: flags.join(' '),
      CARGO_TARGET_DIR: path.join(root, 'target', 'tsan'),
      // One report is enough to fail.
      TSAN_OPTIONS: 'halt_on_error=1',
    },
    ...(cwd && { cwd }),
  };
}
