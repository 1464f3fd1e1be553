/**
 * `npm run bench`: what the lab takes in Chromium and natively, beside others in the same run. Writes JSON and
 * Markdown to `bench/results`. Reports; never fails on a time.
 *
 *   npm run bench -- interpreter     only that
 */
import { parseArgs } from 'node:util';
import { Problem, command } from '../scripts/log.mjs';
import { withBrowser } from './browser.mjs';
import { benchCompiling } from './compiling.mjs';
import { benchCoordinator } from './coordinator.mjs';
import { benchInterpreter } from './interpreter.mjs';
import { benchLayouts } from './layouts.mjs';
import { benchNative } from './native.mjs';
import { benchPage } from './page.mjs';
import { benchPolls } from './polls.mjs';
import { benchStops } from './stops.mjs';

/** @type {Record<string, () => Promise<void>>} */
const BENCHMARKS = {
  compiling: () => withBrowser(benchCompiling),
  coordinator: () => withBrowser(benchCoordinator),
  interpreter: () => withBrowser(benchInterpreter),
  layouts: () => withBrowser(benchLayouts),
  page: () => withBrowser(benchPage),
  polls: benchPolls,
  stops: () => withBrowser(benchStops),
  native: benchNative,
};

await command(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.find((name) => !(name in BENCHMARKS));
  if (unknown !== undefined) {
    throw new Problem(
      `No benchmark is called "${unknown}": there are ${Object.keys(BENCHMARKS).join(', ')}.`,
    );
  }
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (positionals.length === 0 || positionals.includes(name)) await run();
  }
});
