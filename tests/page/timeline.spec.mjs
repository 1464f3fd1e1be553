/** Zooming and moving the timeline: each gesture, and that it takes nothing from the page. */
import { button, expectRunning, expectState, region, runIt, write } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const live = (/** @type {Page} */ page) => button(page, 'Live');

/** @param {Page} page @param {boolean} is */
async function expectLive(page, is) {
  await expect(live(page)).toHaveAttribute('aria-pressed', String(is));
}

/** What is shown, in words. @param {Page} page */
const shown = (page) => page.locator('#timeline-title');

/**
 * The stretch that is shown, in seconds of the run, from the words.
 *
 * @param {Page} page
 */
async function stretch(page) {
  const text = (await shown(page).textContent()) ?? '';
  const [, from, to] = /^([\d.]+) s to ([\d.]+) s/.exec(text) ?? [];
  if (from === undefined) throw new Error(`no stretch is shown: ${text}`);
  return { from: Number(from), to: Number(to), span: Number(to) - Number(from) };
}

/**
 * The middle of the lanes, and a point a share of their width to the right of it.
 *
 * @param {Page} page
 */
async function lanes(page) {
  const canvas = page.locator('#lanes');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (!box) throw new Error('the lanes are not shown');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width };
}

/** A run of a few seconds that is over, so that nothing moves by itself. @param {Page} page */
async function recorded(page) {
  await expectRunning(page);
  await page.evaluate(async () => {
    for (let i = 0; i < 3; i += 1) await window.lab.cycle('gc');
  });
  await button(page, 'End run').click();
  await expectState(page, 'Not running');
  await button(page, 'All of the run').click();
  await expectLive(page, false);
}

test('the buttons zoom the live view, and it stays live @deep', async ({ lab }) => {
  await expectRunning(lab);
  await expect(shown(lab)).toHaveText('the last 4 s');
  await button(lab, 'Show a shorter time').click();
  await expect(shown(lab)).toHaveText(/^the last 2 s/);
  await button(lab, 'Show a longer time').click();
  await button(lab, 'Show a longer time').click();
  await expect(shown(lab)).toHaveText(/^the last 8 s/);
  await expectLive(lab, true);
});

test('a run that was short fills the picture when it is over @deep', async ({ lab }) => {
  const speeds = lab.locator('#timeline .legend').getByText('instructions per second');
  await lab.setViewportSize({ width: 1440, height: 900 });
  await expectRunning(lab);
  await expect(speeds).toBeVisible();
  await lab.getByRole('combobox', { name: 'Program' }).selectOption({ label: 'Deadlock' });
  await expectState(lab, 'Trapped');
  // Its tasks sleep for 50 ms; four seconds are shown of what goes on.
  await expect(shown(lab)).toHaveText(/^0 s to 0\.\d+ s/);
  await expectLive(lab, true);
  await expect(speeds).toBeHidden();
});

test('events that came too fast are said to be missing, and where @deep', async ({ lab }) => {
  const missing = lab.locator('#timeline .legend').getByText('missing events');
  await expectRunning(lab);
  await expect(missing).toBeHidden();
  const YIELDING = `.func task ()\nagain:\n    yield\n    jmp again\n.func main ()\n${'    spawn task\n    pop\n'.repeat(8)}    call task\n    ret\n`;
  await write(lab, YIELDING);
  await runIt(lab);
  // There is no reader for as long as this takes, and the workers' rings come round.
  await lab.evaluate(() => {
    const until = performance.now() + 500;
    while (performance.now() < until);
  });
  await expect(shown(lab)).toContainText(/events missing below the red line/);
  await expect(missing).toBeVisible();
});

test('a drag with shift moves the picture and leaves the live view, Live goes back @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  // A second of the run, and a picture of a quarter of it: there is room to move.
  await lab.evaluate(async () => {
    const { at } = await window.lab.cycle('gc');
    while ((await window.lab.cycle('gc')).at - at < 1e6);
  });
  await live(lab).click();
  for (const span of ['2 s', '1 s', '0.5 s', '0.25 s']) {
    await button(lab, 'Show a shorter time').click();
    await expect(shown(lab)).toHaveText(new RegExp(`^the last ${span}`));
  }
  const { x, y } = await lanes(lab);
  await lab.keyboard.down('Shift');
  await lab.mouse.move(x, y);
  await lab.mouse.down();
  await lab.mouse.move(x + 60, y, { steps: 4 });
  await expectLive(lab, false);
  const before = await stretch(lab);
  await lab.mouse.move(x - 60, y, { steps: 4 });
  const after = await stretch(lab);
  await lab.mouse.up();
  await lab.keyboard.up('Shift');
  expect(after.from, 'to the left is later').toBeGreaterThan(before.from);
  await expectLive(lab, false);
  await live(lab).click();
  await expectLive(lab, true);
});

