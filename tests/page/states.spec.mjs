/** Every state of the page, made of recorded runs: what it says, that nothing is cut off, and axe in both themes. */
import path from 'node:path';
import { cache } from '../../scripts/paths.mjs';
import audit from './axe.mjs';
import { serveStates } from './states/build.mjs';
import { expect, test } from './support.mjs';

/** @type {Awaited<ReturnType<typeof serveStates>>} */
let states;
test.beforeAll(async () => {
  states = await serveStates();
});
test.afterAll(() => states?.close());

/** State, what stands in the line of the state, and in the headline. */
const STATES = /** @type {[string, RegExp, RegExp][]} */ ([
  ['loading', /Loading the engine/, /workers are starting/],
  ['empty', /No program yet/, /Press Run/],
  ['failed', /cannot work here/, /Without threads/],
  ['ready', /Ready to run/, /Press Run/],
  ['starting', /Starting 4 workers/, /workers are starting/],
  ['running', /Running on 4 workers/, /Nothing has stopped the world yet/],
  ['stopping-late', /Stopping for GC/, /has waited \d+\sms for 4 workers/],
  ['stopped-gc', /Stopped for GC · 4 of 4 arrived/, /The stop took .+ worker \d/],
  ['stopped-snapshot', /Stopped for Snapshot/, /took|stood still/],
  ['stopped-debug', /Stopped for Debug/, /took|stood still/],
  ['breakpoint', /Stopped for Debug .+ breakpoint/, /took|stood still|stopped/],
  ['trap', /Stopped for Debug .+ trap/, /took|stood still|trap/],
  ['taken-back', /Running on 4 workers/, /^Taken back after/],
  ['timed-out', /Running on 4 workers/, /^Given up after/],
  [
    'several-a-second',
    /Running on 4 workers/,
    /\d+ stops in the last 2\.75\s*s, of which the world stood still/,
  ],
  ['finished', /^\s*Finished\s*$/, /./],
  ['trapped', /Trapped: /, /./],
  ['recorded', /Recorded, not live/, /./],
]);

/** What shows the marks around code instead of code; a program may have marks of its own. @param {import('@playwright/test').Page} page */
const marked = (page) =>
  page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode())
      if (
        texts.currentNode.nodeValue?.includes('`') &&
        !texts.currentNode.parentElement?.closest('.cm-editor, #log, code, script')
      )
        found.push(texts.currentNode.nodeValue);
    return found;
  });

for (const [name, line, headline] of STATES)
  test(`state: ${name}`, async ({ page }) => {
    await page.goto(`${states.address}?state=${name}`);
    await expect(page.locator('html')).toHaveAttribute('data-state', name);
    await expect(page.locator('#state')).toHaveText(line);
    await expect(page.locator('#sentence')).toHaveText(headline);
    expect(await marked(page)).toEqual([]);
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme });
      await page.reload();
      await expect(page.locator('#sentence')).toHaveText(headline);
      expect(await audit(page), colorScheme).toEqual([]);
      for (const [width, height] of /** @type {const} */ ([
        [1440, 900],
        [1024, 768],
        [768, 1024],
        [390, 844],
      ])) {
        await page.setViewportSize({ width, height });
        await expect
          .poll(() => page.evaluate(() => document.documentElement.scrollWidth), `${width} pixels`)
          .toBeLessThanOrEqual(width);
        await page.screenshot({
          path: path.join(cache, 'states-seen', `${name}-${width}-${colorScheme}.png`),
        });
      }
    }
  });

test('before a run has events there is nothing to mark, and Enter says so', async ({ page }) => {
  await page.goto(`${states.address}?state=ready`);
  await page.locator('html[data-state=ready]').waitFor();
  await page.locator('#lanes').focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#announcer')).toHaveText('There is nothing to mark yet.');
  await expect(page.locator('.marked')).toBeHidden();
});
