/**
 * With 32 workers that compute for ever the page goes on answering. How soon, beside a bare page:
 * `npm run bench -- page`.
 */
import { spinners } from './engine-programs.mjs';
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
  const settings = lab.getByRole('group', { name: 'Run settings', exact: true });
  for (let press = 1; press <= PRESSES; press += 1) {
    await lab.locator('#settings-button').click();
    await expect(settings).toBeVisible({ visible: press % 2 === 1 });
  }
  const workers = await lab.evaluate(() => window.lab.workers());
  expect(workers.filter(({ instructions }) => instructions > 0)).toHaveLength(WORKERS);
});