test('a drag marks a stretch, says what it contains and shows it; Escape goes back @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await lab.evaluate(() => window.lab.cycle('gc'));
  await live(lab).click();
  const { x, y, width } = await lanes(lab);
  // Called off, it leaves everything as it was: the live view goes on.
  await lab.mouse.move(x, y);
  await lab.mouse.down();
  await lab.mouse.move(x + 60, y, { steps: 3 });
  await expect(shown(lab)).toHaveText(/^marked: /);
  await lab.keyboard.press('Escape');
  await expectLive(lab, true);
  await lab.mouse.up();
  await expectLive(lab, true);

  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
  await button(lab, 'All of the run').click();
  const all = await stretch(lab);
  await expect(shown(lab)).toHaveText(/ · 1 pause · stopped for .+ \(.+%\)$/);
  await lab.mouse.move(x, y);
  await lab.mouse.down();
  await lab.mouse.move(x + width / 4, y, { steps: 3 });
  await expect(lab.locator('.marked')).toBeVisible();
  await expect(shown(lab)).toHaveText(/^marked: .+ long · (no pause|1 pause)/);
  await lab.mouse.up();
  await expect(lab.locator('.marked')).toBeHidden();
  const part = await stretch(lab);
  expect(part.span).toBeLessThan(all.span * 0.4);
  expect(part.from).toBeGreaterThan(all.from + 0.3 * all.span);
  await expectLive(lab, false);
  await lab.keyboard.press('Escape');
  await expectLive(lab, true);
});

test('a drag ends in no click, a click shows the pause below it, and Escape goes back to it @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  // The run goes on after its first pause, so that this pause can be shown in the middle of the picture.
  await lab.evaluate(async () => {
    const { at } = await window.lab.cycle('gc');
    while ((await window.lab.cycle('gc')).at - at < 1e5);
  });
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
  await lab.evaluate(() => window.lab.select(1));
  await expect(shown(lab)).toHaveText(/^pause 1\b/);
  await button(lab, 'Show a longer time').click();
  await expect(shown(lab)).toHaveText(/ s to /);
  const { x, y } = await lanes(lab);
  await lab.mouse.move(x - 40, y);
  await lab.mouse.down();
  await lab.mouse.move(x + 40, y, { steps: 3 });
  await lab.mouse.up();
  await expect(shown(lab)).toHaveText(/ s to /);
  await lab.mouse.click(x, y);
  await expect(shown(lab)).toHaveText(/^pause 1\b/);
  await button(lab, 'Show a longer time').click();
  await lab.locator('#lanes').focus();
  await lab.keyboard.press('Escape');
  await expect(shown(lab)).toHaveText(/^pause 1\b/);
});

test('keys mark a stretch, too @deep', async ({ lab }) => {
  await recorded(lab);
  await lab.locator('#lanes').focus();
  const all = await stretch(lab);
  await lab.keyboard.press('Enter');
  await expect(shown(lab)).toHaveText(/^marked: /);
  await expect(lab.locator('#announcer')).toContainText(/Marking .+ long/);
  for (let i = 0; i < 5; i += 1) await lab.keyboard.press('ArrowLeft');
  for (let i = 0; i < 5; i += 1) await lab.keyboard.press('Shift+ArrowRight');
  await lab.keyboard.press('Enter');
  const part = await stretch(lab);
  // Half of it, and ten steps of a fiftieth less.
  expect(part.span / all.span).toBeCloseTo(0.3, 1);
  await lab.keyboard.press('Enter');
  await lab.keyboard.press('Escape');
  expect(await stretch(lab)).toEqual(part);
});

test('what is pointed at has its time and what the worker did @deep', async ({ lab }) => {
  await recorded(lab);
  const { x, y } = await lanes(lab);
  await lab.mouse.move(x, y);
  await expect(lab.locator('.pointed')).toHaveText(
    /^[\d.]+ s · worker \d (running|stopped|idle|asked to stop)/,
  );
  await lab.keyboard.press('Escape');
  await expect(lab.locator('.pointed')).toBeHidden();
  await lab.mouse.move(x + 1, y);
  await expect(lab.locator('.pointed')).toBeVisible();
  await lab.mouse.move(x, 1);
  await expect(lab.locator('.pointed')).toBeHidden();
});

