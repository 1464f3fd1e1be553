/**
 * `npm run bench`: what the lab takes in Chromium, beside others in the same browser and run. Writes JSON and
 * Markdown to `bench/results`. Reports; never fails on a time.
 *
 *   npm run bench -- interpreter     only that
 */
import { parseArgs } from 'node:util';
import { Problem, command } from '../scripts/log.mjs';
import { withBrowser } from './browser.mjs';
import { benchInterpreter } from './interpreter.mjs';
import { benchPolls } from './polls.mjs';
import { benchStops } from './stops.mjs';

/** @type {Record<string, (bench: import('./browser.mjs').Bench) => Promise<void>>} */
const BENCHMARKS = { interpreter: benchInterpreter, polls: benchPolls, stops: benchStops };

await command(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.find((name) => !(name in BENCHMARKS));
  if (unknown !== undefined) {
    throw new Problem(
      `No benchmark is called "${unknown}": there are ${Object.keys(BENCHMARKS).join(', ')}.`,
    );
  }
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (positionals.length === 0 || positionals.includes(name)) await withBrowser(run);
  }
});
