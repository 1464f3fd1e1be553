/** Links that carry a program, and what is there again after a reload. */
import {
  COUNTING,
  button,
  expectRunning,
  expectState,
  openSettings,
  region,
  runIt,
  stopWorld,
  write,
} from './lab-page.mjs';
import { expect, test } from './support.mjs';

const MINE = COUNTING.replace('.func count ()', '; Mine: "ß"\n.func count ()');

/** @typedef {import('@playwright/test').Page} Page */

const source = (/** @type {Page} */ page) => page.getByRole('textbox', { name: 'Program source' });
const workers = (/** @type {Page} */ page) => page.getByRole('spinbutton', { name: 'Workers', exact: true });
const programs = (/** @type {Page} */ page) => page.getByRole('combobox', { name: 'Program', exact: true });

/** Everything that a link carries is other than usual. @param {Page} page */
async function change(page) {
  await write(page, MINE);
  await openSettings(page);
  await workers(page).fill('3');
  await page.getByLabel('keep stopped').uncheck();
  const automatic = page.getByRole('group', { name: 'Automatic pauses' });
  await automatic.getByRole('spinbutton').fill('70');
  await automatic.getByRole('combobox').selectOption('Debug');
  await automatic.getByRole('switch').check();
  await page.getByLabel('calls', { exact: true }).uncheck();
  await page.getByLabel('wait, and warn after').check();
  await page.getByLabel('Milliseconds before the warning').fill('77');
  await page.getByLabel('Milliseconds before the warning').blur();
}

/** @param {Page} page */
async function expectChanged(page) {
  await openSettings(page);
  await expect(source(page)).toContainText('; Mine: "ß"');
  await expect(workers(page)).toHaveValue('3');
  await expect(page.getByLabel('keep stopped')).not.toBeChecked();
  const automatic = page.getByRole('group', { name: 'Automatic pauses' });
  await expect(automatic.getByRole('spinbutton')).toHaveValue('70');
  await expect(automatic.getByRole('combobox')).toHaveValue('debug');
  await expect(automatic.getByRole('switch')).toBeChecked();
  await expect(page.getByLabel('calls', { exact: true })).not.toBeChecked();
  await expect(page.getByLabel('back-edges', { exact: true })).toBeChecked();
  await expect(page.getByLabel('wait, and warn after')).toBeChecked();
  await expect(page.getByLabel('Milliseconds before the warning')).toHaveValue('77');
}

test('Share copies a link that opens elsewhere with the same program and settings @deep', async ({
  lab,
  browser,
}) => {
  await lab.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await expectRunning(lab);
  await change(lab);
  await button(lab, 'Share').click();
  await expect(lab.getByText('Link copied.').first()).toBeVisible();
  const link = await lab.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(await lab.evaluate(() => window.lab.link()));

  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await other.goto(link);
  await expectState(other, 'Ready to run');
  await expect(other.getByRole('alert')).toContainText('This program came with a link');
  await button(other, 'Run').click();
  await expectState(other, 'Running on 3 workers');
  await expectChanged(other);
  // The automatic pauses are in force, not only shown.
  await expect.poll(() => other.evaluate(() => window.lab.stats().debug.count)).toBeGreaterThan(1);
  await elsewhere.close();
});

test('where the link cannot be copied it is shown @deep', async ({ lab }) => {
  await lab.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));
  });
  await button(lab, 'Share').click();
  const dialog = lab.getByRole('dialog', { name: /^Link to this program/ });
  await expect(dialog.getByRole('textbox', { name: 'Link' })).toHaveValue(
    await lab.evaluate(() => window.lab.link()),
  );
  await expect(dialog.getByRole('textbox', { name: 'Link' })).toBeFocused();
  await button(lab, 'Close').click();
  await expect(dialog).toBeHidden();
});

test('a shared example is that example @quick', async ({ lab }) => {
  await expectRunning(lab);
  const link = await lab.evaluate(() => window.lab.link());
  await programs(lab).selectOption('Deadlock');
  await lab.goto(link);
  await expectRunning(lab);
  await expect(programs(lab)).toHaveValue('0');
});

