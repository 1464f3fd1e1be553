/**
 * Every famous pause as a reader goes through it: the program as it was shows the cause and the line that its file
 * promises, and the cure cures. Ratios are tested, never times.
 */
import { readFileSync, readdirSync } from 'node:fs';
import audit from './axe.mjs';
import { button, expectRunning, expectState, goTo, region } from './lab-page.mjs';
import { expect, openLab, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** Stops that show it, and stops after the cure. */
const STOPS = 5;
/** Chance decides whether a stop hits what it is to hit. */
const MOST = 60;
/** Those that are not gone through every day only. */
const DAILY = ['counted-loop'];

const folder = new URL('../../www/famous/', import.meta.url);
const ALL = readdirSync(folder)
  .filter((file) => file.endsWith('.md'))
  .map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const [, head = ''] = text.split('---\n');
    /** @type {Record<string, string>} */
    const front = Object.fromEntries(
      head
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    );
    return { name: file.replace(/^\d+-(.*)\.md$/, '$1'), front };
  });

/** @param {Page} page */
const rail = (page) => region(page, 'Famous pauses');

/** @param {Page} page @param {'before' | 'after'} half */
const step = (page, half) => rail(page).locator('.steps > li', { has: page.locator(`[data-half=${half}]`) });

/** @param {Page} page */
const held = (page) => page.evaluate(() => /** @type {any} */ (window.lab.held));

/** Its state may be said by what keeps the tasks. @param {Page} page */
const runs = (page) => expect(page.locator('#state')).toHaveAttribute('data-status', 'running');

/** @param {Page} page @param {string} address @param {string} name @param {string} [press] */
async function open(page, address, name, press) {
  await openLab(page, `${address}#famous/${name}`);
  if (press !== 'none')
    await expect(step(page, 'before').getByRole('button', { name: /^Stop the world/ })).toBeEnabled();
  await runs(page);
}

/** Presses the stop of a half, and waits until the world stands. @param {Page} page @param {'before' | 'after'} half */
async function stopOnce(page, half) {
  const before = (await held(page))?.id ?? null;
  await step(page, half)
    .getByRole('button', { name: /^(Stop the world|Resume and stop) for / })
    .click();
  await expect.poll(async () => (await held(page))?.id ?? before, { timeout: 30_000 }).not.toBe(before);
  return held(page);
}

/** What a stop has to show, told apart here and not by the page. @param {any} pause @param {Record<string, string>} front */
function isShown(pause, { shows, line }) {
  if (shows === 'operation') return pause.operation > pause.ttsp;
  if (shows === 'safe-region')
    return pause.arrivals.every(
      (/** @type {any} */ it) => it.standing === 'blocked' && it.site.line === Number(line),
    );
  const allowed = [shows, 'no-processor', 'unknown'];
  for (const { kind } of pause.causes) expect(allowed, pause.sentence).toContain(kind);
  const own = pause.causes.filter((/** @type {any} */ { kind }) => kind === shows);
  if (shows !== 'no-processor')
    for (const cause of own) expect(cause.line, pause.sentence).toBe(Number(line));
  return own.length > 0;
}

/** Whether the time of a stop is that of the program: others take the processors, too. @param {any} pause @param {Record<string, string>} front */
function isTelling({ causes, arrivals }, { shows, compare }) {
  // What is done while the world stands still takes as long, and what a worker executes is as much, whoever was late.
  if (shows === 'operation' || compare === 'executed') return true;
  const has = (/** @type {any} */ { standing }) => standing === 'not-yet-resumed';
  return (
    !arrivals.some(has) &&
    (shows === 'no-processor' || !['no-processor', 'unknown'].includes(causes[0]?.kind))
  );
}

/** Time that the reader lets pass. @param {Page} page @param {number} ms */
async function passes(page, ms) {
  const until = await page.evaluate((wait) => performance.now() + wait, ms);
  await page.waitForFunction((end) => performance.now() > end, until);
}

/** @param {Page} page @param {Record<string, string>} front */
async function showsIt(page, front) {
  const said = page.locator('[data-half=before]');
  if (front.press === 'none') {
    const where = front.line === undefined ? '' : `, line ${front.line}`;
    await expect(said).toContainText(`asked for the stop itself${where}`, { timeout: 60_000 });
    // What is compared is of the whole run: it has stops that are a second apart, by the engine's clock, and of a storm
    // more than are kept.
    await page.waitForFunction(
      (most) => {
        const page = /** @type {any} */ (window);
        const last = page.lab.pauses.at(-1);
        page.first ??= last;
        return last && last.at - page.first.at > 1_000_000 && last.id - page.first.id > most;
      },
      front.compare === 'stops' ? 1000 : 0,
    );
    return;
  }
  for (let pressed = 0, shown = 0; shown < STOPS; pressed += 1) {
    expect(
      pressed,
      `${shown} stops of ${MOST} show it; the last: ${(await held(page))?.sentence}`,
    ).toBeLessThan(MOST);
    const pause = await stopOnce(page, 'before');
    const isHit = isShown(pause, front) && isTelling(pause, front);
    if (isHit && front.line !== undefined && front.shows !== 'no-processor')
      await expect(said).toContainText(`line ${front.line}`);
    if (!isHit && shown === 0) await expect(said).toContainText('stop again');
    shown += Number(isHit);
  }
}

