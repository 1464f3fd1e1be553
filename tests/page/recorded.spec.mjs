/** Recorded runs: saved and opened, in a link, and where nothing can run. */
import { readFile } from 'node:fs/promises';
import { dist } from '../../scripts/paths.mjs';
import { readLink } from '../../www/app/link.ts';
import audit from './axe.mjs';
import {
  COUNTING,
  button,
  expectRunning,
  expectState,
  region,
  stopWorld,
  write,
  detail,
} from './lab-page.mjs';
import { startHost } from './static-host.mjs';
import { carried } from '../../www/run/percentiles.ts';
import { expect, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const MARK = 'Recorded, not live';
const title = (/** @type {Page} */ page) => page.locator('#timeline-title');
const source = (/** @type {Page} */ page) => page.getByRole('textbox', { name: 'Program source' });
const programs = (/** @type {Page} */ page) => page.getByRole('combobox', { name: 'Program', exact: true });

/** What the page says of the pause that is looked at: its sentence, its parts, its workers. @param {Page} page */
async function evidence(page) {
  const pause = await detail(page, 'This pause');
  return {
    sentence: await page.locator('#more').textContent(),
    parts: await pause.locator('.parts').innerText(),
    workers: await pause.getByRole('table').innerText(),
  };
}

/**
 * Pauses for every reason, the run over, and its file.
 *
 * @param {Page} page
 */
async function recordedFile(page) {
  await expectRunning(page);
  await page.evaluate(async () => {
    for (let i = 0; i < 2; i += 1) {
      await window.lab.cycle('gc');
      await window.lab.cycle('snapshot');
      await window.lab.cycle('debug');
    }
  });
  await button(page, 'End run').click();
  await expectState(page, 'Not running');
  await detail(page, 'Pauses');
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Recorded run').click()]);
  expect(file.suggestedFilename()).toBe('safepoint-lab.run.json');
  return readFile(await file.path());
}

/** @param {Page} page @param {Buffer} buffer */
async function open(page, buffer) {
  await page.locator('#file').setInputFiles({ name: 'a.run.json', mimeType: 'application/json', buffer });
}

test('a run that was saved shows the same pauses elsewhere, and runs there when asked to @deep', async ({
  lab,
  browser,
  address,
}) => {
  const file = await recordedFile(lab);
  const records = await lab.evaluate(() => window.lab.pauses);
  const stats = await lab.evaluate(() => window.lab.stats());
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(address);
  await expectRunning(other);
  await open(other, file);
  await expectState(other, MARK);
  // The headline may be its beginning.
  const said = (await other.locator('#more').textContent()) || '?';
  expect(records.at(-1)?.sentence.endsWith(said), said).toBe(true);
  await expect(other.locator('#announcer')).toContainText(MARK);
  await expect(other.locator('#recorded-facts')).toContainText(/Chrome \d+ on .*4 workers on \d+ cores?/);
  // What concerns a live run is out of the way.
  for (const name of ['Run', 'End run', 'GC', 'Resume', 'Live'])
    await expect(button(other, name)).toBeHidden();

  // How often sites polled, as it was.
  const polled = (/** @type {Page} */ page) =>
    page
      .locator('#pane-bytecode td.poll + td')
      .evaluateAll((cells) => cells.map((cell) => cell.textContent).join(' '));
  // Each page counts at its own pace.
  await expect.poll(async () => (await polled(other)) === (await polled(lab))).toBe(true);
  expect(await polled(other)).toMatch(/[1-9]/);

  // From pause to pause, on both pages.
  for (const page of [lab, other]) await page.locator('#lanes').focus();
  for (const { id } of [...records].reverse()) {
    const newest = id === records.at(-1)?.id;
    for (const page of [lab, other]) {
      if (newest) {
        const pauses = await detail(page, 'Pauses');
        await pauses.getByRole('button', { name: `Show pause ${id}`, exact: true }).click();
      } else await button(page, 'Previous pause').click();
    }
    await expect(title(lab)).toHaveText(new RegExp(`^pause ${id}, `));
    await expect(title(other)).toHaveText(new RegExp(`^recorded · pause ${id}, `));
    // The evidence is drawn at its own pace.
    for (const page of [lab, other]) {
      const pause = await detail(page, 'This pause');
      await expect(pause.getByRole('table', { name: new RegExp(`^Arrivals of pause ${id} `) })).toBeVisible();
    }
    expect(await evidence(other)).toEqual(await evidence(lab));
  }
  await expect(button(other, 'Previous pause')).toBeDisabled();
  await other.keyboard.press('+');
  await other.locator('#lanes').focus();
  await other.keyboard.press('0');
  await expect(title(other)).toHaveText(/^recorded · 0 s to /);

  // Log, figures and exports are of that run.
  await expect(await detail(other, 'Log')).toContainText(`Pause ${records.at(-1)?.id} "Debug"`);
  await detail(other, 'Pauses');
  const [saved] = await Promise.all([other.waitForEvent('download'), button(other, 'JSON').click()]);
  const report = JSON.parse(await readFile(await saved.path(), 'utf8'));
  expect(report.pauses).toEqual(records);
  // Totals are made of the pauses that are shown; percentiles that so few do not carry are left out.
  const told = (/** @type {import('../../www/run/types.ts').ReasonStats} */ { count, ...parts }) => ({
    count,
    ...Object.fromEntries(Object.entries(parts).map(([part, of]) => [part, of && carried(count, of)])),
  });
  // The file has each handshake as an event, and no figures of them.
  const { gc, snapshot, debug, handshakes: _none, ...others } = stats;
  const figures = { gc: told(gc), snapshot: told(snapshot), debug: told(debug) };
  expect({ ...report.stats, totals: null }).toEqual({ ...others, ...figures, totals: null });
  const [again] = await Promise.all([other.waitForEvent('download'), button(other, 'Recorded run').click()]);
  expect(JSON.parse(await readFile(await again.path(), 'utf8'))).toEqual(JSON.parse(file.toString('utf8')));

  await button(other, 'Run it here').click();
  await expectRunning(other);
  await expect(other.locator('#state')).not.toContainText(MARK);
  await stopWorld(other, 'GC');
  await expect(title(other)).toHaveText('pause 1, GC');
  await context.close();
});

test('opening one loses nothing that was written, and another program leaves it @deep', async ({ lab }) => {
  const file = await recordedFile(lab);
  await write(lab, COUNTING.replace('.func count ()', '; Mine\n.func count ()'));
  await open(lab, file);
  await expectState(lab, MARK);
  await expect(source(lab)).not.toContainText('; Mine');
  await programs(lab).selectOption({ label: 'Busy loops (changed)' });
  await expect(source(lab)).toContainText('; Mine');
  await expect(lab.locator('#state')).not.toContainText(MARK);
  await expect(button(lab, 'Run')).toBeEnabled();
});

test('a dropped file is opened; one that is damaged or newer is refused in words @deep', async ({ lab }) => {
  const file = await recordedFile(lab);
  await lab.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], 'dropped.json'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, file.toString('utf8'));
  await expectState(lab, MARK);
  await button(lab, 'Run it here').click();
  await expectRunning(lab);

  const content = JSON.parse(file.toString('utf8'));
  content.events.worker[3] = 4;
  await open(lab, Buffer.from(JSON.stringify(content)));
  await expect(lab.getByRole('alert')).toContainText(
    'events.worker[3] is 4; expected a whole number from -1 to 3',
  );
  await open(lab, Buffer.from(JSON.stringify({ ...content, version: 999 })));
  await expect(lab.getByRole('alert')).toContainText('saved by a newer version of the lab');
  await open(lab, Buffer.from('{"events": [1, 2'));
  await expect(lab.getByRole('alert')).toContainText('it is no JSON');
  await expectRunning(lab);
});

