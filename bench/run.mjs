/**
 * `npm run bench`: what the lab takes in Chromium, beside others in the same page and run. Writes JSON and
 * Markdown to `bench/results`. Reports; never fails on a time.
 *
 *   npm run bench -- interpreter     only that
 */
import { parseArgs } from 'node:util';
import { chrome } from '../scripts/browsers.mjs';
import { buildWasm } from '../scripts/build-wasm.mjs';
import { Problem, command } from '../scripts/log.mjs';
import { benchInterpreter } from './interpreter.mjs';
import { serveBench } from './serve.mjs';
import { benchStops } from './stops.mjs';

/** @type {Record<string, (page: import('@playwright/test').Page, browser: Record<string, string | number>) => Promise<void>>} */
const BENCHMARKS = { interpreter: benchInterpreter, stops: benchStops };

await command(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.find((name) => !(name in BENCHMARKS));
  if (unknown !== undefined) {
    throw new Problem(
      `No benchmark is called "${unknown}": there are ${Object.keys(BENCHMARKS).join(', ')}.`,
    );
  }
  await buildWasm();
  const { chromium } = await import('@playwright/test');
  const server = await serveBench();
  const browser = await chromium.launch({
    executablePath: (await chrome()).browser,
    args: ['--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    await page.waitForFunction(() => 'bench' in window);
    const clockStep = await page.evaluate(async () => {
      const { bench } = /** @type {any} */ (window);
      await bench.ready;
      return bench.clockStep;
    });
    const conditions = {
      browser: `Chromium ${browser.version()}, headless`,
      clockStepMicroseconds: clockStep,
    };
    for (const [name, run] of Object.entries(BENCHMARKS)) {
      if (positionals.length === 0 || positionals.includes(name)) await run(page, conditions);
    }
  } finally {
    await browser.close();
    await server.close();
  }
});
