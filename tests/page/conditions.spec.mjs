/** When a breakpoint stops: its condition, its hits, and traps. */
import audit from './axe.mjs';
import {
  button,
  expectRunning,
  expectState,
  pressLine,
  region,
  write,
  openSettings,
  detail,
  goTo,
} from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const COUNT = `.func count
.local i
    const 0
    store i
again:
    load i
    const 1
    add
    store i
    jmp again

.func main
    call count
    ret
`;

const TRAPS = `.func main
.local i
    const 3
    store i
again:
    const 60
    load i
    div
    pop
    load i
    const 1
    sub
    store i
    jmp again
`;

/** @param {Page} page */
const list = (page) => region(page, 'Program').getByRole('group', { name: 'Breakpoints' });
/** @param {Page} page @param {number} line */
const condition = (page, line) =>
  list(page).getByRole('textbox', { name: `Condition of the breakpoint at line ${line}` });
/** @param {Page} page @param {number} line */
const hits = (page, line) =>
  list(page).getByRole('spinbutton', { name: `First hit at which the breakpoint at line ${line} stops` });
/** @param {Page} page */
const local = (page) => page.evaluate(async () => (await window.lab.tasks())[0]?.frames[0]?.locals[0]?.value);
/** @param {Page} page */
const breakpoints = (page) =>
  page.evaluate(async () =>
    (await window.lab.breakpoints()).map(({ line, condition, hits }) => ({ line, condition, hits })),
  );

/** @param {Page} page @param {string} program */
async function load(page, program) {
  await expectRunning(page);
  await button(page, 'End run').click();
  await expectState(page, 'Not running');
  await write(page, program);
  await expect.poll(() => page.evaluate(() => window.lab.program?.source)).toBe(program);
}

test('a breakpoint stops when its condition holds, and from its hit on @deep', async ({ lab }) => {
  await load(lab, COUNT);
  await pressLine(lab, 6);
  await condition(lab, 6).fill('i >= 1000 and i % 10 == 0');
  await condition(lab, 6).press('Enter');
  await expect
    .poll(() => breakpoints(lab))
    .toEqual([{ line: 6, condition: 'i >= 1000 and i % 10 == 0', hits: 1 }]);
  await button(lab, 'Run').click();
  await expectState(lab, 'Stopped for Debug');
  expect(await local(lab)).toBe('1000');
  await expect(list(lab)).toContainText(/come to 1.001 times|come to 1001 times/);

  // In the stopped world: from now on every turn, and then only from a later one.
  await condition(lab, 6).fill('');
  await hits(lab, 6).fill('5');
  await hits(lab, 6).press('Enter');
  await expect.poll(() => breakpoints(lab)).toEqual([{ line: 6, condition: null, hits: 5 }]);
  await button(lab, 'Resume').click();
  await expectState(lab, 'Stopped for Debug');
  expect(await local(lab)).toBe('1005');
  await list(lab).getByRole('button', { name: 'Remove the breakpoint at line 6' }).click();
  await expect(lab.locator('.cm-breaks .break')).toHaveCount(0);
  await button(lab, 'Resume').click();
  await expectRunning(lab);
});

test('a wrong condition is told in words, stays as it was typed, and the breakpoint as it was @deep', async ({
  lab,
}) => {
  await load(lab, COUNT);
  await pressLine(lab, 6);
  await condition(lab, 6).fill('i > 10');
  await condition(lab, 6).press('Enter');
  await expect.poll(() => breakpoints(lab)).toEqual([{ line: 6, condition: 'i > 10', hits: 1 }]);
  await condition(lab, 6).fill('i = 20');
  await condition(lab, 6).press('Enter');
  await expect(list(lab)).toContainText('column 3');
  await expect(list(lab)).toContainText('stops as before');
  await expect(condition(lab, 6)).toHaveValue('i = 20');
  await expect(condition(lab, 6)).toHaveAttribute('aria-invalid', 'true');
  await expect(condition(lab, 6)).toHaveAccessibleDescription(/column 3/);
  expect(await breakpoints(lab)).toEqual([{ line: 6, condition: 'i > 10', hits: 1 }]);
  expect(await audit(lab)).toEqual([]);

  await condition(lab, 6).fill('i == 20');
  await condition(lab, 6).press('Enter');
  await expect.poll(() => breakpoints(lab)).toEqual([{ line: 6, condition: 'i == 20', hits: 1 }]);
  await expect(list(lab)).not.toContainText('column');
});

test('conditions stay while the text changes, also those that no longer fit @deep', async ({ lab }) => {
  await load(lab, `.global limit\n${COUNT}`);
  await pressLine(lab, 7);
  await condition(lab, 7).fill('i != limit');
  await hits(lab, 7).fill('2');
  await hits(lab, 7).press('Enter');
  await expect.poll(() => breakpoints(lab)).toEqual([{ line: 7, condition: 'i != limit', hits: 2 }]);
  await lab.getByRole('textbox', { name: 'Program source' }).focus();
  await lab.keyboard.press('Control+Home');
  await lab.keyboard.type('; a line more');
  await lab.keyboard.press('Enter');
  await expect.poll(() => breakpoints(lab)).toEqual([{ line: 8, condition: 'i != limit', hits: 2 }]);

  // Without the global the condition cannot be set; it is not lost.
  await lab.keyboard.press('Shift+End');
  await lab.keyboard.press('Delete');
  await expect(list(lab)).toContainText('no local or global is called "limit"');
  await expect(list(lab)).toContainText('stops no task');
  await expect(condition(lab, 8)).toHaveValue('i != limit');
  await expect(lab.locator('.cm-breaks .break.refused')).toHaveCount(1);
  expect(await breakpoints(lab)).toEqual([]);
  await condition(lab, 8).fill('i == 7');
  await condition(lab, 8).press('Enter');
  await expect.poll(() => breakpoints(lab)).toEqual([{ line: 8, condition: 'i == 7', hits: 2 }]);
});

test('all workers stop before a trap if that is wanted @deep', async ({ lab }) => {
  await load(lab, TRAPS);
  await goTo(lab, 'Debug');
  const before = list(lab).getByLabel('stop before a trap');
  await before.focus();
  await lab.keyboard.press('Space');
  await expect(before).toBeChecked();
  await button(lab, 'Run').click();
  await expectState(lab, 'Stopped for Debug');
  const tasks = await detail(lab, 'Tasks');
  await expect(tasks).toContainText('about to trap');
  await expect(tasks).toContainText('division by zero');
  await expect(tasks.getByRole('row', { name: 'operand 0 60' })).toBeVisible();
  await button(lab, 'Resume').click();
  await expectState(lab, 'Trapped: ');

  // Also in an engine with more workers, which is another one.
  await openSettings(lab);
  await lab.getByRole('spinbutton', { name: 'Workers' }).fill('9');
  await pressLine(lab, 6);
  await condition(lab, 6).fill('i == 2');
  await condition(lab, 6).press('Enter');
  await expect.poll(() => breakpoints(lab)).toEqual([{ line: 6, condition: 'i == 2', hits: 1 }]);
  await button(lab, 'Run').click();
  await expectState(lab, 'Stopped for Debug');
  expect(await local(lab)).toBe('2');
  await button(lab, 'Resume').click();
  await expectState(lab, 'Stopped for Debug');
  await expect(tasks).toContainText('about to trap');
});