test('a link with a selected pause shows this pause elsewhere, as recorded @deep', async ({
  lab,
  browser,
}) => {
  await expectRunning(lab);
  await lab.evaluate(async () => {
    for (let i = 0; i < 3; i += 1) await window.lab.cycle('gc');
    window.lab.select(2);
  });
  await expect(title(lab)).toHaveText('pause 2, GC');
  // Every worker has run again: the evidence is complete.
  const row = region(lab, 'This pause')
    .getByRole('row')
    .filter({ hasText: /^Worker \d/ });
  for (const one of await row.all()) await expect(one.getByRole('cell').nth(4)).toHaveText(/\d/);
  const link = await lab.evaluate(() => window.lab.link());
  expect(new URL(link).hash).toMatch(/^#lab2=/);
  expect(link.length).toBeLessThan(16_000);

  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(link);
  await expectState(other, MARK);
  await expect(title(other)).toHaveText('recorded · pause 2, GC');
  await expect(other.locator('#recorded-facts')).toContainText('only what happened around pause 2 is in it');
  await expect(other.getByRole('table', { name: /^Arrivals of pause 2 / })).toBeVisible();
  expect(await evidence(other)).toEqual(await evidence(lab));
  // It is not run by itself, and can be passed on.
  await other.evaluate(() => window.lab.ready);
  await expectState(other, MARK);
  expect(new URL(await other.evaluate(() => window.lab.link())).hash).toMatch(/^#lab2=/);
  // A reload shows it again, until the program runs here.
  await other.reload();
  await expectState(other, MARK);
  await expect(title(other)).toHaveText('recorded · pause 2, GC');
  await other.evaluate(() => window.lab.ready);
  await other.keyboard.press('r');
  await expectRunning(other);
  expect(new URL(other.url()).hash).toBe('');
  await context.close();
});

test('Share says which pause goes along, and when none can @quick', async ({ lab }) => {
  await lab.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await expectRunning(lab);
  await stopWorld(lab, 'GC');
  await button(lab, 'Share').click();
  await expect(lab.locator('#share-note')).toContainText('It opens pause 1 as it was recorded here');
  const link = await lab.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).hash).toMatch(/^#lab2=/);
  await write(lab, COUNTING);
  await expect(lab.locator('#program-size')).not.toContainText('39 instructions');
  await button(lab, 'Share').click();
  await expect(lab.locator('#share-note')).toContainText('Pause 1 is not in it');
  expect(new URL(await lab.evaluate(() => window.lab.link())).hash).toMatch(/^#lab1=/);
});

test('a link has the polls of the world that stands still @deep', async ({ lab }) => {
  await expectRunning(lab);
  const { link, hits } = await lab.evaluate(async () => {
    const { id } = await window.lab.pause('debug');
    window.lab.select(id);
    return { link: await window.lab.link(), hits: [...(await window.lab.hits())] };
  });
  const { recorded } = (await readLink(new URL(link).hash)) ?? {};
  expect(recorded).toMatchObject({ hits });
});

test('a pause of 128 workers fits into a link @deep', async ({ lab, browser }) => {
  test.setTimeout(180_000);
  await expectRunning(lab);
  await lab.evaluate(async () => {
    await window.lab.run({ workers: 128 });
    const { id } = await window.lab.cycle('gc');
    window.lab.select(id);
  });
  const link = await lab.evaluate(() => window.lab.link());
  expect(new URL(link).hash).toMatch(/^#lab2=/);
  expect(link.length).toBeLessThanOrEqual(16_000);
  const sentence = await lab.evaluate(() => window.lab.pauses.at(-1)?.sentence);
  await lab.evaluate(() => window.lab.stop());
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(link);
  await expectState(other, MARK);
  await expect(other.locator('#more')).toHaveText(sentence ?? '?');
  await expect(
    region(other, 'This pause')
      .getByRole('row')
      .filter({ hasText: /^Worker \d/ }),
  ).toHaveCount(128);
  await context.close();
});

test.describe('where nothing can run', () => {
  // No headers, and no service worker (blocked for tests).
  /** @type {import('./static-host.mjs').StaticHost} */
  let host;
  test.beforeEach(async () => {
    const frame = (/** @type {string} */ address) =>
      `<!doctype html><html lang="en"><title>Course</title><link rel="icon" href="data:,"><iframe title="Lab" width="900" height="700" src="${address}"></iframe>`;
    host = await startHost(dist, '/lab/', {
      '/': frame('./lab/?embed&amp;program=A%20loop%20without%20a%20poll&amp;autostart'),
      '/text': frame('./lab/?embed#text=.func%20main%20()%0A%20%20const%207%0A%20%20ret%0A'),
    });
  });
  test.afterEach(() => host.close());
  const inside = (/** @type {Page} */ page) =>
    /** @type {Page} */ (/** @type {unknown} */ (page.frameLocator('iframe')));

  test('a frame shows a recorded run of its example, and says why it is one @deep', async ({ page }) => {
    await page.goto(host.origin);
    const lab = inside(page);
    await expectState(lab, MARK);
    await expect(source(lab)).toContainText('A loop without a poll');
    await expect(title(lab)).toHaveText(/^recorded · pause \d+, /);
    await expect(lab.getByRole('table', { name: /^Arrivals of pause/ })).toBeVisible();
    await expect(button(lab, 'Run it here')).toHaveAttribute('aria-disabled', 'true');
    await expect(button(lab, 'Run it here')).toHaveAccessibleDescription(
      /It cannot run here: The page around this one is not isolated.*Open the lab in a tab of its own/,
    );
    await expect(lab.getByRole('link', { name: 'Open in a tab of its own' })).toBeVisible();
    const fetched = host.asked.filter((path) => path.endsWith('.json'));
    expect(fetched, 'only the one that is shown').toHaveLength(1);
    // Another example is another recorded run.
    await programs(lab).selectOption('Deadlock');
    await expect(source(lab)).toContainText('Deadlock');
    await expectState(lab, MARK);
    await expect(lab.getByRole('alert')).toBeHidden();
  });

  test('a frame shows the pause of the link in its address @deep', async ({ page, lab }) => {
    await expectRunning(lab);
    await stopWorld(lab, 'GC');
    const { hash } = new URL(await lab.evaluate(() => window.lab.link()));
    const sentence = await lab.evaluate(() => window.lab.held?.sentence);
    await lab.evaluate(() => window.lab.stop());
    await page.goto('about:blank');
    await page.goto(`${host.origin}/text`);
    await page.evaluate((fragment) => {
      const frame = document.querySelector('iframe');
      frame?.remove();
      const other = document.createElement('iframe');
      other.src = `./lab/?embed${fragment}`;
      document.body.append(other);
    }, hash);
    await expectState(inside(page), MARK);
    await expect(inside(page).locator('#more')).toHaveText(sentence ?? '?');
  });

  test('a frame with a program of its own shows that, and says what is missing @deep', async ({ page }) => {
    await page.goto(`${host.origin}/text`);
    const lab = inside(page);
    await expect(lab.getByRole('alert')).toContainText('The page around this one is not isolated');
    await expect(lab.getByRole('button', { name: 'Show a recorded run' })).toBeHidden();
    await expect(source(lab)).toContainText('const 7');
  });

  test('the page offers a recorded run', async ({ page }) => {
    await page.goto(host.address);
    await expect(page.getByRole('alert')).toContainText('This page is not isolated');
    await page.getByRole('button', { name: 'Show a recorded run' }).click();
    await expectState(page, MARK);
    await expect(source(page)).toContainText('Busy loops');
    // It is not disabled: a user who presses it learns why not.
    await button(page, 'Run it here').focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('#announcer')).toContainText('This page is not isolated');
    await expectState(page, MARK);
  });
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`axe finds nothing, and nothing is cut off, ${colorScheme} @deep`, async ({ page, address }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(address);
    const file = await recordedFile(page);
    await open(page, file);
    await expectState(page, MARK);
    await button(page, 'Previous pause').click();
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await audit(page), `${width} pixels`).toEqual([]);
    }
  });
}
