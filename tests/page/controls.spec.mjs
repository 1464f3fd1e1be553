/** What the buttons do. */
import { statSync } from 'node:fs';
import {
  COUNTING,
  button,
  detail,
  expectRunning,
  expectState,
  openSettings,
  region,
  runIt,
  stopWorld,
  write,
} from './lab-page.mjs';
import { expect, test } from './support.mjs';

test('the page opens with an endless example running, and invites to stop it @quick', async ({ lab }) => {
  await expectRunning(lab);
  await expect(region(lab, 'Finding')).toContainText('Press GC');
  const before = await counts(lab);
  await expect
    .poll(async () => (await counts(lab)).some((n, i) => n !== before[i]), 'workers at work')
    .toBe(true);
});

for (const name of ['GC', 'Snapshot', 'Debug']) {
  test(`${name} stops the world until Resume`, async ({ lab }) => {
    await expectRunning(lab);
    await stopWorld(lab, name);
    await expectState(lab, /(\d+) of \1 arrived/);
    const held = await counts(lab);
    for (const other of ['GC', 'Snapshot', 'Debug']) await expect(button(lab, other)).toBeEnabled();
    const pause = await detail(lab, 'This pause');
    await expect(pause.getByRole('table', { name: /^Arrivals of pause 1/ })).toBeVisible();
    expect(await counts(lab)).toEqual(held);
    await button(lab, 'Resume').click();
    await expectRunning(lab);
    await expect(button(lab, 'Resume')).toBeDisabled();
    await expect
      .poll(async () => (await counts(lab)).some((n, i) => n !== held[i]), 'workers at work again')
      .toBe(true);
    expect(
      (await lab.evaluate(() => window.lab.stats()))[/** @type {'gc'} */ (name.toLowerCase())].count,
    ).toBe(1);
  });
}

test('a snapshot is saved as a file @quick', async ({ lab }) => {
  await expectRunning(lab);
  await stopWorld(lab, 'Snapshot');
  const saving = lab.waitForEvent('download');
  await button(lab, 'Save it as a file').click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(
    /^[a-z0-9-]+_pause-1_4-workers_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.snapshot$/,
  );
  const size = await lab.evaluate(() => /** @type {any} */ (window.lab.held).outcome.size);
  expect(statSync(await saved.path()).size).toBe(size);
});

test('a pause that is not kept ends by itself', async ({ lab }) => {
  await expectRunning(lab);
  await openSettings(lab);
  await lab.getByLabel('keep stopped').uncheck();
  await button(lab, 'GC').click();
  const pause = region(lab, 'This pause');
  await expect(pause.getByRole('table', { name: /^Arrivals of pause 1/ })).toBeVisible();
  await expectRunning(lab);
});

test('Debug shows tasks, frames, locals and operand stacks', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, COUNTING);
  await runIt(lab);
  await stopWorld(lab, 'Debug');
  const tasks = await detail(lab, 'Tasks');
  await expect(tasks).toContainText('Task 1');
  await expect(tasks).toContainText('count, line');
  await tasks.getByText('Task 2', { exact: true }).click();
  await expect(tasks.getByRole('table', { name: /frame 0 of task 2$/ })).toContainText('i');
  await button(lab, 'Resume').click();
  await expect(tasks).toBeHidden();
});

test('End run ends the program, Run starts it anew with as many workers as asked for @quick', async ({
  lab,
}) => {
  await expectRunning(lab);
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
  await expect(button(lab, 'GC')).toBeDisabled();
  await openSettings(lab);
  await lab.getByRole('spinbutton', { name: 'Workers', exact: true }).fill('2');
  await button(lab, 'Run').click();
  await expectState(lab, 'Running on 2 workers');
  expect(await lab.evaluate(() => window.lab.workers().length)).toBe(2);
});

test('Run while a program runs starts it anew @deep', async ({ lab }) => {
  await expectRunning(lab);
  await openSettings(lab);
  await lab.getByRole('spinbutton', { name: 'Workers', exact: true }).fill('3');
  await expect(lab.getByText('Run again to use 3 workers.')).toBeVisible();
  await button(lab, 'Run').click();
  await expectState(lab, 'Running on 3 workers');
});

test('Run lets go of a stopped world @quick', async ({ lab }) => {
  await expectRunning(lab);
  await stopWorld(lab, 'GC');
  await runIt(lab);
  await stopWorld(lab, 'GC');
});

test('automatic pauses come by themselves and end by themselves @deep', async ({ lab }) => {
  await expectRunning(lab);
  await openSettings(lab);
  const automatic = lab.getByRole('group', { name: 'Automatic pauses' });
  await automatic.getByRole('spinbutton').fill('20');
  await automatic.getByRole('switch').check();
  await expect.poll(() => lab.evaluate(() => window.lab.stats().gc.count)).toBeGreaterThan(5);
  await expectRunning(lab);
  await automatic.getByRole('switch').uncheck();
  // The settings lie above the details.
  await lab.keyboard.press('Escape');
  await expect((await detail(lab, 'Pauses')).getByRole('table')).toContainText('timer');
});

