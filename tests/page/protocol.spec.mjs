/** Protocols that stop the world, gone through step by step in the last lesson. */
import audit from './axe.mjs';
import { expectRunning, region, goTo } from './lab-page.mjs';
import { expect, openLab, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} lab @returns {Promise<import('@playwright/test').Locator>} */
async function openStage(lab) {
  await expectRunning(lab);
  await goTo(lab, 'Learn');
  await region(lab, 'Lessons')
    .getByRole('button', { name: /^9 How the protocol can go wrong/ })
    .click();
  const stage = region(lab, 'Step by step');
  await expect(stage.getByText(/^Every order was tried: /)).toBeVisible();
  return stage;
}

/** @param {import('@playwright/test').Locator} stage @param {string} name */
async function choose(stage, name) {
  await stage.getByLabel('Protocol').selectOption(name);
  await expect(stage.getByText(/^Every order was tried: /)).toBeVisible();
}

/** Presses "Next step" until there is none; how often. @param {import('@playwright/test').Locator} stage */
async function goThere(stage) {
  const next = stage.getByRole('button', { name: 'Next step' });
  const most = 50;
  for (let pressed = 0; pressed < most; pressed += 1) {
    if (await next.isDisabled()) return pressed;
    await next.click();
  }
  throw new Error(`no end after ${most} steps`);
}

test('the barrier lets a worker work in the stopped world, step by step and back again @deep', async ({
  lab,
}) => {
  const stage = await openStage(lab);
  await expect(
    stage.getByRole('button', { name: 'Worker 0 works in the stopped world: 14 steps' }),
  ).toHaveAttribute('aria-pressed', 'true');
  expect(await goThere(stage)).toBe(14);
  const said = stage.getByText(/^Step 14 of 14: Worker 0 works on the heap\. The requester collects/);
  await expect(said).toBeVisible();
  await expect(stage.getByRole('row', { name: /^the world, as the requester sees it/ })).toContainText(
    'stopped',
  );
  await stage.getByRole('button', { name: 'Step back' }).click();
  await stage.getByRole('button', { name: 'Step back' }).click();
  await expect(stage.getByText(/^Step 12 of 14/)).toBeVisible();
  await expect(stage.getByRole('row', { name: /^the world, as the requester sees it/ })).toContainText(
    'running',
  );
  await stage.getByRole('button', { name: /^Worker 0 waits for ever/ }).click();
  await expect(stage.getByText('No thread has moved yet.')).toBeVisible();
  await goThere(stage);
  await expect(
    stage.getByText(/Worker 0 waits, and it never moves again, no matter what the others do\.$/),
  ).toBeVisible();
  await expect(stage.getByRole('button', { name: 'Step of worker 0' })).toBeDisabled();
});

test("every other protocol shows what is wrong with it, and the lab's own nothing @deep", async ({ lab }) => {
  test.slow(); // a hundred presses
  const stage = await openStage(lab);
  const names = await stage.getByLabel('Protocol').getByRole('option').allTextContents();
  expect(names.length).toBe(8);
  for (const name of names) {
    await choose(stage, name);
    const wrong = stage.getByRole('button', { name: /^(Worker \d|Requester) (works in|waits for ever)/ });
    if (name === 'As this lab does it') {
      await expect(
        stage.getByText(/No worker works in a stopped world, and no thread waits for ever\.$/),
      ).toBeVisible();
      await expect(wrong).toHaveCount(0);
      await expect(stage.getByRole('button', { name: 'Next step' })).toBeDisabled();
      continue;
    }
    await goThere(stage);
    await expect(
      stage.getByText(/ The requester collects at the same time|it never moves again/),
    ).toBeVisible();
  }
});

test('the reader chooses which thread moves, and the keyboard is enough @deep', async ({ lab }) => {
  const stage = await openStage(lab);
  await choose(stage, 'As this lab does it');
  const step = (/** @type {string} */ who) => stage.getByRole('button', { name: `Step of ${who}` });
  for (const who of ['requester', 'requester', 'requester', 'requester']) {
    await step(who).focus();
    await lab.keyboard.press('Enter');
  }
  await expect(
    stage.getByText('Step 4: Requester asks worker 1 to stop, and will wait for it.'),
  ).toBeVisible();
  // It waits for both, who have not stopped.
  await expect(step('requester')).toBeDisabled();
  await expect(step('requester')).toBeFocused();
  await lab.keyboard.press('Enter');
  await expect(stage.getByText(/^Step 4: /)).toBeVisible();
  await expect(stage.getByRole('region', { name: 'Requester' })).toContainText('waits');
  for (let n = 0; n < 4; n += 1) await step('worker 0').click();
  await expect(stage.getByText('Step 8: Worker 0 counts its arrival.')).toBeVisible();
  for (let n = 0; n < 3; n += 1) await step('worker 1').click();
  await expect(step('requester')).toBeEnabled();
  await stage.getByRole('button', { name: 'From the beginning' }).click();
  await expect(stage.getByText('No thread has moved yet.')).toBeVisible();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`axe finds nothing in it, and nothing is wider than a phone, ${colorScheme} @deep`, async ({
    page,
    address,
  }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 390, height: 844 });
    await openLab(page, address);
    const stage = await openStage(page);
    await goThere(stage);
    expect(await audit(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
}
