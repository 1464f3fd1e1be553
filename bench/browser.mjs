/** The browser that benchmarks run in, and its pages. */
import path from 'node:path';
import { chrome } from '../scripts/browsers.mjs';
import { buildPage } from '../scripts/build-page.mjs';
import { buildWasm } from '../scripts/build-wasm.mjs';
import { cache, pkg } from '../scripts/paths.mjs';
import { servePage } from '../scripts/serve.mjs';
import { serveBench } from './serve.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/**
 * @typedef {object} Bench
 * @property {(features?: string[]) => Promise<Page>} open a page with `window.bench`, over an engine with these features
 * @property {() => Promise<Page>} openProduct the product itself, as its visitors have it
 * @property {() => Promise<string>} serveProduct its address
 * @property {import('@playwright/test').Browser} browser
 * @property {Record<string, string | number>} conditions
 */

/**
 * @param {(bench: Bench) => Promise<void>} work
 */
export async function withBrowser(work) {
  const { chromium } = await import('@playwright/test');
  const browser = await chromium.launch({
    executablePath: (await chrome()).browser,
    args: ['--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  /** @type {(() => Promise<void>)[]} */
  const servers = [];
  /** @param {string} address @param {string} ready */
  const openAt = async (address, ready) => {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction((name) => name in window, ready);
    await page.evaluate((name) => /** @type {any} */ (window)[name].ready, ready);
    return page;
  };
  /** @type {Bench} */
  const bench = {
    browser,
    conditions: { browser: `Chromium ${browser.version()}, headless` },
    async open(features = []) {
      const into = features.length === 0 ? pkg : path.join(cache, `pkg-${features.join('-')}`);
      await buildWasm({ features, into });
      const server = await serveBench(into);
      servers.push(server.close);
      const page = await openAt(server.address, 'bench');
      bench.conditions.clockStepMicroseconds = await page.evaluate(
        () => /** @type {any} */ (window).bench.clockStep,
      );
      return page;
    },
    async serveProduct() {
      await buildWasm();
      await buildPage();
      const server = await servePage({ port: 0 });
      servers.push(server.close);
      return server.address;
    },
    openProduct: async () => openAt(await bench.serveProduct(), 'lab'),
  };
  try {
    await work(bench);
  } finally {
    await browser.close();
    for (const close of servers) await close();
  }
}
