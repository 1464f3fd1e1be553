/** The page as its user finds it: controls by role and name. */
import { expect } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** An endless program: four tasks count, and poll at every turn. */
export const COUNTING = `.func count ()
.local i
    const 0
    store i
again:
    load i
    const 1
    add
    store i
    jmp again

.func main ()
    spawn count
    pop
    spawn count
    pop
    spawn count
    pop
    call count
    ret
`;

/** @param {Page | import('@playwright/test').Locator} page @param {string} name */
export const button = (page, name) => page.getByRole('button', { name, exact: true });

/** @param {Page} page @param {string} name */
export const region = (page, name) =>
  page.getByRole('region', { name, exact: true }).or(page.getByRole('tabpanel', { name, exact: true }));

/** Has a view beside the program in sight. @param {Page} page @param {string} name */
export async function detail(page, name) {
  await page.getByRole('tab', { name, exact: true }).click();
  return region(page, name);
}

/** @param {Page} page @param {'Learn' | 'Try' | 'Debug' | 'Compare' | 'Famous pauses'} job */
export async function goTo(page, job) {
  await page.getByRole('link', { name: job, exact: true }).click();
}

/** Shows a part of what is compared. @param {Page} page @param {string} name */
export async function comparing(page, name) {
  await page.getByRole('tablist', { name: 'What is compared' }).getByRole('tab', { name }).click();
}

/** Unfolds the settings of the next run. @param {Page} page */
export async function openSettings(page) {
  const settings = page.getByRole('group', { name: 'Run settings', exact: true });
  if (await settings.isHidden()) await page.getByRole('button', { name: /^Run settings/ }).click();
  await expect(settings).toBeVisible();
}

/** @param {Page} page @param {string | RegExp} text */
export async function expectState(page, text) {
  await expect(page.locator('#state')).toContainText(text);
}

/** The page has started an example by itself. @param {Page} page */
export async function expectRunning(page) {
  await expectState(page, 'Running on');
  await expect(button(page, 'GC')).toBeEnabled();
}

/**
 * Presses Run and waits until its run has begun. What ran before looks the same until it is ended.
 *
 * @param {Page} page
 */
export async function runIt(page) {
  const begun = await page.evaluateHandle(() => {
    const { lab } = window;
    return { run: new Promise((resolve) => lab.on('run', resolve)) };
  });
  await button(page, 'Run').click();
  await begun.evaluate(({ run }) => run);
  await expectRunning(page);
}

/** Ends the run that the page has started, for a test that needs none: its workers would take the browser's time. @param {Page} page */
export async function endRun(page) {
  await expectRunning(page);
  await button(page, 'End run').click();
  await expectState(page, 'Not running');
}

/**
 * Puts a text into the editor, as a user would paste it, and waits until the page has read it: the first edit fetches what
 * reads programs, and what runs already goes on until then.
 *
 * @param {Page} page
 * @param {string} text
 */
export async function write(page, text) {
  const editor = page.getByRole('textbox', { name: 'Program source' });
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
  const isRead = (/** @type {string} */ written) => {
    const { lab } = window;
    const isWrong = document.querySelector('#problems')?.textContent !== '';
    return isWrong || lab.program?.source === written || ['loading', 'failed'].includes(lab.state);
  };
  await page.waitForFunction(isRead, text);
}

/** Stops for a reason and waits until the world stands still. @param {Page} page @param {string} name */
export async function stopWorld(page, name) {
  await button(page, name).click();
  await expectState(page, `Stopped for ${name}`);
}

/** Presses the number of a line of the text: sets a breakpoint there, or removes it. @param {Page} page @param {number} line */
export async function pressLine(page, line) {
  await page.locator('.cm-lineNumbers .cm-gutterElement', { hasText: new RegExp(`^${line}$`) }).click();
}
