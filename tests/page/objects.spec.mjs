/** The object that is watched: its fields, who holds it, on from there, and what steps change in it. */
import audit from './axe.mjs';
import {
  button,
  detail,
  expectRunning,
  expectState,
  goTo,
  pressLine,
  runIt,
  stopWorld,
  write,
} from './lab-page.mjs';
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

/** The object beside the tasks. @param {import('@playwright/test').Page} page */
const watched = (page) => page.locator('#object');

/** Watches what a local or operand of the tasks refers to. @param {import('@playwright/test').Page} page @param {RegExp} name */
async function watch(page, name) {
  const tasks = await detail(page, 'Tasks');
  await tasks.locator('#task-list').getByRole('row', { name }).getByRole('button').first().click();
  await expect(watched(page)).toBeVisible();
}

test('a reference leads to its object, and on to whom it holds and who holds it @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, PROGRAM);
  await runIt(lab);
  await goTo(lab, 'Debug');
  await stopWorld(lab, 'Debug');
  const before = await lab.evaluate(() => window.lab.workers().map(({ instructions }) => instructions));
  const tasks = await detail(lab, 'Tasks');
  const object = watched(lab);
  const title = object.getByRole('heading', { level: 3 });
  const kept = tasks.locator('#task-list').getByRole('row', { name: /^kept/ }).getByRole('button');
  await kept.focus();
  await lab.keyboard.press('Enter');
  await expect(title).toBeFocused();
  await expect(title).toHaveText(/^pair @\d+$/);
  await expect(object).toContainText('2 fields');
  await expect(object).toContainText('task 1, main, local kept');
  const first = (await title.textContent()) ?? '?';
  expect(await audit(lab)).toEqual([]);

  // The field, held by a global and by that object; from there back again both ways.
  await object.getByRole('row', { name: /^left/ }).getByRole('button').press('Enter');
  await expect(object).toContainText('global first');
  await expect(object.getByRole('navigation')).toHaveText('task 1, main, keptleft');
  await object
    .getByRole('listitem')
    .filter({ hasText: /, left/ })
    .getByRole('button')
    .press('Enter');
  await expect(title).toHaveText(first);
  await button(lab, 'Back').click();
  await expect(object).toContainText('global first');
  await object.getByRole('navigation').getByRole('button', { name: 'task 1, main, kept' }).click();
  await expect(title).toHaveText(first);
  await expect(button(lab, 'Back')).toBeDisabled();
  await object
    .getByRole('row', { name: /^right/ })
    .getByRole('button')
    .click();
  await expect(object.getByText('some text', { exact: true })).toBeVisible();

  // A large array is shown in parts.
  await watch(lab, /^many/);
  await expect(object).toContainText('Elements 0 to 99 of 250');
  await button(lab, 'Elements behind').click();
  await button(lab, 'Elements behind').click();
  await expect(object).toContainText('Elements 200 to 249 of 250');
  await expect(object.getByRole('row', { name: /^\[249\]/ })).toContainText('null');
  await expect(button(lab, 'Elements behind')).toBeDisabled();
  const from = object.getByRole('spinbutton', { name: 'from element' });
  await from.fill('123');
  await from.press('Enter');
  await expect(object).toContainText('Elements 123 to 222 of 250');
  const after = await lab.evaluate(() => window.lab.workers().map(({ instructions }) => instructions));
  expect(after).toEqual(before);

  // What a running world has is not known: what was seen last stays, and says so.
  await button(lab, 'Resume').click();
  await expectState(lab, 'Running on');
  await expect(object).toContainText(/The world runs on\. What is shown was read at pause \d+\./);
  await expect(object).toContainText('Elements 123 to 222 of 250');
  await expect(title).toHaveText(/as it was$/);
  await expect(object.locator('#object-content').getByRole('button')).toHaveCount(0);
  expect(await audit(lab)).toEqual([]);
  await stopWorld(lab, 'Debug');
  await expect(title).toHaveText(/^array of 250 @\d+$/);
  await button(lab, 'Close').click();
  await expect(object).toBeHidden();
  await expect(lab.getByRole('tab', { name: 'Tasks' })).toBeFocused();
});

