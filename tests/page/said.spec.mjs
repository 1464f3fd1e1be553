/** What the page says stays true and can be read. */
import { COUNTING, button, expectRunning, expectState, region, stopWorld, write } from './lab-page.mjs';
import { expect, test } from './support.mjs';

test('what a button does is said before its key, and without it where keys are off @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await expect(button(lab, 'GC')).toHaveAttribute('title', /^Garbage collection: .*\. Key: G$/);
  await expect(button(lab, 'Resume')).toHaveAttribute('title', 'Lets all workers run again. Key: C');
  await lab.keyboard.press('?');
  await lab.locator('#shortcuts-enabled').uncheck();
  await expect(button(lab, 'Resume')).toHaveAttribute('title', 'Lets all workers run again');
});

for (const width of [1280, 1024, 360])
  test(`every tip is seen whole in a window of ${width} pixels, and closes by Escape @deep`, async ({
    lab,
  }) => {
    await lab.setViewportSize({ width, height: 720 });
    await expectRunning(lab);
    await stopWorld(lab, 'GC');
    // The table of the pause is there.
    await expect(lab.locator('.term .word', { hasText: 'Executed' })).toBeVisible();
    /** @type {(string | null)[]} */
    const cut = [];
    let seen = 0;
    for (const word of await lab.locator('.term .word').all()) {
      if (!(await word.isVisible())) continue;
      await word.focus();
      const name = await word.textContent();
      const tip = lab.locator('.tip:popover-open');
      await expect(tip).toHaveCount(1);
      const isWhole = await tip.evaluate((shown) => {
        const { left, right, top, bottom } = shown.getBoundingClientRect();
        // Its corners are round.
        const corners = [left + 3, right - 3].flatMap((x) => [top + 3, bottom - 3].map((y) => ({ x, y })));
        return corners.every(({ x, y }) => shown.contains(document.elementFromPoint(x, y)));
      });
      if (!isWhole) cut.push(name);
      seen += 1;
      await lab.keyboard.press('Escape');
      await expect(tip).toHaveCount(0);
    }
    expect(cut).toEqual([]);
    expect(seen).toBeGreaterThan(3);
  });

test('the tip of what is pointed at stays while it is read itself', async ({ lab }) => {
  // Nothing moves: no stop brings other words.
  await expectRunning(lab);
  const word = lab.locator('.term .word', { hasText: 'time to safepoint' }).first();
  await word.hover();
  const tip = lab.locator('.tip:popover-open');
  await expect(tip).toContainText('until the last one has stopped');
  await tip.hover();
  await expect(tip).toBeVisible();
  await lab.mouse.move(2, 2);
  await expect(tip).toHaveCount(0);
  // One that was closed comes back when it is come to again, and not when the mouse moves elsewhere.
  await word.focus();
  await expect(tip).toHaveCount(1);
  await lab.keyboard.press('Escape');
  await lab.locator('#lanes').hover();
  await expect(tip).toHaveCount(0);
  await word.hover();
  await lab.keyboard.press('Escape');
  await expect(tip).toHaveCount(0);
  await lab.locator('#lanes').hover();
  await word.blur();
  await word.hover();
  await expect(tip).toHaveCount(1);
});

test('a snapshot is saved beside the pause that holds the world, and nowhere else', async ({ lab }) => {
  await expectRunning(lab);
  await stopWorld(lab, 'Snapshot');
  const save = button(lab, 'Save it as a file');
  await expect(save).toBeVisible();
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  await stopWorld(lab, 'GC');
  await button(lab, 'Previous pause').or(lab.locator('#pause-previous')).first().click();
  await expect(region(lab, 'This pause')).toContainText('Snapshot of');
  await expect(region(lab, 'This pause')).toContainText('While the world is kept stopped');
  await expect(save).toBeHidden();
});

test('a breakpoint says why the world is stopped, a trap where it was, and figures stay @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  // A median is of two pauses at least.
  for (let pauses = 0; pauses < 2; pauses += 1) await lab.evaluate(() => window.lab.cycle('gc'));
  const cards = lab.locator('#cards');
  await expect(cards).toContainText('GC');
  await expect(cards.locator('dd').first()).not.toContainText('–');
  await stopWorld(lab, 'Debug');
  await expect(lab.locator('#says')).not.toHaveText('');
  await expect(cards).toContainText('GC, p50');
  await expect(cards.locator('dd').first()).not.toContainText('–');
  await button(lab, 'Resume').click();
  await write(lab, '.func main ()\n    trap "no cheese"\n');
  await button(lab, 'Run').click();
  await expectState(lab, 'Trapped: no cheese (line 2)');
});

test('lines of the log are stamped with the time since the run began @deep', async ({ lab }) => {
  await lab.evaluate(() => window.lab.stop());
  const stopped = await lab.evaluate(async (text) => {
    await window.lab.load(text);
    await window.lab.run({ workers: 1 });
    const began = performance.now();
    while (performance.now() - began < 1200) await new Promise((resolve) => setTimeout(resolve, 50));
    await window.lab.stop();
    return document.querySelector('#log')?.textContent ?? '';
  }, COUNTING);
  await expect.poll(() => lab.locator('#log').textContent()).toContain('Stopped');
  const text = (await lab.locator('#log').textContent()) ?? stopped;
  const seconds = [...text.matchAll(/\[([\d.]+)s\]\[info\]\[program\] Stopped/g)].map(([, s]) => Number(s));
  expect(Math.max(...seconds)).toBeGreaterThan(1);
});

test('a reader of a script’s own takes no event from others @deep', async ({ lab }) => {
  await expectRunning(lab);
  const both = await lab.evaluate(async () => {
    const readers = [window.lab.reader(), window.lab.reader()];
    for (const read of readers) read(() => {});
    await window.lab.cycle('gc');
    return readers.map((read) => {
      let armed = 0;
      read(({ kind }) => void (armed += Number(kind === 'armed')));
      return armed;
    });
  });
  expect(both).toEqual([1, 1]);
});
