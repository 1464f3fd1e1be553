/** The object behind a reference: its fields, who holds it, and on from there. */
import audit from './axe.mjs';
import { button, expectRunning, expectState, pressLine, stopWorld, write, detail } from './lab-page.mjs';
import { expect, test } from './support.mjs';

const PROGRAM = `.shape pair left right
.global first

.func main
.local kept many
    new pair
    store kept
    new pair
    gstore first
    load kept
    gload first
    set pair.left
    load kept
    const "some text"
    set pair.right
    const 250
    newarray
    store many
again:
    jmp again
`;

test('a reference leads to its object, and on to whom it holds and who holds it @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, PROGRAM);
  await button(lab, 'Run').click();
  await expectRunning(lab);
  await stopWorld(lab, 'Debug');
  const before = await lab.evaluate(() => window.lab.workers().map(({ instructions }) => instructions));
  const tasks = await detail(lab, 'Tasks');
  const dialog = lab.getByRole('dialog');
  const kept = tasks.getByRole('row', { name: /^kept/ }).getByRole('button');
  await kept.focus();
  await lab.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('heading', { name: /^pair/ })).toBeFocused();
  await expect(dialog).toContainText('2 fields');
  await expect(dialog).toContainText('task 1, main, local kept');
  const title = await dialog.getByRole('heading', { level: 2 }).textContent();
  expect(await audit(lab)).toEqual([]);

  // The field, held by a global and by that object; from there back again both ways.
  await dialog.getByRole('row', { name: /^left/ }).getByRole('button').press('Enter');
  await expect(dialog).toContainText('global first');
  await dialog.getByRole('listitem').filter({ hasText: 'left' }).getByRole('button').press('Enter');
  await expect(dialog.getByRole('heading', { level: 2 })).toHaveText(title ?? '?');
  await dialog.getByRole('button', { name: 'Back' }).click();
  await expect(dialog).toContainText('global first');
  await dialog.getByRole('button', { name: 'Back' }).click();
  await expect(dialog.getByRole('heading', { level: 2 })).toHaveText(title ?? '?');
  await expect(dialog.getByRole('button', { name: 'Back' })).toBeDisabled();
  await dialog
    .getByRole('row', { name: /^right/ })
    .getByRole('button')
    .click();
  await expect(dialog.getByText('some text', { exact: true })).toBeVisible();
  await lab.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(kept).toBeFocused();

  // A large array is shown in parts.
  await tasks.getByRole('row', { name: /^many/ }).getByRole('button').click();
  await expect(dialog).toContainText('Elements 0 to 99 of 250');
  await dialog.getByRole('button', { name: 'Elements behind' }).click();
  await dialog.getByRole('button', { name: 'Elements behind' }).click();
  await expect(dialog).toContainText('Elements 200 to 249 of 250');
  await expect(dialog.getByRole('row', { name: /^\[249\]/ })).toContainText('null');
  await expect(dialog.getByRole('button', { name: 'Elements behind' })).toBeDisabled();
  const after = await lab.evaluate(() => window.lab.workers().map(({ instructions }) => instructions));
  expect(after).toEqual(before);

  // A world that runs has nothing to look at.
  await lab.evaluate(() => window.lab.resume());
  await expect(dialog).toBeHidden();
  await expectState(lab, 'Running on');
});

/** Line 5 is where the array is on the operand stack. */
const GARBAGE = `.func main
again:
    const 250
    newarray
    pop
    jmp again
`;

test('an object that is gone is told in words @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, GARBAGE);
  await button(lab, 'Run').click();
  await expectRunning(lab);
  await pressLine(lab, 5);
  await expectState(lab, 'Stopped for Debug');
  const dialog = lab.getByRole('dialog');
  await (
    await detail(lab, 'Tasks')
  )
    .getByRole('row', { name: /^operand 0/ })
    .getByRole('button')
    .click();
  await expect(dialog).toContainText('task 1, main, operand 0');
  await lab.evaluate(async () => {
    await window.lab.step(1, 'into');
    await window.lab.collect();
  });
  await dialog.getByRole('button', { name: 'Elements behind' }).click();
  await expect(dialog).toContainText('it may have been collected');
});
