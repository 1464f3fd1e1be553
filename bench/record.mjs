/**
 * `npm run record`: runs every example in Chromium and writes what happened to `www/recordings/`, where pages take
 * it from that cannot run anything. To be done again when an example or the format of the files has changed.
 * `-- NAME ...` records only the files with one of these in their name.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { runnerImport } from 'vite';
import { Problem, command, say } from '../scripts/log.mjs';
import { root } from '../scripts/paths.mjs';
import { withBrowser } from './browser.mjs';

const EXAMPLES = path.join(root, 'www/examples');
const RECORDINGS = path.join(root, 'www/recordings');
/** Bytes that one may have, gzipped: a reader waits for it. */
const LARGEST = 30_000;

await command(async () => {
  const wanted = process.argv.slice(2);
  const files = readdirSync(EXAMPLES)
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort();
  if (files.length === 0) throw new Problem(`No example has ${wanted.join(' or ')} in its name.`);
  /** @type {{ module: typeof import('../www/engine/examples.ts') }} */
  const { module: examples } = await runnerImport(path.join(root, 'www/engine/examples.ts'));
  mkdirSync(RECORDINGS, { recursive: true });
  await withBrowser(async (bench) => {
    const page = await bench.openProduct();
    for (const file of files) {
      const example = examples.parseExample(readFileSync(path.join(EXAMPLES, file), 'utf8'), file);
      const recorded = await page.evaluate(record, example);
      const text = JSON.stringify(recorded);
      const size = gzipSync(text).length;
      const name = file.replace('.sasm', '.json');
      if (recorded.pauses.length === 0) throw new Problem(`${name} has no pause: record it again.`);
      if (size > LARGEST)
        throw new Problem(`${name} has ${size} bytes gzipped, over the ${LARGEST} it may have: record less.`);
      writeFileSync(path.join(RECORDINGS, name), `${text}\n`);
      say(
        `${name}: ${recorded.pauses.length} pauses, ${recorded.events.time.length} events, ${size} bytes gzipped`,
      );
    }
  });
});

/**
 * In the page: a second or two of a run with some pauses, to begin with the one that waited longest for a worker.
 *
 * @param {import('../www/run/types.ts').Example} example
 */
async function record({ name, source, endless }) {
  const { lab } = window;
  /** @param {number} ms */
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await lab.stop();
  await lab.load(source);
  // A short program is over before a pause can stop it: it waits for us at its beginning, in the middle of what
  // it does most, and where it traps.
  const lock = lab.program?.listing.find(({ text }) => text === 'lock');
  if (!endless) await lab.breakpoint({ function: 'main', instruction: 0 });
  if (!endless && lock) await lab.breakpoint({ function: lock.function, instruction: lock.index, hits: 40 });
  await lab.breakOnTrap(true);
  await lab.run({ workers: 4 });
  const begun = performance.now();
  const isOver = () =>
    !['running', 'stopping', 'stopped'].includes(lab.state) ||
    lab.pauses.length >= 40 ||
    lab.recordedRun().events.time.length > 4000 ||
    performance.now() - begun > 2500;
  for (let n = 0; n < 9 && !isOver(); n += 1) {
    if (endless) await wait(120);
    else if (n > 4) await wait(8);
    if (lab.held) await lab.resume();
    else if (!isOver())
      // It may end before it is stopped.
      await lab
        .cycle(/** @type {const} */ (['gc', 'debug', 'gc', 'snapshot'])[n % 4] ?? 'gc')
        .catch(() => {});
  }
  while (!endless && !isOver()) {
    await wait(20);
    if (lab.held) await lab.resume();
  }
  await wait(endless ? 60 : 0);
  await lab.hits();
  const recorded = lab.recordedRun({ title: name });
  await lab.stop();
  await lab.breakOnTrap(false);
  const waited = (/** @type {import('../www/run/types.ts').Pause} */ { stragglers }) =>
    stragglers[0]?.waited ?? 0;
  const [latest] = lab.pauses.sort((a, b) => waited(b) - waited(a));
  return { ...recorded, selected: latest?.id ?? null };
}