for (const [what, fragment, words] of /** @type {const} */ ([
  ['damaged', '#lab1=eJxTKkktLlEIKMpPSs1NVQIA', 'The link is damaged'],
  ['newer', '#lab9=abc', 'newer version of the lab'],
])) {
  test(`a ${what} link is refused in words, and the page works @deep`, async ({ page, address }) => {
    await page.goto(address + fragment);
    await expect(page.getByRole('alert')).toContainText(words);
    await expectRunning(page);
    await expect(page.getByRole('alert')).toContainText(words);
    await stopWorld(page, 'GC');
  });
}

test('a link in the address of an open page is taken, and what was written is kept @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  const link = await lab.evaluate(() => window.lab.link());
  await write(lab, MINE);
  await lab.evaluate((hash) => void (location.hash = hash), new URL(link).hash);
  await expect(source(lab)).not.toContainText('; Mine');
  await expectRunning(lab);
  expect(new URL(lab.url()).hash).toBe('');
  await programs(lab).selectOption({ label: 'Busy loops (changed)' });
  await expect(source(lab)).toContainText('; Mine');
});

test('after a reload everything is there again, and runs', async ({ lab }) => {
  await expectRunning(lab);
  await change(lab);
  await lab.reload();
  await expectState(lab, 'Running on 3 workers');
  await expectChanged(lab);
});

test('what was typed just before the page was left is there again @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, '; not yet read');
  await lab.reload();
  await expect(source(lab)).toHaveText('; not yet read');
  await write(lab, MINE);
  await runIt(lab);
});

test('a chosen example is chosen again @deep', async ({ lab }) => {
  await expectRunning(lab);
  await programs(lab).selectOption('Blocked and forgot');
  await expectRunning(lab);
  await lab.reload();
  await expectRunning(lab);
  await expect(programs(lab).locator('option:checked')).toHaveText('Blocked and forgot');
});

test('a new tab begins with the last session, and a link does not lose it @deep', async ({
  lab,
  address,
}) => {
  await expectRunning(lab);
  const link = await lab.evaluate(() => window.lab.link());
  await write(lab, MINE);
  await expect(region(lab, 'Program')).toContainText('instructions');
  await expect
    .poll(() => lab.evaluate(() => localStorage.getItem('safepoint-lab.session.1')))
    .toContain('; Mine');
  const tab = await lab.context().newPage();
  await tab.goto(address);
  await expect(source(tab)).toContainText('; Mine');
  await tab.close();
  const shared = await lab.context().newPage();
  await shared.goto(link);
  await expectRunning(shared);
  await expect(source(shared)).not.toContainText('; Mine');
  await programs(shared).selectOption({ label: 'Busy loops (changed)' });
  await expect(source(shared)).toContainText('; Mine');
});

test('a program of one’s own is kept when an example is chosen, also over a reload @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await write(lab, MINE);
  await programs(lab).selectOption('Deadlock');
  await lab.reload();
  await programs(lab).selectOption({ label: 'Busy loops (changed)' });
  await expect(source(lab)).toContainText('; Mine');
});

test('a session that cannot be read does no harm @deep', async ({ page, address }) => {
  await page.addInitScript(() => {
    localStorage.setItem('safepoint-lab.session.1', '{"example":null,"title":3');
    localStorage.setItem('safepoint-lab.kept.1', '17');
  });
  await page.goto(address);
  await expectRunning(page);
});

test('two tabs keep what was written in both @deep', async ({ lab, address }) => {
  test.slow();
  const text = (/** @type {string} */ name) => `; ${name}\n.func main ()\n    const 1\n    ret\n`;
  const ends = 'A trap with a message';
  await programs(lab).selectOption(ends);
  await expectState(lab, 'Trapped');
  const other = await lab.context().newPage();
  await other.goto(address);
  await expectState(other, 'Trapped');
  await write(lab, text('First'));
  await write(other, text('Second'));
  await programs(lab).selectOption(ends);
  await programs(other).selectOption(ends);
  for (const page of [lab, other])
    await expect(programs(page).locator('optgroup option')).toHaveText([
      `${ends} (changed) 2`,
      `${ends} (changed)`,
    ]);
  await write(lab, text('Third'));
  await write(other, text('Fourth'));
  await lab.goto('about:blank');
  await other.reload();
  const found = [await source(other).textContent()];
  for (const label of await programs(other).locator('optgroup option').allTextContents()) {
    await programs(other).selectOption({ label });
    found.push(await source(other).textContent());
  }
  for (const name of ['First', 'Second', 'Third', 'Fourth']) expect(found.join()).toContain(`; ${name}`);
});
