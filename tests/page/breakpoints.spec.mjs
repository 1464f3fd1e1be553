/** The debugger as its user finds it: breakpoints beside the text, steps, everybody's stacks. */
import { button, expectRunning, expectState, region, write } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** Two tasks count; line 8 is where each turn begins. */
const TURNS = `.func turn (i)
    load i
    const 1
    add
    ret

.func turns
.local i
    const 0
    store i
again:
    load i
    call turn
    store i
    jmp again

.func main
    spawn turns
    pop
    call turns
    ret
`;

test('a breakpoint is set beside the text, stops everybody, and steps go on alone', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, TURNS);
  await button(lab, 'Run').click();
  await expectRunning(lab);
  await lab.locator('.cm-lineNumbers .cm-gutterElement', { hasText: /^13$/ }).click();
  await expectState(lab, 'Stopped for Debug');
  await expect(lab.locator('.cm-breaks .break')).toHaveCount(1);
  const tasks = region(lab, 'Tasks');
  await expect(tasks).toContainText(/breakpoint/i);
  await expect(tasks).toContainText('turns, line 13');
  await expect(lab.locator('.cm-here')).toHaveText(/call turn/);
  const before = await lab.evaluate(() => window.lab.workers().map(({ instructions }) => instructions));

  const steps = tasks.getByRole('group', { name: /^Steps of task/ }).first();
  await steps.getByRole('button', { name: 'Step into' }).click();
  await expect(tasks).toContainText('turn, line 2');
  await expect(lab.locator('.cm-here')).toHaveText(/load i/);
  await steps.getByRole('button', { name: 'Step out' }).click();
  await expect(tasks).toContainText('turns, line 14');
  await steps.getByRole('button', { name: 'Step over' }).click();
  await expect(tasks).toContainText('turns, line 15');
  const after = await lab.evaluate(() => window.lab.workers().map(({ instructions }) => instructions));
  expect(after).toEqual(before);

  // Continue: the next turn comes there again; without the breakpoint nobody stops any more.
  await button(lab, 'Resume').click();
  await expectState(lab, 'Stopped for Debug');
  await lab.locator('.cm-lineNumbers .cm-gutterElement', { hasText: /^13$/ }).click();
  await expect(lab.locator('.cm-breaks .break')).toHaveCount(0);
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  await expect(lab.locator('.cm-here')).toHaveCount(0);
});

test('a breakpoint stays with its line while the text above it changes', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, TURNS);
  const editor = lab.getByRole('textbox', { name: 'Program source' });
  await lab.locator('.cm-lineNumbers .cm-gutterElement', { hasText: /^13$/ }).click();
  await expect(lab.locator('.cm-breaks .break')).toHaveCount(1);
  await editor.click();
  await lab.keyboard.press('Control+Home');
  await lab.keyboard.type('; a line more');
  await lab.keyboard.press('Enter');
  await expect
    .poll(() => lab.evaluate(async () => (await window.lab.breakpoints()).map(({ line }) => line)))
    .toEqual([14]);
});
