/** `npm run coverage`: which lines of the crates the native tests run, all but the longest. Fails under the threshold; `-- --html` writes pages. */
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Problem, command, say, step } from './log.mjs';
import { cache, root } from './paths.mjs';
import { ask, run } from './run.mjs';
import { findProgram } from './system.mjs';
import { SHORT_TESTS } from './test-inputs.mjs';
import { browserToolchain, nativeToolchain, withoutConfiguration } from './toolchain.mjs';
import { ensureTool, withPrograms } from './wasm-tools.mjs';

/** Tests of how much shorter a stop is after a cure: of code that counts its lines that says nothing. */
const SKIPPED = ['--skip', 'famous::'];

/** Per cent of lines. */
const THRESHOLD = 85;

/**
 * @typedef {{ lines: { count: number, covered: number, percent: number } }} Summary
 * @typedef {{ data: [{ totals: Summary, files: { filename: string, summary: Summary }[] }] }} Report
 */

await command(async () => {
  const toolchain = await coveringToolchain();
  const tool = await ensureTool('cargo-llvm-cov');
  const env = withPrograms(toolchain.env, [tool]);
  const where = { env, ...(toolchain.cwd && { cwd: toolchain.cwd }) };
  const manifest = ['--manifest-path', path.join(root, 'Cargo.toml')];
  const file = path.join(cache, 'coverage.json');
  mkdirSync(cache, { recursive: true });
  const output = ['--json', '--summary-only', '--output-path', file];
  await step(`coverage: running the tests with ${toolchain.name}`, () =>
    run('cargo', ['llvm-cov', '--workspace', ...SHORT_TESTS, ...manifest, ...output, '--', ...SKIPPED], {
      ...where,
      log: 'coverage',
    }),
  );
  if (process.argv.includes('--html')) {
    const args = ['llvm-cov', 'report', ...manifest, '--html', '--output-dir', path.join(root, 'coverage')];
    await run('cargo', args, { ...where, log: 'coverage-html' });
    say('coverage: pages in coverage/html/index.html');
  }
  report(JSON.parse(readFileSync(file, 'utf8')));
});

/** @param {Report} coverage */
function report({ data: [{ totals, files }] }) {
  for (const { filename, summary } of files) {
    const { percent, covered, count } = summary.lines;
    say(
      `${percent.toFixed(1).padStart(6)} %  ${path.relative(root, filename)} (${covered} of ${count} lines)`,
    );
  }
  const { percent, covered, count } = totals.lines;
  say(`lines covered: ${percent.toFixed(2)} % (${covered} of ${count})`);
  if (percent < THRESHOLD) {
    throw new Problem(
      `Only ${percent.toFixed(2)} % of the lines are covered, ${THRESHOLD} % are wanted: test the files with the lowest figures above.`,
    );
  }
}

/** A compiler whose llvm-cov is there too: the native one, or the one that builds for the browser. */
async function coveringToolchain() {
  const native = await nativeToolchain();
  if (hasCoverageTools(native.env)) return native;
  const other = withoutConfiguration(await browserToolchain());
  if (hasCoverageTools(other.env)) return other;
  if (findProgram('rustup')) {
    await step('coverage: installing llvm-tools', () =>
      run('rustup', ['component', 'add', 'llvm-tools'], { env: native.env, log: 'rustup' }),
    );
    if (hasCoverageTools(native.env)) return native;
  }
  throw new Problem(
    'The Rust compiler has no llvm-cov beside it: run `rustup component add llvm-tools`, then this command again.',
  );
}

/** @param {NodeJS.ProcessEnv} env */
function hasCoverageTools(env) {
  const prefix = ask('rustc', ['--print', 'sysroot'], env);
  const targets = prefix && path.join(prefix, 'lib', 'rustlib');
  if (!targets || !existsSync(targets)) return false;
  return readdirSync(targets).some((name) => existsSync(path.join(targets, name, 'bin', 'llvm-cov')));
}
