/** The programs of the page come compiled: what reads programs is fetched when somebody edits one. */
import { button, detail, expectRunning, expectState, openSettings, stopWorld, write } from './lab-page.mjs';
import { allowErrors, expect, openLab, test } from './support.mjs';

/** @typedef {import('../../www/engine/lab.ts').Lab} Lab */

const LANGUAGE = /safepoint_language_bg|language\.worker/;

/** Addresses of what the page fetches of the language. @param {import('@playwright/test').Page} page */
function languageFetched(page) {
  /** @type {string[]} */
  const fetched = [];
  page.on('request', (request) => {
    if (LANGUAGE.test(request.url())) fetched.push(request.url());
  });
  return fetched;
}

test('a first view, a stop and another example need no reader of programs; an edited text does', async ({
  page,
  address,
}) => {
  const fetched = languageFetched(page);
  await openLab(page, address);
  await expectRunning(page);
  await stopWorld(page, 'GC');
  await button(page, 'Resume').click();
  await expectRunning(page);
  await page
    .getByRole('combobox', { name: 'Program', exact: true })
    .selectOption('Blocked inside a safe region');
  await expectRunning(page);
  await page.evaluate(async () => {
    const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
    await lab.moduleBytes();
    await lab.bounds();
    await lab.instructionSet();
  });
  expect(fetched).toEqual([]);

  await write(page, 'print(6 * );');
  await expect(page.locator('#problems')).toContainText('Line 1');
  await expect.poll(() => fetched.length).toBe(2);
  await write(page, 'print(6 * 7);');
  await button(page, 'Run').click();
  await expectState(page, 'Finished');
  await expect(await detail(page, 'Output')).toContainText('42');
});

test('other polls than the program says need its reader, and have the bounds that it finds', async ({
  lab,
}) => {
  const fetched = languageFetched(lab);
  await expectRunning(lab);
  await openSettings(lab);
  await lab.getByLabel('back-edges', { exact: true }).uncheck();
  await expect.poll(() => fetched.length).toBe(2);
  const unbounded = await lab.evaluate(async () => {
    const { lab: engine } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
    const policy = engine.program?.policy;
    const bounds = policy ? await engine.bounds({ ...policy, back_edges: false }) : [];
    return bounds.filter(({ instructions }) => instructions === null).length;
  });
  expect(unbounded).toBeGreaterThan(0);
});

test('what came compiled is what the reader of programs makes of the same text @deep', async ({
  lab: page,
}) => {
  const fetched = languageFetched(page);
  /** @param {string} end a line more makes the text another one */
  const loaded = (end) =>
    page.evaluate(async (more) => {
      const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
      await lab.stop();
      const all = [];
      for (const { name, source } of lab.examples()) {
        const { ok, program, errors, warnings } = await lab.load(source + more);
        const rest = program && { ...program, source: program.source.slice(0, source.length) };
        all.push({ name, ok, program: rest, errors, warnings, module: [...(await lab.moduleBytes())] });
      }
      return all;
    }, end);
  const compiled = await loaded('');
  expect(compiled.length).toBeGreaterThan(10);
  expect(compiled.filter(({ ok }) => !ok)).toEqual([]);
  expect(fetched).toEqual([]);
  const read = await loaded('\n');
  expect(fetched.length).toBe(2);
  expect(compiled).toEqual(read);
});

test('where the reader of programs does not arrive, the examples run, and the next edit asks for it again @deep', async ({
  page,
  address,
}) => {
  await page.route(/safepoint_language.*\.wasm/, (route) => route.fulfill({ status: 503 }));
  allowErrors(page, /503/);
  await openLab(page, address);
  await expectRunning(page);
  const editor = page.getByRole('textbox', { name: 'Program source' });
  await editor.press('ControlOrMeta+A');
  await page.keyboard.insertText('print(6 * 7);');
  await expect(page.getByRole('alert')).toContainText('The language could not be fetched');
  await expectRunning(page);
  await page.unroute(/safepoint_language.*\.wasm/);
  await button(page, 'Run').click();
  await expectState(page, 'Finished');
});
