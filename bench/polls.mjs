/**
 * What polls cost in machine instructions: the interpreter beside the same interpreter built without them. Counted
 * by valgrind, so that neither other programs nor where the compiler put its code change the result.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Problem, say, step } from '../scripts/log.mjs';
import { cache, root } from '../scripts/paths.mjs';
import { run } from '../scripts/run.mjs';
import { nativeToolchain } from '../scripts/toolchain.mjs';
import { POLLED } from './programs.mjs';
import { writeReport } from './report.mjs';

const WITHOUT = 'without-polls';

export async function benchPolls() {
  const on = await build('polls', []);
  const off = await build(WITHOUT, [WITHOUT]);
  const rows = [];
  for (const { name, file } of POLLED) {
    say(`bench: polls, ${name} ...`);
    rows.push({ name, on: await instructions(on, file), off: await instructions(off, file) });
  }
  const millions = (/** @type {number} */ count) => (count / 1e6).toFixed(1);
  writeReport({
    name: 'polls',
    title: 'What polls cost',
    explanation:
      'Millions of machine instructions that the native interpreter executes for the whole program, polls at every site and not counted per site, beside the same interpreter built without polls. Each build is one choice of registers by the compiler: below zero, that choice saves more than the polls take. Differences of this size come from the compiler, and what the polls alone cost cannot be told from them. No time is given: two builds of one program differ by more than the polls take, natively and in browsers, for where the compiler put their code.',
    columns: ['workload', 'with polls', 'without', 'more'],
    cells: rows.map(({ name, on, off }) => [
      name,
      millions(on),
      millions(off),
      `${((on / off - 1) * 100).toFixed(1)} %`,
    ]),
    data: rows,
    conditions: { counter: 'valgrind --tool=callgrind', workers: 1 },
  });
}

/**
 * @param {string} name
 * @param {string[]} features
 * @returns {Promise<string>} the command line's program
 */
async function build(name, features) {
  const { env } = await nativeToolchain();
  const args = ['build', '--release', '--bin', 'safepoint-lab', `--features=${features.join(',')}`];
  return await step(`bench: compiling the native interpreter, ${name}`, async () => {
    const { output } = await run('cargo', [...args, '--message-format=json'], { env, log: 'bench-cargo' });
    const built = /"executable":"([^"]*safepoint-lab[^"]*)"/.exec(output)?.[1];
    if (!built) throw new Error('cargo named no program called safepoint-lab');
    const kept = path.join(cache, 'bench', name);
    mkdirSync(path.dirname(kept), { recursive: true });
    copyFileSync(built, kept);
    return kept;
  });
}

/**
 * @param {string} program
 * @param {string} workload
 * @returns {Promise<number>}
 */
async function instructions(program, workload) {
  const file = path.join(root, 'bench/programs', `${workload}.sasm`);
  const valgrind = ['--tool=callgrind', '--callgrind-out-file=/dev/null', program];
  const args = [...valgrind, 'run', file, '--workers', '1', '--no-explain'];
  const { output } = await run('valgrind', args, { log: 'bench-polls' });
  const count = /Collected\s*:\s*(\d+)/.exec(output)?.[1];
  if (!count) throw new Problem('valgrind counted nothing; install it, or see the log bench-polls');
  return Number(count);
}
