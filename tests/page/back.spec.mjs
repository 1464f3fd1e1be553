/** A browser that keeps the pages it has left and shows them again, as all do but those under a test. */
import { dist } from '../../scripts/paths.mjs';
import { button, expectRunning, expectState } from './lab-page.mjs';
import { startHost } from './static-host.mjs';
import { expect, test } from './support.mjs';

test.use({
  serviceWorkers: 'allow',
  launchOptions: async ({ launchOptions }, use) => {
    await use({ ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  },
});

/** A page that is shown again is not loaded. */
const SHOWN = /** @type {const} */ ({ waitUntil: 'commit' });

/** @type {import('./static-host.mjs').StaticHost} */
let host;
test.beforeEach(async () => {
  host = await startHost(dist, '/lab/', { '/': '<title>Notes</title><link rel="icon" href="data:,">' });
});
test.afterEach(() => host.close());

test('the page that had itself isolated is not shown again at a reload @deep', async ({ page }) => {
  await page.goto(host.address);
  await expectRunning(page);
  for (let reloads = 0; reloads < 2; reloads++) {
    await page.reload(SHOWN);
    await expectRunning(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  }
});

test('after a look at another page the world is there and goes on @deep', async ({ page }) => {
  await page.goto(host.address);
  await expectRunning(page);
  await page.evaluate(() =>
    addEventListener('pageshow', ({ persisted }) => (document.title = String(persisted))),
  );
  await page.goto(host.origin);
  await page.goBack(SHOWN);
  await expect(page).toHaveTitle('true');
  await button(page, 'GC').click();
  await expectState(page, 'Stopped for GC');
  await button(page, 'Resume').click();
  await expectRunning(page);
});
