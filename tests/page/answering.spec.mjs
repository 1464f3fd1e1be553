/**
 * With 32 workers that compute for ever the page goes on answering. How soon, beside a bare page:
 * `npm run bench -- page`.
 */
import { spinners } from './engine-programs.mjs';
import { button } from './lab-page.mjs';
import { expect, test } from './support.mjs';

const WORKERS = 32;
const PRESSES = 10;

test('the page answers while 32 workers compute @deep', async ({ lab }) => {
  await lab.evaluate(
    async ([program, workers]) => {
      await window.lab.load(program);
      await window.lab.run({ workers });
    },
    /** @type {const} */ ([spinners(WORKERS), WORKERS]),
  );
  const settings = button(lab, 'Polls and timeout');
  for (let press = 1; press <= PRESSES; press += 1) {
    await settings.click();
    await expect(settings).toHaveAttribute('aria-expanded', press % 2 === 1 ? 'true' : 'false');
  }
  const workers = await lab.evaluate(() => window.lab.workers());
  expect(workers.filter(({ instructions }) => instructions > 0)).toHaveLength(WORKERS);
});
