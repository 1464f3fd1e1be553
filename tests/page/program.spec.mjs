/** The program: examples, editor, files, errors. */
import { COUNTING, button, detail, expectRunning, expectState, region, runIt, write } from './lab-page.mjs';
import { expect, test } from './support.mjs';

test('there are eight examples at least, and a chosen one runs @deep', async ({ lab }) => {
  await expectRunning(lab);
  const select = lab.getByRole('combobox', { name: 'Program', exact: true });
  const examples = await lab.evaluate(() => window.lab.examples());
  expect(examples.length).toBeGreaterThanOrEqual(8);
  expect(await select.locator('option').allTextContents()).toEqual([
    ...examples.map(({ name }) => name),
    'Famous pauses …',
  ]);
  const last = examples.filter(({ endless }) => endless).at(-1);
  await select.selectOption(last?.name ?? '');
  await expect(region(lab, 'Program')).toContainText(last?.description ?? '?');
  await expectRunning(lab);
});

test('errors show their line and column beside the editor and in it', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, '.func main ()\n    const 1\n    frobnicate\n    ret\n');
  const errors = lab.getByRole('group', { name: 'Errors' });
  await expect(errors).toContainText('Line 3, column 5');
  await expect(errors).toContainText('frobnicate');
  await expect(lab.locator('.cm-lintRange-error')).toHaveText('frobnicate');
  await expect(button(lab, 'Run')).toBeDisabled();
  await expectState(lab, 'Running on');
  const note = lab.locator('#workers-note');
  await expect(note).toContainText('The text has an error; the program goes on as it was started.');
  await expect(lab.locator('#announcer')).toHaveText('The program has 1 error.');
  await errors.getByRole('button', { name: 'Line 3, column 5' }).click();
  await lab.keyboard.press('Shift+End');
  await lab.keyboard.insertText('pop\n    const 1');
  await expect(errors).toBeHidden();
  await expect(lab.locator('#announcer')).toHaveText('The program has no errors any more.');
  await expect(note).toContainText('Run again to run the changed text.');
  await button(lab, 'Run').click();
  await expectState(lab, 'Finished with 1');
  await expect(note).not.toContainText('Run again');
});

test('a program that ends says its result and its output @quick', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, '.func main ()\n    const "hello from main"\n    print\n    const 42\n    ret\n');
  await expect(region(lab, 'Program')).toContainText('4 instructions');
  await button(lab, 'Run').click();
  await expectState(lab, 'Finished with 42');
  await expect(await detail(lab, 'Output')).toContainText('hello from main');
  await expect(button(lab, 'GC')).toBeDisabled();
});

test('a trap says its message and where it was', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, '.func main ()\n    trap "out of cheese"\n');
  await button(lab, 'Run').click();
  await expectState(lab, 'Trapped: out of cheese');
  await expect(await detail(lab, 'Log')).toContainText('main, line 2');
});

test('the bytecode shows offsets, bytes and poll sites', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, COUNTING);
  await lab.getByRole('tab', { name: 'Bytecode' }).click();
  const table = lab.getByRole('table', { name: 'Bytecode and its poll sites' });
  await expect(table).toContainText('● back-edge');
  await expect(table).toContainText('0000');
  await lab.getByRole('tab', { name: 'Source' }).click();
  await expect(lab.locator('.cm-polls .poll').first()).toBeVisible();
});

test('a file is opened as text and as a binary module', async ({ lab }) => {
  await expectRunning(lab);
  const file = lab.locator('#file');
  await file.setInputFiles({ name: 'counting.sasm', mimeType: 'text/plain', buffer: Buffer.from(COUNTING) });
  await expect(lab.getByRole('textbox', { name: 'Program source' })).toContainText('.func count');
  await expect(lab.getByRole('combobox', { name: 'Program', exact: true })).toHaveValue('-1');
  await expect.poll(() => lab.evaluate(() => window.lab.program?.listing.length)).toBeGreaterThan(5);
  const bytes = await lab.evaluate(async () => [...(await window.lab.moduleBytes())]);
  await write(lab, '.func main ()\n    const 1\n    ret\n');
  await file.setInputFiles({ name: 'counting.bin', mimeType: '', buffer: Buffer.from(bytes) });
  await expect(lab.getByRole('textbox', { name: 'Program source' })).toContainText('.func count');
  await runIt(lab);
});

test('a damaged module is refused in words, and the page goes on', async ({ lab }) => {
  await expectRunning(lab);
  const junk = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 151) % 256));
  await lab.locator('#file').setInputFiles({ name: 'junk.bin', mimeType: '', buffer: junk });
  await expect(lab.getByRole('alert')).toContainText('junk.bin is not a program.');
  await write(lab, COUNTING);
  await runIt(lab);
});

test('a file is dropped onto the page @deep', async ({ lab }) => {
  await expectRunning(lab);
  const transfer = await lab.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'dropped.sasm'));
    return data;
  }, COUNTING);
  await lab.dispatchEvent('#program', 'drop', { dataTransfer: transfer });
  await expect(lab.getByRole('textbox', { name: 'Program source' })).toContainText('.func count');
});
