/**
 * `npm run bench`: the interpreter in Chromium beside Lua 5.4 compiled to wasm, in the same page and run.
 * Writes `bench/results/interpreter.json` and `.md`. Reports; never fails on a time.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { buildWasm } from '../scripts/build-wasm.mjs';
import { command, say } from '../scripts/log.mjs';
import { root } from '../scripts/paths.mjs';
import { figures, pairedRatio, range } from './figures.mjs';
import { WORKLOADS } from './programs.mjs';
import { serveBench } from './serve.mjs';

const RESULTS = path.join(root, 'bench/results');

await command(async () => {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '11' } } });
  await buildWasm();
  const server = await serveBench();
  const browser = await chromium.launch({
    executablePath: process.env.CHROME ?? '/usr/bin/chromium',
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
    const rows = [];
    for (const workload of WORKLOADS) {
      say(`bench: ${workload.name} ...`);
      /** @type {import('./page/bench.js').Times} */
      const times = await page.evaluate(
        ([work, rounds]) => /** @type {any} */ (window).bench.measure(work, rounds),
        /** @type {const} */ ([workload, Number(values.rounds)]),
      );
      const [ours, theirs] = times.results;
      if (ours !== theirs) throw new Error(`${workload.name}: the lab gives ${ours}, Lua ${theirs}`);
      rows.push({
        workload: workload.name,
        lab: figures(times.lab),
        lua: figures(times.lua),
        ratio: pairedRatio(times.lab, times.lua),
        rounds: { lab: times.lab, lua: times.lua },
      });
    }
    const conditions = {
      date: new Date().toISOString().slice(0, 10),
      processor: os.cpus()[0]?.model ?? 'unknown',
      cores: os.cpus().length,
      system: `${os.type()} ${os.release()}`,
      browser: `Chromium ${browser.version()}, headless`,
      clockStepMicroseconds: clockStep,
      workers: 1,
      polls: 'all on, not counted per site',
      rounds: Number(values.rounds),
    };
    write({ conditions, rows });
  } finally {
    await browser.close();
    await server.close();
  }
});

/**
 * @typedef {object} Row
 * @property {string} workload
 * @property {import('./figures.mjs').Figures} lab
 * @property {import('./figures.mjs').Figures} lua
 * @property {number} ratio
 */

/** @param {{ conditions: Record<string, string | number>, rows: Row[] }} report */
function write(report) {
  const { conditions, rows } = report;
  const table = [
    '| workload | Safepoint Lab | Lua 5.4 (wasmoon) | ratio |',
    '|---|---|---|---|',
    ...rows.map(
      ({ workload, lab, lua, ratio }) =>
        `| ${workload} | ${range(lab)} | ${range(lua)} | ${ratio.toFixed(2)} |`,
    ),
  ].join('\n');
  const facts = Object.entries(conditions).map(([name, value]) => `- ${name}: ${value}`);
  const text = [
    '# The interpreter in the browser',
    '',
    'Milliseconds, median and range; the ratio is the median of the ratios of paired rounds (below 1: the lab',
    'is faster). Written by `npm run bench`.',
    '',
    table,
    '',
    ...facts,
    '',
  ].join('\n');
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path.join(RESULTS, 'interpreter.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(path.join(RESULTS, 'interpreter.md'), text);
  say(table);
}
