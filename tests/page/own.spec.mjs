/** Programs of the user's own: a name, New and Save. */
import { readFileSync } from 'node:fs';
import { button, expectRunning, expectState, region, runIt, write } from './lab-page.mjs';
import { expect, test } from './support.mjs';

test('a new program has a name, is saved as a file of that name, and what was there before stays', async ({
  lab,
}) => {
  await expectRunning(lab);
  const name = region(lab, 'Program').getByRole('textbox', { name: 'Name of the program' });
  await expect(name).toBeHidden();
  await write(lab, '.func main\n    const 41\n    ret\n');
  await expect(name).toBeVisible();
  await name.fill('Mine');
  await name.press('Enter');
  await button(region(lab, 'Program'), 'New').click();
  await expect(name).toBeFocused();
  await lab.keyboard.type('Übung 2');
  await lab.keyboard.press('Enter');
  const programs = lab.getByRole('combobox', { name: 'Program', exact: true });
  await expect(programs.locator('option:checked')).toHaveText('Übung 2');
  const [file] = await Promise.all([
    lab.waitForEvent('download'),
    button(region(lab, 'Program'), 'Save').click(),
  ]);
  expect(file.suggestedFilename()).toBe('ubung-2.ts');
  expect(readFileSync(await file.path(), 'utf8')).toContain('function work(): void');
  await runIt(lab);
  await programs.selectOption('Mine');
  await button(lab, 'End run').click();
  await button(lab, 'Run').click();
  await expectState(lab, 'Finished with 41');
  await programs.selectOption('Übung 2');
  await expect(name).toHaveValue('Übung 2');
});

test('a program that says so waits for Run, also after a reload @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, '// name: Wait for me\n// start: wait\n\nprint(1);\nwhile (true) {}\n');
  await button(lab, 'Run').click();
  await expectRunning(lab);
  await lab.reload();
  await expect(lab.getByRole('alert')).toContainText('The program waits at its start');
  await expectState(lab, 'Ready to run');
  await button(lab, 'Run').click();
  await expectRunning(lab);
  await expect(lab.getByRole('alert')).toBeHidden();
});

test('an empty program is said to be empty @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, ' ');
  await expect(region(lab, 'Program')).toContainText('the program is empty; expected a statement');
});
