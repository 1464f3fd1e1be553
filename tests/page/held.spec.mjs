/** What is done in a world that the debugger holds: no worker runs. */
import {
  COUNTING,
  button,
  detail,
  expectRunning,
  expectState,
  pressLine,
  region,
  runIt,
  stopWorld,
  write,
} from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @param {import('@playwright/test').Page} page */
const counts = (page) => page.evaluate(() => window.lab.workers().map(({ instructions }) => instructions));

test('a collection and a snapshot in the debugger’s world let no worker run, and tell what they did @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await write(lab, COUNTING);
  await runIt(lab);
  await pressLine(lab, 6);
  await expectState(lab, 'Stopped for Debug');
  const tasks = await detail(lab, 'Tasks');
  await expect(tasks).toContainText('stopped the world at breakpoint');
  const held = await lab.evaluate(() => window.lab.held?.id);
  const before = await counts(lab);

  await button(lab, 'GC').click();
  await expect(tasks).toContainText(/a collection freed \d+ objects?, \d+ live/);
  await expect(await detail(lab, 'This pause')).toContainText(/Heap .* before, .* after/);
  await detail(lab, 'Tasks');
  await button(lab, 'Snapshot').click();
  await expect(tasks).toContainText('a snapshot of');
  const saving = lab.waitForEvent('download');
  await detail(lab, 'This pause');
  await button(lab, 'Save it as a file').click();
  await (await saving).path();
  await detail(lab, 'Tasks');
  // The tasks are still there, and one of them can go on.
  const steps = tasks.getByRole('group', { name: /^Steps of task/ }).first();
  await steps.getByRole('button', { name: 'Step over' }).click();
  await expect(tasks).toContainText('count, line 7');
  await button(lab, 'GC').click();
  await expect(tasks).toContainText('a collection freed');
  await expect(tasks).toContainText('count, line 7');

  await expectState(lab, 'Stopped for Debug');
  expect(await counts(lab)).toEqual(before);
  expect(await lab.evaluate(() => window.lab.held?.id)).toBe(held);
  const rows = (await detail(lab, 'Pauses')).getByRole('row', { name: new RegExp(`Show pause ${held} `) });
  await expect(rows).toHaveCount(1);
  await expect(await detail(lab, 'Log')).toContainText('In the stopped world: a collection freed');
});

test('a snapshot that was taken at a breakpoint goes on @deep', async ({ lab }) => {
  await expectRunning(lab);
  await stopWorld(lab, 'Debug');
  await button(lab, 'Snapshot').click();
  await expect(await detail(lab, 'This pause')).toContainText('Snapshot of');
  const bytes = await lab.evaluate(async () => [...(await window.lab.snapshotBytes())]);
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  await lab.locator('#file').setInputFiles({
    name: 'taken.snapshot',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(bytes),
  });
  await lab
    .getByRole('dialog', { name: /^Snapshot of/ })
    .getByRole('button', { name: 'Restore' })
    .click();
  await expectRunning(lab);
});

test('how long a world was held is a part of its own, and no time in which the program ran @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await stopWorld(lab, 'GC');
  // As a user who looks at it for a while.
  await lab.waitForFunction(
    (since) => performance.now() - since > 1500,
    await lab.evaluate(() => performance.now()),
  );
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  const pause = await lab.evaluate(() => window.lab.pauses.at(-1));
  const { queue, ttsp, noticing, operation, held, release, resuming, total } = pause ?? {};
  expect(held).toBeGreaterThan(1.4e6);
  const parts = [queue, ttsp, noticing, operation, held, release, resuming];
  const sum = parts.reduce((/** @type {number} */ all, part) => all + (part ?? 0), 0);
  expect(Math.abs(sum - (total ?? 0)), 'the parts add up').toBeLessThan(1);
  const timeline = region(lab, 'This pause');
  const part = (/** @type {string} */ name) =>
    timeline
      .locator('.parts > div')
      .filter({ has: lab.getByText(name, { exact: true }) })
      .locator('dd');
  await expect(part('Held')).toHaveText(/^[1-9][.\d]*\s*s$/);
  await expect(part('Operation')).not.toHaveText(/\ds$|\d\s+s$/);
  await expect(part('Resuming')).toHaveText(/µs|ms/);
});
