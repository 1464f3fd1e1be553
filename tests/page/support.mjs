/**
 * What every test of the page in Chromium starts from: `import { expect, test } from './support.mjs'`.
 *
 * `address` is that of a server of `dist/` with the headers (build it first: `npm run build`). `lab` is a page
 * opened there, checked to be cross-origin isolated; a test fails when its page logs an error or throws, unless
 * it has said with `allowErrors` which it expects.
 */
import { expect, test as base } from '@playwright/test';
import { servePage } from '../../scripts/serve.mjs';

export { expect };

/**
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {{ errors: string[], allowed: RegExp[] }} Complaints
 */

/** @type {WeakMap<Page, Complaints>} */
const complaintsOf = new WeakMap();

/**
 * @typedef {import('@playwright/test').PlaywrightTestArgs} TestArgs
 * @typedef {import('@playwright/test').PlaywrightTestOptions} TestOptions
 * @typedef {import('@playwright/test').PlaywrightWorkerArgs} WorkerArgs
 * @typedef {import('@playwright/test').PlaywrightWorkerOptions} WorkerOptions
 * @typedef {import('@playwright/test').Fixtures<
 *   { lab: Page }, { address: string }, TestArgs & TestOptions, WorkerArgs & WorkerOptions>} LabFixtures
 */

/** @type {LabFixtures} */
const fixtures = {
  address: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await servePage({ port: 0 });
      await use(server.address);
      await server.close();
    },
    { scope: 'worker' },
  ],
  page: async ({ page }, use, info) => {
    const complaints = watch(page);
    await use(page);
    // What the page said of it, for one that cannot be made to fail again.
    if (info.status !== info.expectedStatus) console.log(await page.innerText('body').catch(String));
    const unexpected = complaints.errors.filter((text) => !complaints.allowed.some((one) => one.test(text)));
    expect(unexpected, 'errors that the page reported').toEqual([]);
  },
  lab: async ({ page, address }, use) => {
    await openLab(page, address);
    await use(page);
  },
};

/**
 * JSDoc cannot name the type arguments of a call, so the result is named instead.
 *
 * @type {import('@playwright/test').TestType<
 *   TestArgs & TestOptions & { lab: Page }, WorkerArgs & WorkerOptions & { address: string }>}
 */
export const test = base.extend(/** @type {any} */ (fixtures));

/**
 * @param {Page} page
 * @returns {Complaints} filled as the page goes on
 */
function watch(page) {
  /** @type {Complaints} */
  const complaints = { errors: [], allowed: [] };
  complaintsOf.set(page, complaints);
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.errors.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.errors.push(String(error)));
  page.on('crash', () => complaints.errors.push('the page crashed'));
  return complaints;
}

/**
 * Says that this page will report such errors in this test, and that they are what is tested.
 *
 * @param {Page} page
 * @param {...RegExp} patterns
 */
export function allowErrors(page, ...patterns) {
  complaintsOf.get(page)?.allowed.push(...patterns);
}

/**
 * Opens the page and waits until the engine can take a program.
 *
 * @param {Page} page
 * @param {string} address
 */
export async function openLab(page, address) {
  await page.goto(address);
  expect(await page.evaluate(() => crossOriginIsolated), 'cross-origin isolation').toBe(true);
  await page.waitForFunction(() => 'lab' in window);
  await page.evaluate(() => /** @type {any} */ (window).lab.ready);
}