for (const width of [1440, 390])
  test(`what is pointed at is named within a window of ${width} pixels @deep`, async ({ lab }) => {
    await lab.setViewportSize({ width, height: 844 });
    await recorded(lab);
    const box = await lab.locator('.lanes-box').boundingBox();
    if (!box) throw new Error('there are no lanes');
    const seen = [];
    for (let x = box.x + 2; x < box.x + box.width; x += box.width / 12) {
      await lab.mouse.move(x, (await lanes(lab)).y);
      const text = lab.locator('.pointed span');
      if (!(await text.isVisible())) continue;
      const said = await text.boundingBox();
      if (said) seen.push({ from: said.x - box.x, room: box.x + box.width - said.x - said.width });
    }
    expect(seen.length).toBeGreaterThan(6);
    for (const { from, room } of seen) {
      expect(from, 'pixels beside the left edge').toBeGreaterThanOrEqual(0);
      expect(room, 'pixels beside the right edge').toBeGreaterThanOrEqual(0);
    }
  });

test('the wheel scrolls the page, with control it zooms at the pointer, sideways it moves @deep', async ({
  lab,
}) => {
  // Too low for one screen: the page scrolls.
  await lab.setViewportSize({ width: 1280, height: 600 });
  await recorded(lab);
  const { x, y, width } = await lanes(lab);
  await lab.mouse.move(x + width / 4, y);
  const words = await shown(lab).textContent();
  const scrolled = await lab.evaluate(() => scrollY);
  await lab.mouse.wheel(0, 200);
  await expect.poll(() => lab.evaluate(() => scrollY)).toBeGreaterThan(scrolled);
  await expect(shown(lab)).toHaveText(words ?? '');
  await lab.mouse.wheel(0, -400);
  await expect.poll(() => lab.evaluate(() => scrollY)).toBeLessThanOrEqual(scrolled);

  const place = await lanes(lab);
  await lab.mouse.move(place.x + width / 4, place.y);
  const before = await stretch(lab);
  await lab.keyboard.down('Control');
  await lab.mouse.wheel(0, -240);
  await lab.keyboard.up('Control');
  await expect.poll(async () => (await stretch(lab)).span).toBeLessThan(before.span * 0.6);
  const closer = await stretch(lab);
  // Right of the middle: more is cut off on the left.
  expect(closer.from - before.from).toBeGreaterThan(1.5 * (before.to - closer.to));

  await lab.mouse.wheel(120, 0);
  await expect.poll(async () => (await stretch(lab)).from).toBeGreaterThan(closer.from);
  const moved = await stretch(lab);
  await lab.keyboard.down('Shift');
  await lab.mouse.wheel(0, -120);
  await lab.keyboard.up('Shift');
  await expect.poll(async () => (await stretch(lab)).from).toBeLessThan(moved.from);
});

test('the picture grows with the text, and a hand means what it points at @deep', async ({ lab }) => {
  await lab.setViewportSize({ width: 1440, height: 900 });
  await recorded(lab);
  const height = () => lab.locator('#lanes').evaluate((canvas) => canvas.clientHeight);
  const usual = await height();
  await lab.evaluate(() => void (document.documentElement.style.fontSize = '200%'));
  await expect.poll(height).toBe(2 * usual);
  const before = await stretch(lab);
  // Where the lanes begin: behind "W0" in twice the size.
  const { x, y, width } = await lanes(lab);
  await lab.mouse.move(x - width / 2 + 2 * 34, y);
  await lab.keyboard.down('Control');
  await lab.mouse.wheel(0, -240);
  await lab.keyboard.up('Control');
  await expect.poll(async () => (await stretch(lab)).span).toBeLessThan(0.7 * before.span);
  const after = await stretch(lab);
  expect(Math.abs(after.from - before.from)).toBeLessThan(0.02 * before.span);
});

