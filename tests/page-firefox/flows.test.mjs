/** What users do first, in Firefox: a lesson, a step of the debugger, a stretch of the lanes. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { By, Key } from 'selenium-webdriver';
import { PATIENCE, hands } from './hands.mjs';
import { openLab, startFirefox } from './support.mjs';

/** @type {import('./support.mjs').Firefox} */
let firefox;
// Each flow begins with a first visit: the lab opens with the program of the last one.
beforeEach(async () => {
  firefox = await startFirefox();
});
afterEach(() => firefox?.close());

const { shown, says, press } = hands(() => firefox);

test(
  'Learn: the first lesson is done by the presses that its steps ask for',
  { timeout: 90_000 },
  async () => {
    await openLab(firefox);
    await says('#state', /Running on/);
    await press('#job-learn');
    await says('#lessons', /0 of 9 done/);
    await says('#state', /Running on/);
    await press('#lesson-steps button');
    await says('#state', /Stopped for GC/);
    const buttons = await firefox.driver.findElements(By.css('#lesson-steps button'));
    const names = await Promise.all(buttons.map((button) => button.getText()));
    const resume = buttons[names.indexOf('Resume')];
    assert.ok(resume, `a step that resumes: ${names.join(', ')}`);
    await resume.sendKeys(Key.ENTER);
    await says('#lessons', /1 of 9 done/);
  },
);

test('Debug: a task goes one step while the others stand still', { timeout: 90_000 }, async () => {
  await openLab(firefox);
  await says('#state', /Running on/);
  await press('#job-debug');
  await press('#look');
  await says('#state', /Stopped for Debug/);
  const counts = () =>
    firefox.driver.executeScript('return lab.workers().map((worker) => worker.instructions)');
  const announced = (await firefox.driver.findElement(By.id('announcer'))).getText();
  const before = await counts();
  await press('#steps button:nth-of-type(2)');
  const said = await announced;
  await firefox.driver.wait(
    async () => (await firefox.driver.findElement(By.id('announcer')).getText()) !== said,
    PATIENCE,
    'the step is told',
  );
  assert.deepEqual(await counts(), before);
  await press('#resume');
  await says('#state', /Running on/);
});

test('Lanes: keys mark a stretch and show it', { timeout: 90_000 }, async () => {
  await openLab(firefox);
  // The picture has the run: before, there is nothing to mark.
  await shown('#lanes[aria-label*=" 4 running"]');
  const lanes = await shown('#lanes');
  await lanes.sendKeys(Key.ENTER);
  await says('#timeline-title', /^marked: /);
  await lanes.sendKeys(Key.ENTER);
  await says('#timeline-title', / s to .* long/);
  await lanes.sendKeys(Key.ESCAPE);
  await says('#timeline-title', /^the last/);
});