/** A stop that never comes: the page says which worker, why and where, and it is taken back. @param {Page} page @param {Record<string, string>} front */
async function waitsInVain(page, front) {
  const now = step(page, 'before');
  await now.getByRole('button', { name: /^Stop the world/ }).click();
  await expectState(page, /Stopping for GC/);
  await expect(page.locator('#says')).toContainText('in a loop whose back-edge does not poll');
  await expect(page.locator('#says')).toContainText(`line ${front.line}`);
  // Ten times as long as any stop takes that comes.
  await passes(page, 1000);
  await button(now, 'Take it back').click();
  await expect(page.locator('[data-half=before]')).toContainText(
    `in a loop whose back-edge does not poll, line ${front.line}`,
  );
}

/** @param {Page} page @param {Record<string, string>} front */
async function cures(page, front) {
  const cure = button(rail(page), 'Run the cure');
  if ((front['cured-press'] ?? front.press) === front.press) {
    await cure.click();
    await runs(page);
  } else await expect(cure).toHaveCount(0);
  const compared = page.locator('#famous-pair');
  for (let pressed = 0, told = 0; front.press !== 'none' && told < STOPS; pressed += 1) {
    expect(pressed, `${told} stops of ${MOST} tell of the program`).toBeLessThan(MOST);
    told += Number(isTelling(await stopOnce(page, 'after'), front));
  }
  await expect(compared).toBeVisible({ timeout: 30_000 });
  const early = 'hardly begun';
  if (front.press !== 'none' && (await compared.textContent())?.includes(early)) {
    // Its stops came within its first second: the page says to stop again after that.
    await expect(page.locator('[data-half=after]')).toContainText('stop again in a second');
    await button(page, 'Resume').click();
    await passes(page, 1500);
    await stopOnce(page, 'after');
  }
  await expect(compared).not.toContainText(early, { timeout: 30_000 });
  await expect
    .poll(
      async () => {
        const [before, after] = await compared.evaluate(({ dataset }) => [
          Number(dataset.before),
          Number(dataset.after),
        ]);
        return Number(before) / Math.max(Number(after), 1e-9);
      },
      { timeout: 30_000 },
    )
    .toBeGreaterThanOrEqual(Number(front.ratio));
}

for (const { name, front } of ALL)
  test(`${front.title}: the lab says why and where, and the cure cures${DAILY.includes(name) ? '' : ' @deep'}`, async ({
    page,
    address,
  }) => {
    test.setTimeout(180_000);
    await open(page, address, name, front.press);
    if (front.waits === 'yes') await waitsInVain(page, front);
    else await showsIt(page, front);
    await cures(page, front);
    const both = region(page, 'Before and after');
    await expect(both.getByRole('img', { name: /^Lanes of (Before|After) around pause/ })).toHaveCount(2);
    await expect(rail(page)).toContainText(front.source ?? '');
  });

test('the list leads to each of them, back again, and stays after a reload @deep', async ({ lab }) => {
  await expectRunning(lab);
  await goTo(lab, 'Famous pauses');
  await expect(rail(lab).getByRole('listitem')).toHaveCount(ALL.length);
  await rail(lab)
    .getByRole('link', { name: /^A call into another language/ })
    .click();
  await expect(lab).toHaveURL(/#famous\/foreign-call$/);
  await expect(rail(lab).getByRole('heading', { name: 'A call into another language' })).toBeVisible();
  await expectRunning(lab);
  await expect(lab.locator('.cm-content')).toContainText('stall(300)');
  await lab.reload();
  await expect(rail(lab).getByRole('heading', { name: 'A call into another language' })).toBeVisible();
  await expectRunning(lab);
  await rail(lab).getByRole('link', { name: 'All famous pauses' }).click();
  await expect(lab).toHaveURL(/#famous$/);
  await lab.goBack();
  await expect(lab).toHaveURL(/#famous\/foreign-call$/);
  await expectRunning(lab);
  // From the list of programs, too; its program is not the reader's own.
  await goTo(lab, 'Try');
  const programs = lab.getByRole('combobox', { name: 'Program', exact: true });
  await programs.selectOption('Busy loops');
  await expectRunning(lab);
  await expect(programs.locator('optgroup')).toHaveCount(0);
  await programs.selectOption('Famous pauses …');
  await expect(lab).toHaveURL(/#famous$/);
  await expect(rail(lab)).toBeVisible();
  await lab.evaluate(() => void (location.hash = '#famous/no-such-thing'));
  await expect(lab.getByRole('alert')).toContainText('There is no famous pause called "no-such-thing"');
});

test('by keyboard alone, from the list to the cure @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.keyboard.press('5');
  await rail(lab)
    .getByRole('link', { name: /^A call into another language/ })
    .focus();
  await lab.keyboard.press('Enter');
  await expectRunning(lab);
  const stop = step(lab, 'before').getByRole('button', { name: /^Stop the world/ });
  for (;;) {
    await stop.or(step(lab, 'before').getByRole('button', { name: /^Resume and stop/ })).focus();
    await lab.keyboard.press('Enter');
    await expectState(lab, 'Stopped for GC');
    if (isShown(await held(lab), { shows: 'blocked', line: '4' })) break;
  }
  await button(rail(lab), 'Run the cure').focus();
  await lab.keyboard.press('Enter');
  await expectRunning(lab);
  await step(lab, 'after')
    .getByRole('button', { name: /^Stop the world/ })
    .focus();
  await lab.keyboard.press('Enter');
  await expect(lab.locator('#famous-pair')).toBeVisible();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark']))
  for (const width of [1440, 390])
    test(`axe finds nothing in a pause that is cured, ${colorScheme}, ${width} pixels @deep`, async ({
      page,
      address,
    }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await open(page, address, 'foreign-call');
      await showsIt(page, { shows: 'blocked', line: '4' });
      await cures(page, { ratio: '2' });
      expect(await audit(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    });