test('the keyboard zooms, moves and goes from pause to pause, also when the run is over @quick', async ({
  lab,
}) => {
  await recorded(lab);
  await lab.locator('#lanes').focus();
  const all = await stretch(lab);
  await lab.keyboard.press('+');
  const closer = await stretch(lab);
  expect(closer.span).toBeLessThan(all.span * 0.6);
  await lab.keyboard.press('Shift+ArrowLeft');
  expect((await stretch(lab)).from).toBeLessThan(closer.from);
  await lab.keyboard.press('Shift+ArrowRight');
  await lab.keyboard.press('Shift+ArrowRight');
  expect((await stretch(lab)).from).toBeGreaterThan(closer.from);
  await lab.keyboard.press('-');
  await lab.keyboard.press('0');
  expect((await stretch(lab)).span).toBeCloseTo(all.span, 1);
  await lab.keyboard.press('ArrowLeft');
  await expect(shown(lab)).toHaveText(/^pause /);
  await lab.keyboard.press('Escape');
  await expectLive(lab, true);
});

test('from a pause the picture zooms and moves, too @deep', async ({ lab }) => {
  await recorded(lab);
  await lab.locator('#lanes').focus();
  await lab.keyboard.press('ArrowLeft');
  await expect(shown(lab)).toHaveText(/^pause /);
  await lab.keyboard.press('+');
  await expect(shown(lab)).toHaveText(/ s to /);
  await expect(lab.getByRole('table', { name: /^Arrivals of pause/ })).toBeVisible();
});

test('live, many workers are listed by their latest, and all of them at a press @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.evaluate(async () => {
    await window.lab.run({ workers: 12 });
    await window.lab.automatic({ reason: 'gc', everyMs: 50 });
  });
  const rows = lab
    .locator('#waterfall')
    .getByRole('row')
    .filter({ hasText: /^Worker \d/ });
  await expect(rows).toHaveCount(8);
  await button(lab, 'Look at this pause with all 12 workers').click();
  await expect(rows).toHaveCount(12);
  await button(lab, 'Live').click();
  await expect(rows).toHaveCount(8);
});

test('every arrival has its place and every worker its first instruction after the release', async ({
  lab,
}) => {
  await expectRunning(lab);
  await lab.evaluate(() => window.lab.cycle('gc'));
  const table = lab.getByRole('table', { name: /^Arrivals of pause 1/ });
  const rows = table.getByRole('row').filter({ hasText: /^Worker \d/ });
  await expect(rows).toHaveCount(4);
  for (const row of await rows.all()) {
    await expect(row.getByRole('cell').nth(2), 'where it was').toHaveText(/line \d+/);
    await expect(row.getByRole('cell').nth(3), 'executed').toHaveText(/^(0|≤ [1-9]\d*)$/);
    await expect(row.getByRole('cell').nth(5), 'ran again after').toHaveText(/\d\s*(µs|ms|s)$/);
  }
  const first = region(lab, 'This pause').locator('.parts .again dd');
  await expect(first).toHaveText(/\d\s*(µs|ms|s)$/);
});

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('one finger sideways moves, up and down scrolls, two fingers zoom @deep', async ({ lab }) => {
    await recorded(lab);
    const { x, y } = await lanes(lab);
    const session = await lab.context().newCDPSession(lab);
    const touch = (
      /** @type {string} */ type,
      /** @type {{ x: number, y: number, id: number }[]} */ touchPoints,
    ) => session.send('Input.dispatchTouchEvent', /** @type {any} */ ({ type, touchPoints }));
    const one = (/** @type {number} */ dx, /** @type {number} */ dy) => [{ x: x + dx, y: y + dy, id: 1 }];
    const two = (/** @type {number} */ apart) => [
      { x: x - apart, y, id: 1 },
      { x: x + apart, y, id: 2 },
    ];

    const all = await stretch(lab);
    await touch('touchStart', two(20));
    for (const apart of [30, 40, 60, 80]) await touch('touchMove', two(apart));
    await touch('touchEnd', []);
    await expect.poll(async () => (await stretch(lab)).span).toBeLessThan(all.span * 0.6);

    const before = await stretch(lab);
    await touch('touchStart', one(0, 0));
    for (const dx of [-20, -40, -60]) await touch('touchMove', one(dx, 0));
    await touch('touchEnd', []);
    await expect.poll(async () => (await stretch(lab)).from).toBeGreaterThan(before.from);

    const place = await stretch(lab);
    const scrolled = await lab.evaluate(() => scrollY);
    await touch('touchStart', one(0, 0));
    for (const dy of [-30, -60, -90, -120]) await touch('touchMove', one(0, dy));
    await touch('touchEnd', []);
    await expect.poll(() => lab.evaluate(() => scrollY)).toBeGreaterThan(scrolled);
    expect(await stretch(lab)).toEqual(place);
  });
});
