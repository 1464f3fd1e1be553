/** Snapshots as files: saved, looked at, and gone on from. */
import { readFile } from 'node:fs/promises';
import audit from './axe.mjs';
import { COUNTING, button, expectRunning, expectState, stopWorld, write, detail } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** Prints before and after a while: long enough to be stopped in on a machine that others use, too. */
const LONG = `.func main
.local i
    const "before"
    print
    const 0
    store i
again:
    load i
    const 1
    add
    store i
    load i
    const 1000000000
    lt
    jt again
    const "after"
    print
    load i
    ret
`;

test('a snapshot is saved, opened, and goes on to the same end with other workers', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, LONG);
  await button(lab, 'Run').click();
  await expect(await detail(lab, 'Output')).toContainText('before');
  await detail(lab, 'This pause');
  await stopWorld(lab, 'Snapshot');
  const saving = lab.waitForEvent('download');
  await lab.getByRole('button', { name: 'Save it as a file' }).click();
  const file = await (await saving).path();
  await button(lab, 'End run').click();
  // The page runs after a reload what it ran before: that must not end as the snapshot's program does.
  await write(lab, COUNTING);
  await lab.reload();
  await expectRunning(lab);

  await lab.locator('#file').setInputFiles(file);
  const dialog = lab.getByRole('dialog', { name: /^Snapshot of/ });
  await expect(dialog.getByRole('row', { name: /^1 main/ })).toContainText('main, line');
  await expect(dialog).toContainText('before');
  await dialog.getByRole('spinbutton', { name: 'Go on with' }).fill('3');
  await dialog.getByRole('button', { name: 'Restore' }).click();
  await expect(dialog).toBeHidden();
  // Not that the run before it was ended.
  await expect(lab.locator('#announcer')).toHaveText(/^(Restored a snapshot of|Finished)/);
  await expectState(lab, 'Finished');
  await expect(await detail(lab, 'Output')).toContainText('before\nafter');
  const finished = await lab.evaluate(() => /** @type {any} */ (window).lab.finished());
  expect(finished).toMatchObject({ result: '1000000000', output: 'before\nafter\n', trap: null });
  expect(await lab.evaluate(() => /** @type {any} */ (window).lab.workers().length)).toBe(3);
});

test('a damaged snapshot is refused in words, and what ran runs on @quick', async ({ lab }) => {
  await expectRunning(lab);
  await stopWorld(lab, 'Snapshot');
  const saving = lab.waitForEvent('download');
  await lab.getByRole('button', { name: 'Save it as a file' }).click();
  const content = await readFile(await (await saving).path());
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  content.writeUInt8(content.readUInt8(100) ^ 1, 100);
  await lab.locator('#file').setInputFiles({
    name: 'damaged.snapshot',
    mimeType: 'application/octet-stream',
    buffer: content,
  });
  await expect(lab.getByRole('alert')).toContainText(/checksum|damaged/);
  await expectRunning(lab);
});

test('restoring asks before it ends what runs, which can be kept @deep', async ({ lab }) => {
  await expectRunning(lab);
  const taken = await lab.evaluate(async () => [...(await window.lab.snapshot())]);
  const file = { name: 'a.snapshot', mimeType: 'application/octet-stream', buffer: Buffer.from(taken) };
  const dialog = lab.getByRole('dialog', { name: /^Snapshot of/ });
  await lab.locator('#file').setInputFiles(file);
  await expect(dialog).toContainText('Busy loops runs on 4 workers: restoring ends it.');
  expect(await audit(lab)).toEqual([]);
  const run = () => lab.evaluate(() => window.lab.pauses.length);
  const pauses = await run();

  // What runs is kept, and runs on.
  const saving = lab.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save a snapshot of it first' }).press('Enter');
  const kept = await saving;
  expect(kept.suggestedFilename()).toMatch(/^busy-loops_pause-\d+_4-workers_.*\.snapshot$/);
  await expect(dialog.locator('#snapshot-kept')).toHaveText(`Saved as ${kept.suggestedFilename()}.`);
  expect(await run()).toBe(pauses + 1);
  await lab.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expectRunning(lab);

  // A world that stands still is left so; what is asked follows what happens meanwhile.
  await stopWorld(lab, 'GC');
  await lab.locator('#file').setInputFiles(await kept.path());
  await expect(dialog).toContainText('Busy loops stands stopped on 4 workers: restoring ends it.');
  const again = lab.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save a snapshot of it first' }).click();
  await again;
  expect(await lab.evaluate(() => window.lab.held?.reason)).toBe('gc');
  const restore = dialog.getByRole('button', { name: 'End it and restore' });
  await expect(restore).toBeEnabled();
  await lab.evaluate(() => window.lab.stop());
  await expect(dialog.getByRole('button', { name: 'Restore', exact: true })).toBeVisible();
  await expect(dialog).not.toContainText('restoring ends it');
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await expectRunning(lab);
  await lab.locator('#file').setInputFiles(file);
  await restore.click();
  await expect(dialog).toBeHidden();
  await expectRunning(lab);
});

/** Holds an array of twenty-four million numbers that take five bytes each in a file. */
const LARGE = `.func main
.local kept
    const 24000000
    newarray
    store kept
    load kept
    const 2000000000
    fill
again:
    jmp again
`;

test('a snapshot of many megabytes is described, and programs are read meanwhile @deep', async ({ lab }) => {
  await expectRunning(lab);
  const told = await lab.evaluate(async (source) => {
    const { lab } = window;
    await lab.load(source);
    await lab.run({ workers: 1, heap: 208 << 20 });
    // Once it has stopped behind the filling.
    let file = await lab.snapshot();
    while (file.length < 100e6) file = await lab.snapshot();
    await lab.stop();
    const description = lab.describeSnapshot(file);
    const { ok } = await lab.load('.func main\n    const 1\n    ret\n');
    const { program, heap, objects, size } = await description;
    return { ok, program, heap, objects, isWhole: size === file.length };
  }, LARGE);
  expect(told).toEqual({ ok: true, program: 'program', heap: 208 << 20, objects: 2, isWhole: true });
});
