/** The jobs for those who see no colours, use no mouse, or read on paper. */
import audit from './axe.mjs';
import { button, expectRunning, expectState, goTo, region, stopWorld } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').Locator} Locator */

const JOBS = /** @type {const} */ (['Learn', 'Try', 'Debug', 'Compare', 'Famous pauses']);
/** More presses of Tab than there are places for the focus. */
const MOST = 200;

/** Tab until a control has the focus. @param {Page} page @param {Locator} control */
async function tabTo(page, control) {
  for (let i = 0; i < MOST; i += 1) {
    await page.keyboard.press('Tab');
    if (await control.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${control.toString()} is not reached by Tab`);
}

for (const colorScheme of /** @type {const} */ (['light', 'dark']))
  test(`axe finds nothing in any job, ${colorScheme}${colorScheme === 'light' ? ' @deep' : ''}`, async ({
    page,
    address,
  }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(address);
    await expectRunning(page);
    for (const job of JOBS) {
      await goTo(page, job);
      // A job's part is fetched when it is chosen.
      if (job === 'Learn') await expect(page.locator('#lesson-steps button').first()).toBeVisible();
      if (job === 'Famous pauses')
        await expect(region(page, job).getByRole('listitem').first()).toBeVisible();
      if (job === 'Compare') await expect(button(page, 'Measure by turns')).toBeEnabled();
      await expectRunning(page);
      if (job === 'Debug') await stopWorld(page, 'Debug');
      expect(await audit(page), job).toEqual([]);
      if (job === 'Debug') await button(page, 'Resume').click();
    }
  });

test('what is read first comes first: lessons, controls, finding, lanes, program, details', async ({
  lab,
}) => {
  await expectRunning(lab);
  const parts = () =>
    lab
      .locator('main :is(.lessons, .bar, .finding, .panel:not(.details), #detail-tabs)')
      .evaluateAll((all) =>
        all.filter((part) => part.checkVisibility()).map((part) => part.getAttribute('aria-label')),
      );
  const first = ['Controls', 'Finding', 'Timeline'];
  const orders = {
    Learn: ['Lessons', ...first, 'Program', 'Details'],
    Try: [...first, 'Program', 'Details'],
    Debug: [...first, 'Program', 'Details'],
    Compare: [...first, 'Compare runs'],
    'Famous pauses': ['Famous pauses', ...first, 'Program', 'Details'],
  };
  for (const job of JOBS) {
    await goTo(lab, job);
    await expect.poll(parts, job).toEqual(orders[job]);
  }
});

test('every job is done by keyboard alone @deep', async ({ lab }) => {
  await expectRunning(lab);
  await tabTo(lab, lab.getByRole('link', { name: 'Learn', exact: true }));
  await lab.keyboard.press('Enter');
  const lessons = region(lab, 'Lessons');
  await expect(lessons).toBeVisible();
  await expectRunning(lab);
  const step = lab.locator('#lesson-steps button').first();
  await expect(step).toBeEnabled();
  await tabTo(lab, step);
  await lab.keyboard.press('Enter');
  await expectState(lab, 'Stopped for GC');
  await tabTo(lab, button(lessons, 'Resume'));
  await lab.keyboard.press('Enter');
  await expect(lessons).toContainText('1 of 9 done');

  await lab.keyboard.press('2');
  await expect(lessons).toBeHidden();
  await expectRunning(lab);
  await tabTo(lab, button(lab, 'GC'));
  await lab.keyboard.press('Enter');
  await expectState(lab, 'Stopped for GC');
  const title = lab.locator('#timeline-title');
  await tabTo(lab, lab.locator('#lanes'));
  await lab.keyboard.press('Enter');
  await expect(title).toHaveText(/^marked: /);
  await lab.keyboard.press('ArrowRight');
  await lab.keyboard.press('Enter');
  await expect(title).toHaveText(/ s to .* long · /);
  await lab.keyboard.press('Escape');
  await expect(title).toHaveText(/^pause \d+, GC/);
  await lab.keyboard.press('c');
  await expectRunning(lab);

  await lab.keyboard.press('3');
  await tabTo(lab, button(lab, 'Debug'));
  await lab.keyboard.press('Enter');
  await expectState(lab, 'Stopped for Debug');
  // On the way lies the editor, which lets the focus go on.
  const over = region(lab, 'Tasks').getByRole('button', { name: 'Step over', exact: true }).first();
  await expect(over).toBeVisible();
  await tabTo(lab, over);
  const before = await lab.locator('#announcer').textContent();
  await lab.keyboard.press('Enter');
  await expect(lab.locator('#announcer')).not.toHaveText(before ?? '');
  await expect(over).toBeFocused();
  await lab.keyboard.press('c');
  await expectRunning(lab);

  await lab.keyboard.press('4');
  const compare = region(lab, 'Compare runs');
  await expect(button(lab, 'Keep this run')).toBeEnabled();
  await tabTo(lab, button(lab, 'Keep this run'));
  await lab.keyboard.press('Enter');
  await expect(compare.getByRole('row', { name: /^Run A/ })).toBeVisible();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark']))
  test(`a printed page has headline, lanes, program with its mark, table, date and machine, ${colorScheme} @deep`, async ({
    page,
    address,
  }) => {
    await page.emulateMedia({ colorScheme });
    // A sheet of A4, without its margins.
    await page.setViewportSize({ width: 718, height: 1050 });
    await page.goto(address);
    await expectRunning(page);
    await page.getByRole('combobox', { name: 'Program', exact: true }).selectOption({ label: 'A long copy' });
    await expectRunning(page);
    await stopWorld(page, 'GC');
    await page.emulateMedia({ media: 'print', colorScheme });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    for (const part of [
      '#sentence',
      '#more',
      '#lanes',
      '#legend',
      '#pane-source .cm-late',
      '#waterfall table',
    ])
      await expect(page.locator(part)).toBeVisible();
    await expect(page.locator('#printed')).toHaveText(
      /\d{4} .* · Chrome \d+ on .* · \d+ cores? · clock step/,
    );
    for (const part of ['header', '.bar', '#lessons', '#comparison', '#pane-bytecode'])
      await expect(page.locator(part)).toBeHidden();
    // Nothing is cut off, and nothing is dark.
    const cut = await page
      .locator('.cm-content, .scroll, main')
      .evaluateAll((boxes) =>
        boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).map(({ id }) => id),
      );
    expect(cut).toEqual([]);
    const ink = () => page.evaluate(() => getComputedStyle(document.body).getPropertyValue('color'));
    expect(await ink(), 'dark ink').toBe('rgb(23, 27, 34)');
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await page.emulateMedia({ media: 'screen', colorScheme });
    await expect(page.locator('html')).not.toHaveAttribute('data-theme');
  });