test('where the program polls can be switched, and every n-th back-edge', async ({ lab }) => {
  await expectRunning(lab);
  await openSettings(lab);
  await lab.getByLabel('calls', { exact: true }).uncheck();
  await lab.getByLabel('one back-edge in').fill('1000');
  await lab.getByLabel('one back-edge in').blur();
  await expect(lab.getByText('Run again to poll at other places.')).toBeVisible();
  await button(lab, 'Run').click();
  await expect(lab.getByText('Run again to poll at other places.')).toBeHidden();
  await stopWorld(lab, 'GC');
  await button(lab, 'Resume').click();
  await openSettings(lab);
  await lab.getByRole('button', { name: 'As the program says' }).click();
  await expect(lab.getByLabel('calls', { exact: true })).toBeChecked();
});

test('back-edges poll every n-th time, or within a time, and the field that was left last decides', async ({
  lab,
}) => {
  await expectRunning(lab);
  await openSettings(lab);
  const every = lab.getByLabel('one back-edge in');
  const within = lab.getByLabel('or again within');
  const settings = lab.locator('#settings-button');
  await every.fill('1000');
  await within.fill('5');
  await within.blur();
  await expect(settings).toContainText('polls: as few back-edges as 20\u202fµs allow');
  await expect(lab.locator('#settings-said')).toContainText('5 is too small: it is 20 now');
  await expect(every).toHaveValue('1');
  await expect(lab.locator('#policy-note')).toContainText('interpreted ones poll at every turn');
  await every.fill('50');
  await every.blur();
  await expect(settings).toContainText('polls: one back-edge in 50');
  await expect(within).toHaveValue('');
  await within.fill('100');
  await within.blur();
  await lab.getByRole('group', { name: 'Where the program polls' }).getByLabel('back-edges').uncheck();
  await expect(settings).toContainText('polls: no back-edge');
  await expect(within).toHaveValue('');
});

test('a number that cannot be becomes one that can, and that is said', async ({ lab }) => {
  await expectRunning(lab);
  await openSettings(lab);
  const every = lab.getByLabel('one back-edge in');
  const said = lab.locator('#settings-said');
  for (const [typed, taken, why] of [
    ['100000', '65535', '100000 is too large: it is 65535 now, of 1 to 65535.'],
    ['0', '1', '0 is too small: it is 1 now, of 1 to 65535.'],
    ['3', '3', ''],
    ['', '3', 'That is no number: it stays 3, of 1 to 65535.'],
  ]) {
    await every.fill(typed ?? '');
    await every.blur();
    await expect(every).toHaveValue(taken ?? '');
    await expect(said).toHaveText(why ?? '');
  }
});

test('a program that never polls is given up, named, and can be stopped', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, COUNTING);
  await openSettings(lab);
  for (const name of ['calls', 'back-edges', 'allocations', 'awaits']) {
    await lab.getByLabel(name, { exact: true }).uncheck();
  }
  await lab.getByLabel('give up and go on after').check();
  await lab.getByLabel('Milliseconds before giving up').fill('50');
  await lab.getByLabel('Milliseconds before giving up').blur();
  await runIt(lab);
  await button(lab, 'GC').click();
  await expect(lab.getByRole('alert')).toContainText('The program runs on.');
  await expect(await detail(lab, 'Log')).toContainText('worker');
  await expectRunning(lab);
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
  await openSettings(lab);
  await lab.getByRole('button', { name: 'As the program says' }).click();
  await runIt(lab);
});

test('a late worker is named in the log while the pause waits on @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, COUNTING);
  await openSettings(lab);
  await lab.getByLabel('back-edges', { exact: true }).uncheck();
  await lab.getByLabel('wait, and warn after').check();
  await runIt(lab);
  await button(lab, 'GC').click();
  await expect(await detail(lab, 'Log')).toContainText(/Pause 1 has waited for .* for worker \d/);
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
});

test('a pause that waits for ever can be taken back', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, COUNTING);
  await openSettings(lab);
  await lab.getByLabel('back-edges', { exact: true }).uncheck();
  await runIt(lab);
  await button(lab, 'GC').click();
  await expectState(lab, /Stopping for GC · \d+ of 4 arrived/);
  await button(lab, 'Take back').click();
  await expectRunning(lab);
});

test('what a script starts and stops is what the page shows', async ({ lab }) => {
  await expectRunning(lab);
  await lab.evaluate(async (source) => {
    await window.lab.load(source);
    await window.lab.run({ workers: 2 });
    await window.lab.pause('snapshot');
  }, COUNTING);
  await expectState(lab, 'Stopped for Snapshot · 2 of 2 arrived');
  await expect(lab.getByRole('textbox', { name: 'Program source' })).toContainText('.func count');
  await lab.evaluate(() => window.lab.resume());
  await expectState(lab, 'Running on 2 workers');
});

/** @param {import('@playwright/test').Page} lab @returns {Promise<number[]>} */
function counts(lab) {
  return lab.evaluate(() => window.lab.workers().map((worker) => worker.instructions));
}
