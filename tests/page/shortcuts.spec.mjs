/** Keys that press controls, their list, and where they do not work. */
import audit from './axe.mjs';
import { button, expectRunning, expectState, openSettings, region } from './lab-page.mjs';
import { expect, test } from './support.mjs';

test('keys stop the world and let it go @quick', async ({ lab }) => {
  await expectRunning(lab);
  for (const [key, name] of /** @type {const} */ ([
    ['g', 'GC'],
    ['s', 'Snapshot'],
    ['d', 'Debug'],
  ])) {
    await lab.keyboard.press(key);
    await expectState(lab, `Stopped for ${name}`);
    await lab.keyboard.press('c');
    await expectRunning(lab);
  }
  // What has the focus is out of sight behind the next key.
  await lab.keyboard.press('4');
  await lab.locator('#turns').focus();
  await lab.keyboard.press('5');
  await expect(lab.getByRole('heading', { name: 'Famous pauses' }).first()).toBeVisible();
  await expect(lab.locator('#job-famous')).toBeFocused();
  await lab.keyboard.press('2');
  await lab.keyboard.press('k');
  await expect(lab.getByLabel('keep stopped')).not.toBeChecked();
  await lab.keyboard.press('x');
  await expectState(lab, 'Not running');
  await lab.keyboard.press('r');
  await expectRunning(lab);
});

test('keys step the task that stands, whatever is beside the program', async ({ lab }) => {
  await expectRunning(lab);
  await lab.keyboard.press('d');
  await expectState(lab, 'Stopped for Debug');
  await lab.getByRole('tab', { name: 'Heap' }).click();
  const at = () =>
    lab.evaluate(async () => JSON.stringify((await window.lab.tasks()).map(({ frames }) => frames[0])));
  const before = await at();
  await lab.keyboard.press('i');
  const over = button(lab, 'Step over');
  await expect(over).toBeVisible();
  await expect(over).toHaveAttribute('aria-keyshortcuts', 'V');
  await expect(over).toHaveAttribute('title', /Key: V$/);
  await expect.poll(at).not.toBe(before);
  // What the step has led to is the news.
  await expect(lab.locator('#sentence')).toHaveText(/^Task \d+ is at /);
  // Where nothing stands still they do nothing, and lead nowhere.
  await lab.keyboard.press('c');
  await expectRunning(lab);
  await lab.getByRole('tab', { name: 'Heap' }).click();
  await lab.keyboard.press('v');
  await expect(region(lab, 'Heap')).toBeVisible();
});

test('a key that is typed is typed @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.keyboard.press('e');
  const editor = lab.getByRole('textbox', { name: 'Program source' });
  await expect(editor).toBeFocused();
  await lab.keyboard.type('; gsdx?\n');
  await expect(editor).toContainText('; gsdx?');
  await lab.getByRole('combobox', { name: 'Program', exact: true }).focus();
  await lab.keyboard.press('g');
  await openSettings(lab);
  await lab.getByRole('spinbutton', { name: 'Workers', exact: true }).focus();
  await lab.keyboard.press('g');
  await lab.keyboard.press('Control+g');
  await expect(lab.getByRole('dialog')).toBeHidden();
  expect(await lab.evaluate(() => window.lab.pauses.length)).toBe(0);
  expect(await lab.evaluate(() => window.lab.held)).toBe(null);
});

test('"?" lists every key, and every control announces its own @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.keyboard.press('?');
  const dialog = lab.getByRole('dialog', { name: 'Help' });
  await expect(dialog).toBeVisible();
  const announced = await lab
    .locator('[aria-keyshortcuts]:not(#help)')
    .evaluateAll((all) =>
      all.map((one) => one.getAttribute('aria-keyshortcuts')?.replace('Plus', '+') ?? ''),
    );
  const listed = await dialog.locator('kbd').allTextContents();
  expect(announced.length).toBeGreaterThan(15);
  for (const key of announced) expect(listed).toContain(key);
  expect(new Set(announced).size).toBe(announced.length);
  // Not behind the list.
  await lab.keyboard.press('g');
  await lab.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expectRunning(lab);
});

test('they can be switched off, for good @deep', async ({ lab }) => {
  await expectRunning(lab);
  await button(lab, 'Help').click();
  await lab.getByLabel('Shortcuts of a single key').uncheck();
  await button(lab, 'Close').click();
  await lab.keyboard.press('g');
  await lab.reload();
  await expectRunning(lab);
  await lab.keyboard.press('g');
  await expect(button(lab, 'GC')).not.toHaveAttribute('aria-keyshortcuts');
  await button(lab, 'GC').click();
  await expectState(lab, 'Stopped for GC');
  await expect(region(lab, 'This pause').getByRole('table', { name: /^Arrivals of pause 1/ })).toBeVisible();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`axe finds nothing in the dialogs, ${colorScheme} @deep`, async ({ page, address }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(address);
    await expectRunning(page);
    await button(page, 'Help').click();
    expect(await audit(page), 'shortcuts').toEqual([]);
    await button(page, 'Close').click();
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));
    });
    await button(page, 'Share').click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await audit(page), 'share').toEqual([]);
  });
}
