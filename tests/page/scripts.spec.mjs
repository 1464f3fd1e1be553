/** What the page gives to scripts: the reference, the types, the end of the lab. */
import audit from './axe.mjs';
import { button, expectRunning, expectState } from './lab-page.mjs';
import { expect, test } from './support.mjs';

test('Help opens the reference, which has every member, and the types beside it @deep', async ({
  lab,
  context,
}) => {
  await expectRunning(lab);
  await button(lab, 'Help').click();
  const opened = context.waitForEvent('page');
  await lab.getByRole('dialog').getByRole('link', { name: 'reference' }).click();
  const page = await opened;
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Reference for scripts');
  const members = await lab.evaluate(() => {
    const made = [window.lab, Object.getPrototypeOf(window.lab)].map((one) => Object.getPrototypeOf(one));
    return made.flatMap((prototype) => Object.getOwnPropertyNames(prototype));
  });
  expect(members).toContain('dispose');
  for (const name of members.filter((member) => member !== 'constructor'))
    await expect(page.locator(`[id="Lab.${name}"], [id="PageLab.${name}"]`)).toHaveCount(1);
  await page.getByRole('navigation').getByRole('link', { name: 'Phase', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Phase', exact: true })).toBeInViewport();
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme });
    expect(await audit(page), colorScheme).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide, 'nothing scrolls sideways on a phone').toBeLessThanOrEqual(390);
  const types = await page.request.get(new URL('lab.d.ts', page.url()).href);
  expect(await types.text()).toContain('export declare class Lab extends EventTarget {');
});

test('a script disposes of the lab: its workers end, what waits settles, and the page says so @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  expect(lab.workers().length).toBeGreaterThan(4);
  const settled = await lab.evaluate(async () => {
    const { lab } = window;
    await lab.load('.func main ()\n.local i\nagain:\n    jmp again\n.poll back-edges off\n');
    await lab.run({ workers: 2 });
    const asked = [lab.finished(), lab.pause('gc'), lab.hits(), lab.snapshot()];
    lab.dispose();
    lab.dispose();
    const later = [lab.run(), lab.load(''), lab.bounds()];
    const all = await Promise.allSettled([...asked, ...later]);
    return all.map((one) => (one.status === 'fulfilled' ? 'kept' : one.reason.code));
  });
  expect(settled).toEqual(['kept', ...Array(6).fill('disposed')]);
  await expect.poll(() => lab.workers().length).toBe(0);
  await expectState(lab, 'The lab was disposed of');
  await expect(button(lab, 'Run')).toBeDisabled();
  await expect(button(lab, 'End run')).toBeDisabled();
  expect(await lab.evaluate(() => window.lab.state)).toBe('disposed');
});
