/**
 * `npm run record`: runs every example in Chromium and writes what happened to `www/recordings/`, where pages take
 * it from that cannot run anything. To be done again when an example or the format of the files has changed.
 * `-- NAME ...` records only the files with one of these in their name. The scenes are for the page of all states
 * (`tests/page/states`): what no example shows by itself.
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
const STATES = path.join(root, 'tests/page/states');
/** File, and the example that runs in it. */
const SCENES = /** @type {const} */ ({
  'taken-back.json': '01-busy-loops.ts',
  'timed-out.json': '01-busy-loops.ts',
  'several-a-second.json': '02-long-copy.ts',
});
/** Bytes that one may have, gzipped: a reader waits for it. */
const LARGEST = 30_000;

await command(async () => {
  const wanted = process.argv.slice(2);
  const files = readdirSync(EXAMPLES)
    .filter((file) => /\.sasm$|(?<!\.d)\.ts$/.test(file))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort();
  const scenes = Object.entries(SCENES).filter(
    ([file]) => wanted.length === 0 || wanted.some((part) => file.includes(part)),
  );
  if (files.length + scenes.length === 0)
    throw new Problem(`No example has ${wanted.join(' or ')} in its name.`);
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
      const name = file.replace(/\.(?:sasm|ts)$/, '.json');
      if (recorded.pauses.length === 0) throw new Problem(`${name} has no pause: record it again.`);
      if (size > LARGEST)
        throw new Problem(`${name} has ${size} bytes gzipped, over the ${LARGEST} it may have: record less.`);
      writeFileSync(path.join(RECORDINGS, name), `${text}\n`);
      say(
        `${name}: ${recorded.pauses.length} pauses, ${recorded.events.time.length} events, ${size} bytes gzipped`,
      );
    }
    for (const [file, program] of scenes) {
      const example = examples.parseExample(readFileSync(path.join(EXAMPLES, program), 'utf8'), program);
      const recorded = await page.evaluate(scene, { ...example, what: file.replace('.json', '') });
      writeFileSync(path.join(STATES, file), `${JSON.stringify(recorded)}\n`);
      say(`${file}: ${recorded.pauses.length} pauses, ${recorded.events.time.length} events`);
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
  const begin = lab.program?.functions.includes('main') ? 'main' : 'top level';
  if (!endless) await lab.breakpoint({ function: begin, instruction: 0 });
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

/**
 * In the page: a request that is taken back, one that times out, or many stops a second.
 *
 * @param {import('../www/run/types.ts').Example & { what: string }} example
 */
async function scene({ name, source, what }) {
  const { lab } = window;
  /** @param {number} ms */
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  /** @param {() => boolean} is of the pauses so far */
  const until = (is) =>
    new Promise((resolve) => {
      const off = lab.on('resume', () => {
        if (!is()) return;
        off();
        resolve(null);
      });
    });
  await lab.stop();
  await lab.load(source);
  // Workers that never poll are waited for in vain.
  const none = { calls: false, back_edges: false, allocations: false, awaits: false, every: 1 };
  const policy = what === 'several-a-second' ? null : none;
  await lab.run({ workers: 4, policy, deadline: what === 'timed-out' ? 200_000 : null });
  // For the lanes to show what was before.
  await wait(200);
  if (what === 'several-a-second') {
    const enough = until(() => lab.pauses.length >= 24);
    await lab.automatic({ reason: 'gc', everyMs: 100 });
    await enough;
    await lab.automatic(null);
  } else {
    const over = until(() => lab.pauses.length > 0);
    const asked = lab.pause('gc').catch(() => {});
    if (what === 'taken-back') {
      await wait(150);
      lab.cancel();
    }
    await Promise.all([asked, over]);
  }
  const { pauses } = lab;
  const recorded = lab.recordedRun({ title: name });
  await lab.stop();
  return { ...recorded, selected: pauses.at(-1)?.id ?? null };
}
