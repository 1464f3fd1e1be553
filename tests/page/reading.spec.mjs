/** While a stop does not come, the rest of the page goes on: programs are read, and Run takes the request back. */
import { NO_POLLS, spinners } from './engine-programs.mjs';
import { button, expectRunning, expectState, openSettings, runIt, write } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('../../www/engine/lab.ts').Lab} Lab */

/** Prints and ends. */
const OTHER = `.func main ()
    const 21
    const 2
    mul
    ret
`;

/** Asks for a stop that never comes. @param {import('@playwright/test').Page} page */
async function waitInVain(page) {
  await openSettings(page);
  await page.getByLabel('back-edges', { exact: true }).uncheck();
  await runIt(page);
  await button(page, 'GC').click();
  await expectState(page, 'Stopping for GC');
}

test('Run runs what was typed while a stop does not come @deep', async ({ lab }) => {
  await expectRunning(lab);
  await waitInVain(lab);
  await write(lab, OTHER);
  await button(lab, 'Run').click();
  await expect(lab.locator('#state')).toContainText('Finished with 42', { timeout: 15_000 });
  await expect(lab.getByRole('alert')).toBeHidden();
});

test('what is typed while a stop does not come is read at once @deep', async ({ lab }) => {
  await expectRunning(lab);
  await waitInVain(lab);
  await write(lab, OTHER.replace('mul', 'mull'));
  await expect(lab.locator('#problems')).toContainText('Line 4', { timeout: 10_000 });
  await expectState(lab, 'Stopping for GC');
  const read = await lab.evaluate(async (text) => {
    const { lab: engine } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
    await engine.load(text);
    const bounds = await engine.bounds({ ...(engine.program?.policy ?? never()), calls: false });
    const bytes = await engine.moduleBytes();
    return {
      state: engine.state,
      bounds: bounds.length,
      bytes: bytes.length,
      text: await engine.disassemble(),
    };
    /** @returns {never} */
    function never() {
      throw new Error('no program');
    }
  }, OTHER);
  expect(read).toMatchObject({ state: 'running', bounds: 1 });
  expect(read.bytes).toBeGreaterThan(0);
  expect(read.text).toContain('mul');
});

test('breakpoints of what was typed meanwhile are set once the stop was taken back @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await waitInVain(lab);
  const halted = await lab.evaluate(async (text) => {
    const { lab: engine } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
    await engine.load(text);
    const breakpoint = engine.breakpoint({ line: 3 });
    const pause = new Promise((resolve) => engine.on('pause', (one) => one.halt && resolve(one)));
    await engine.run({ workers: 2 });
    await breakpoint;
    return /** @type {any} */ (await pause).halt?.line;
  }, OTHER);
  expect(halted).toBe(3);
});

test('while an engine is replaced no caller gets one that is half made @deep', async ({ lab: page }) => {
  const heard = await page.evaluate(
    async (texts) => {
      const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
      /** @type {string[]} */
      const refused = [];
      let asked = 0;
      for (const [i, text] of texts.entries()) {
        await lab.load(text);
        let over = false;
        const run = lab.run({ workers: 3 + i }).finally(() => (over = true));
        while (!over) {
          asked += 1;
          await Promise.all(
            [lab.breakpoints(), lab.breakpoint({ line: 5 }), lab.disassemble(), lab.hits(), lab.bounds()].map(
              (answer) => Promise.resolve(answer).catch((error) => refused.push(error.message)),
            ),
          );
          await lab.clearBreakpoints();
        }
        await run;
        await lab.stop();
      }
      return { refused, asked };
    },
    [spinners(1), spinners(2), spinners(3)],
  );
  expect(heard.refused).toEqual([]);
  expect(heard.asked).toBeGreaterThan(2);
});

test('a run with fewer workers leaves no others behind, nor a memory @deep', async ({ lab: page }) => {
  const names = () =>
    page
      .workers()
      .map((worker) => worker.url())
      .filter((url) => url.includes('pool.worker')).length;
  const run = (/** @type {number} */ workers) =>
    page.evaluate(
      async ([text, count]) => {
        const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
        await lab.stop();
        await lab.load(text);
        await lab.run({ workers: count });
        return lab.workers().length;
      },
      /** @type {const} */ ([spinners(1), workers]),
    );
  expect(await run(24)).toBe(24);
  await expect.poll(names).toBe(24);
  expect(await run(2)).toBe(2);
  await expect.poll(names).toBe(2);
  await page.evaluate(() => /** @type {any} */ (window).lab.stop());
  expect(await page.evaluate(() => /** @type {any} */ (window).lab.workers().length)).toBe(2);
});

test('a run without polls ends at Run @deep', async ({ lab: page }) => {
  const result = await page.evaluate(
    async ([endless, other, policy]) => {
      const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
      await lab.load(endless);
      await lab.run({ workers: 2, policy });
      const asked = lab.pause('gc').then(
        () => 'stopped',
        (error) => error.code,
      );
      await lab.load(other);
      await lab.run({ workers: 2 });
      return { asked: await asked, result: (await lab.finished()).result };
    },
    /** @type {const} */ ([spinners(2), OTHER, NO_POLLS]),
  );
  expect(['cancelled', 'stopped']).toContain(result.asked);
  expect(result.result).toBe('42');
});
