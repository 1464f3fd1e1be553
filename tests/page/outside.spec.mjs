/** What comes from elsewhere: links, files and texts of any kind, and of any size. */
import { deflateSync } from 'node:zlib';
import { fileOf } from '../../www/run/recorded-file-writer.ts';
import { runOfThree } from '../modules/made.ts';
import { button, expectRunning, expectState, pressLine, region, runIt } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const TEXT = '.func main ()\n    const 3\n    const 4\n    add\n    ret\n';
const source = (/** @type {Page} */ page) => page.getByRole('textbox', { name: 'Program source' });
const input = (/** @type {Page} */ page) => page.locator('#file');

/** @param {number} version @param {object} content */
function link(version, content) {
  const packed = deflateSync(JSON.stringify(content)).toString('base64url');
  return `#lab${version}=${packed}`;
}

test('a program in a link is shown, and starts when the reader presses Run @quick', async ({
  page,
  address,
}) => {
  await page.goto(address + link(1, { title: 'Theirs', source: TEXT, settings: { workers: 2 } }));
  await expect(source(page)).toContainText('const 3');
  await expect(page.getByRole('alert')).toContainText('This program came with a link');
  await expectState(page, 'Ready to run');
  expect(await page.evaluate(() => window.lab.ran)).toBe(null);
  await button(page, 'Run').click();
  await expectState(page, 'Finished with 7');
  await expect(page.getByRole('alert')).toBeHidden();
  // The same in the address of a page that is open.
  const other = TEXT.replace('const 3', 'const 5');
  await page.evaluate(
    (hash) => void (location.hash = hash),
    link(1, { title: 'Theirs', source: other, settings: {} }),
  );
  await expect(page.getByRole('alert')).toContainText('This program came with a link');
  await button(page, 'Run').click();
  await expectState(page, 'Finished with 9');
});

test('a link with 100,000 events, hours apart, is shown, and the page answers @deep', async ({
  page,
  address,
}) => {
  const run = runOfThree();
  const file = JSON.parse(JSON.stringify(fileOf({ ...run, selected: 2, excerpt: true })));
  const { columns } = { columns: file.events };
  const rows = 100_000;
  const kinds = [columns.kinds.indexOf('idle-begin'), columns.kinds.indexOf('idle-end')];
  if (kinds.includes(-1)) {
    columns.kinds = ['idle-begin', 'idle-end'];
    kinds.splice(0, 2, 0, 1);
  }
  const fill = (/** @type {(i: number) => number} */ of) => Array.from({ length: rows }, (_, i) => of(i));
  Object.assign(columns, {
    time: fill(() => 1e11),
    worker: fill((i) => (i >> 1) % run.workers),
    kind: fill((i) => kinds[i % 2] ?? 0),
    ...Object.fromEntries(['detail', 'pause', 'task', 'function'].map((name) => [name, fill(() => 0)])),
  });
  const { program } = file;
  const content = {
    title: run.title,
    source: run.program.source,
    settings: {},
    recorded: { ...file, program: { ...program, source: '' } },
  };
  await page.goto(address + link(2, content));
  await expect(region(page, 'Timeline').locator('#timeline-title')).toContainText('recorded', {
    timeout: 40_000,
  });
  await button(page, 'Help').click();
  await expect(page.getByRole('dialog')).toBeVisible();
});

for (const [name, end] of [
  ['Windows', '\r\n'],
  ['old Macs', '\r'],
]) {
  test(`a text with the line ends of ${name} is the same program @deep`, async ({ lab }) => {
    await expectRunning(lab);
    await button(lab, 'End run').click();
    const buffer = Buffer.from(TEXT.replaceAll('\n', end ?? ''));
    await input(lab).setInputFiles({ name: 'mine.sasm', mimeType: 'text/plain', buffer });
    await expect(region(lab, 'Program')).toContainText('4 instructions');
    await pressLine(lab, 4);
    await expect
      .poll(() => lab.evaluate(async () => (await window.lab.breakpoints()).map(({ line }) => line)))
      .toEqual([4]);
    await button(lab, 'Run').click();
    await expectState(lab, 'Stopped for Debug');
    await expectState(lab, 'line 4');
    // A script's text is nothing else.
    const ran = await lab.evaluate(
      async (text) => {
        await window.lab.load(text);
        await window.lab.run({ workers: 1 });
        return window.lab.ran?.program.source;
      },
      TEXT.replaceAll('\n', end ?? ''),
    );
    expect(ran).toBe(TEXT);
    await expect(source(lab)).toContainText('const 3');
  });
}

test('what is too large, a folder, or no program is refused in words, and not beside the text', async ({
  lab,
}) => {
  await expectRunning(lab);
  const drop = (/** @type {string} */ what) =>
    lab.evaluate((kind) => {
      const large = (/** @type {string} */ name, /** @type {string} */ begins) => {
        const file = new File([begins], name);
        Object.defineProperty(file, 'size', { value: 300e6 });
        for (const read of ['text', 'arrayBuffer', 'stream'])
          Object.defineProperty(file, read, { value: () => Promise.reject(new Error('it was read')) });
        return file;
      };
      const files = {
        run: () => large('large.json', '{'),
        snapshot: () => large('large.snapshot', 'SPLSNAP'),
        program: () => large('large.sasm', '.func'),
        module: () => new File([new Uint8Array([0, 255, 254, 1, 2])], 'broken.bin'),
        folder: () => {
          const folder = new File([''], 'folder');
          Object.defineProperty(folder, 'slice', {
            value: () => ({ text: () => Promise.reject(new DOMException('a folder', 'NotFoundError')) }),
          });
          return folder;
        },
      };
      const event = new Event('drop', { bubbles: true, cancelable: true });
      const [file] = [files[/** @type {keyof typeof files} */ (kind)]()];
      Object.defineProperty(event, 'dataTransfer', { value: { files: [file], types: ['Files'] } });
      document.body.dispatchEvent(event);
    }, what);
  const alert = lab.getByRole('alert');
  for (const [what, words] of [
    ['run', 'too large for a recorded run'],
    ['snapshot', 'too large for a snapshot'],
    ['program', 'too large for a program'],
    ['folder', 'folder could not be read.'],
    ['module', 'broken.bin is not a program.'],
  ]) {
    await drop(what ?? '');
    await expect(alert).toContainText(words ?? '?');
  }
  await expect(lab.locator('#problems')).toBeHidden();
  await runIt(lab);
});
