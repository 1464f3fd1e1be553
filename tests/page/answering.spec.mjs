/**
 * With 32 workers that compute for ever the page keeps answering within 100 ms. Where there are so few cores that
 * no page could, it answers at least half as fast as one that does nothing at all beside as many such workers.
 */
import { spinners } from './engine-programs.mjs';
import { button } from './lab-page.mjs';
import { expect, test } from './support.mjs';

const WORKERS = 32;
const PRESSES = 30;
/** Milliseconds. */
const WANTED = 100;

const BARE = `<!doctype html><title>Bare</title><button style="position:fixed;inset:0">Press</button>`;

test('the page answers while 32 workers compute', async ({ lab, address, context }) => {
  await lab.evaluate(
    async ([program, workers]) => {
      await window.lab.load(program);
      await window.lab.run({ workers });
    },
    /** @type {const} */ ([spinners(WORKERS), WORKERS]),
  );
  const settings = button(lab, 'Polls and timeout');
  const ours = await answers(lab, (await settings.boundingBox()) ?? { x: 0, y: 0 });
  await lab.evaluate(() => window.lab.stop());
  test.info().annotations.push({ type: 'milliseconds', description: ours.join(' ') });
  if (median(ours) <= WANTED) return;

  const bare = await context.newPage();
  await bare.route('**/bare', (route) => route.fulfill({ contentType: 'text/html', body: BARE }));
  await bare.goto(new URL('bare', address).href);
  await bare.evaluate((workers) => {
    const spin = URL.createObjectURL(new Blob(['for (;;);'], { type: 'text/javascript' }));
    for (let n = 0; n < workers; n += 1) new Worker(spin);
  }, WORKERS);
  const theirs = await answers(bare, { x: 100, y: 100 });
  await bare.close();
  expect(
    median(ours),
    `a bare page took ${theirs.join(' ')}, this one ${ours.join(' ')}`,
  ).toBeLessThanOrEqual(Math.max(WANTED, 2 * median(theirs)));
});

/**
 * How long a press waits until the page's own code hears of it.
 *
 * @param {import('@playwright/test').Page} page
 * @param {{ x: number, y: number }} place of a button
 * @returns {Promise<number[]>} whole milliseconds
 */
async function answers(page, { x, y }) {
  await page.evaluate(() => {
    /** @type {number[]} */
    const heard = [];
    Object.assign(window, { heard });
    const hear = (/** @type {Event} */ event) => heard.push(Math.round(performance.now() - event.timeStamp));
    addEventListener('pointerdown', hear, true);
  });
  for (let press = 1; press <= PRESSES; press += 1) {
    await page.mouse.click(x + 5, y + 5);
    await page.waitForFunction((count) => /** @type {any} */ (window).heard.length >= count, press);
    // A user sees the effect of a press before the next one.
    await page.evaluate(
      () => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))),
    );
  }
  return page.evaluate(() => /** @type {any} */ (window).heard);
}

/** @param {number[]} values */
function median(values) {
  return /** @type {number} */ ([...values].sort((a, b) => a - b)[values.length >> 1]);
}