/** Line 22 calls the function in which the object changes. */
const TURNS = `.shape cell count

.func turn (it)
    load it
    load it
    get cell.count
    const 1
    add
    set cell.count
    const 0
    ret

.func main
.local kept
    new cell
    store kept
    load kept
    const 0
    set cell.count
again:
    load kept
    call turn
    pop
    jmp again
`;

test('a watched object is read again after every step, and what changed is marked @deep', async ({ lab }) => {
  await expectRunning(lab);
  await goTo(lab, 'Debug');
  await write(lab, TURNS);
  await runIt(lab);
  await pressLine(lab, 22);
  await expectState(lab, 'Stopped for Debug');
  await watch(lab, /^kept/);
  const object = watched(lab);
  const count = object.getByRole('row', { name: /^count/ });
  const before = Number(await count.getByRole('cell').textContent());
  // By keys, wherever the focus is but in a text.
  await lab.keyboard.press('i');
  await expect(lab.locator('.cm-here')).toHaveText(/load it/);
  await expect(object.locator('#object-said')).toHaveText('No value shown here has changed.');
  await expect(object.getByRole('listitem').filter({ hasText: 'turn, local it' })).toContainText('new');
  await lab.keyboard.press('u');
  await expect(count.getByRole('cell')).toHaveText(`${before + 1} was ${before}`);
  await expect(object.locator('#object-said')).toHaveText('Changed: count.');
  // A step that leaves it as it is takes the mark away.
  await lab.keyboard.press('v');
  await expect(count.getByRole('cell')).toHaveText(`${before + 1}`);

  // Resume by its key: the next time round it is compared with what was seen last.
  const held = () => lab.evaluate(() => window.lab.held?.id ?? null);
  const last = Number(await held());
  await lab.keyboard.press('c');
  await expect.poll(held).toBeGreaterThan(last);
  await expectState(lab, 'Stopped for Debug');
  await expect(object.locator('#object-said')).not.toContainText('What is shown was read');
  await expect(count.getByRole('cell')).toHaveText(`${before + 1}`);
  await lab.keyboard.press('v');
  await expect(count.getByRole('cell')).toHaveText(`${before + 2} was ${before + 1}`);
});

const GROWING = `function grow(list: number[]): void {
  for (;;) list.push(7);
}

const full: number[] = [];
for (let n = 0; n < 500; n++) full.push(n);
grow(full);
`;

test('of an array that grows behind what is shown, its length is told @deep', async ({ lab }) => {
  await expectRunning(lab);
  await goTo(lab, 'Debug');
  await write(lab, GROWING);
  await pressLine(lab, 2);
  await button(lab, 'Run').click();
  await expectState(lab, 'Stopped for Debug');
  await watch(lab, /^list/);
  const said = watched(lab).locator('#object-said');
  const announced = () => lab.locator('#announcer').evaluate((live) => live.textContent);
  const heard = [];
  // One step pushes, the next one leads back to the beginning of the line: the same place is told again.
  for (const wanted of [
    /^It was 500 long and is 501 now\. /,
    /^No value/,
    /^It was 501 long and is 502 now\. /,
  ]) {
    await lab.keyboard.press('v');
    await expect(said).toHaveText(wanted);
    await expect.poll(announced).not.toBe(heard.at(-1));
    await expect.poll(announced).toContain('grow, line 2');
    heard.push(await announced());
  }
  expect(new Set(heard.map((text) => text?.trim())).size).toBe(1);
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
  await runIt(lab);
  await pressLine(lab, 5);
  await expectState(lab, 'Stopped for Debug');
  await watch(lab, /^operand 0/);
  const object = watched(lab);
  await expect(object).toContainText('task 1, main, operand 0');
  await lab.keyboard.press('i');
  await expect(object).toContainText('Nothing refers to it: the next collection frees it.');
  await button(lab, 'GC').click();
  await expect(object).toContainText('it may have been collected');
  await expect(object).toContainText('What is shown was read at pause');
  await expect(object).toContainText('Elements 0 to 99 of 250');
});
