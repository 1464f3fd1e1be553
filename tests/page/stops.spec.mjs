/** Two stops beside each other: of kept runs, of files, and one of each. */
import { readFile } from 'node:fs/promises';
import audit from './axe.mjs';
import { button, comparing, detail, endRun, expectRunning, expectState, goTo, runIt } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const stops = (/** @type {Page} */ page) => page.getByRole('tabpanel', { name: 'Two stops' });
const lanes = (/** @type {Page} */ page) => stops(page).getByRole('img');

/** Runs the program once more, stops it and keeps it. @param {Page} page @param {string} name */
async function keep(page, name) {
  await runIt(page);
  await page.evaluate(() => window.lab.cycle('gc'));
  await button(page, 'End run').click();
  await expectState(page, 'Not running');
  await button(page, 'Keep this run').click();
  await comparing(page, 'Kept runs');
  await expect(page.getByRole('row', { name: new RegExp(`^${name}`) })).toBeVisible();
  await comparing(page, 'Two stops');
}

/** The run that is shown, as a file. @param {Page} page */
async function saved(page) {
  await goTo(page, 'Try');
  await detail(page, 'Pauses');
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Recorded run').click()]);
  await goTo(page, 'Compare');
  await comparing(page, 'Two stops');
  return readFile(await file.path());
}

/** Where the canvases of both stand. @param {Page} page */
async function places(page) {
  const [first, second] = await Promise.all([
    lanes(page).first().boundingBox(),
    lanes(page).last().boundingBox(),
  ]);
  if (!first || !second) throw new Error('no lanes');
  return { first, second };
}

test('two kept runs stand beside each other, aligned at the stop, also in the next visit @deep', async ({
  lab,
}) => {
  await endRun(lab);
  await goTo(lab, 'Compare');
  await comparing(lab, 'Two stops');
  await expect(stops(lab)).toContainText('Keep two runs once a stop is over');
  await keep(lab, 'Run A');
  await keep(lab, 'Run B');
  await expect(lanes(lab)).toHaveCount(2);
  await expect(lanes(lab).first()).toHaveAttribute(
    'aria-label',
    /^Lanes of Run A around pause \d+\. .*stood still|took/,
  );
  await expect(lanes(lab).last()).toHaveAttribute('aria-label', /^Lanes of Run B/);
  await expect(stops(lab)).toContainText(/(Both stops|The stop of Run [AB]) took .*\./);
  await expect(stops(lab)).toContainText('One time scale, aligned where each was armed');
  const wide = await places(lab);
  expect(Math.abs(wide.first.y - wide.second.y), 'beside each other').toBeLessThan(1);
  expect(wide.second.x).toBeGreaterThan(wide.first.x + wide.first.width);

  const scale = stops(lab).getByText(/One time scale/);
  const whole = await scale.textContent();
  await expect(button(lab, 'Both lanes: a longer time')).toBeDisabled();
  await button(lab, 'Both lanes: a shorter time').click();
  await expect(scale).not.toHaveText(whole ?? '');
  await button(lab, 'Both lanes: a longer time').click();
  await expect(scale).toHaveText(whole ?? '');

  await lab.setViewportSize({ width: 390, height: 844 });
  await expect
    .poll(async () => {
      const { first, second } = await places(lab);
      return second.y >= first.y + first.height && Math.abs(first.x - second.x) < 1;
    }, 'one above the other')
    .toBe(true);
  expect(await audit(lab)).toEqual([]);

  await lab.setViewportSize({ width: 1440, height: 900 });
  await lab.reload();
  await expectRunning(lab);
  await comparing(lab, 'Two stops');
  await expect(lanes(lab)).toHaveCount(2);
  await comparing(lab, 'Kept runs');
  await button(lab, 'Remove run A').click();
  await comparing(lab, 'Two stops');
  // What was run B is run A now, and stays where it is.
  await expect(lanes(lab)).toHaveCount(1);
  await expect(lanes(lab)).toHaveAttribute('aria-label', /^Lanes of Run A/);
});

test('two files, and a kept run beside a file, are compared @deep', async ({ lab }) => {
  await expectRunning(lab);
  await goTo(lab, 'Compare');
  await comparing(lab, 'Two stops');
  await lab.evaluate(async () => {
    for (let i = 0; i < 3; i += 1) await window.lab.cycle('gc');
  });
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
  const buffer = await saved(lab);
  const file = (/** @type {string} */ name) => ({ name, mimeType: 'application/json', buffer });
  const group = (/** @type {string} */ name) => lab.getByRole('group', { name, exact: true });
  const give = (/** @type {string} */ stop, /** @type {string} */ name) =>
    group(stop).locator('input[type=file]').setInputFiles(file(name));
  await give('First stop', 'before.run.json');
  await expect(lanes(lab)).toHaveCount(1);
  await give('Second stop', 'after.run.json');
  await expect(lanes(lab)).toHaveCount(2);
  await expect(lanes(lab).last()).toHaveAttribute('aria-label', /^Lanes of after\.run\.json/);
  await expect(stops(lab)).toContainText('as far as the clock tells');

  // Another pause of the same run.
  const pauses = group('Second stop').getByRole('combobox', { name: /^Pause/ });
  await expect(pauses.getByRole('option')).toHaveCount(3);
  const label = await lanes(lab).last().getAttribute('aria-label');
  await pauses.selectOption({ index: 1 });
  await expect(lanes(lab).last()).not.toHaveAttribute('aria-label', label ?? '');

  await button(lab, 'Keep this run').click();
  const runs = group('First stop').getByRole('combobox', { name: 'First run', exact: true });
  const kept = runs.getByRole('option', { name: /^Run A/ });
  await runs.selectOption((await kept.getAttribute('value')) ?? '?');
  await expect(lanes(lab).first()).toHaveAttribute('aria-label', /^Lanes of Run A/);
  await expect(lanes(lab).last()).toHaveAttribute('aria-label', /^Lanes of after/);
  expect(await audit(lab)).toEqual([]);
});

test('a file that is no recorded run is refused, and what is shown stays', async ({ lab }) => {
  await endRun(lab);
  await goTo(lab, 'Compare');
  await comparing(lab, 'Two stops');
  const input = lab.getByRole('group', { name: 'First stop' }).locator('input[type=file]');
  await input.setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
  await expect(lab.getByRole('alert')).toContainText('no recorded run');
  await expect(lanes(lab)).toHaveCount(0);
});
