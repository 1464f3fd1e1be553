/** By keyboard, by screen reader, on a phone, in both themes. */
import audit from './axe.mjs';
import { button, endRun, expectRunning, expectState, goTo, stopWorld } from './lab-page.mjs';
import { expect, test } from './support.mjs';

test('the controls work by keyboard alone @quick', async ({ lab }) => {
  await expectRunning(lab);
  await button(lab, 'GC').focus();
  await lab.keyboard.press('Enter');
  await expectState(lab, 'Stopped for GC');
  // The pressed button is disabled now: the focus moved to the way out.
  await expect(button(lab, 'Resume')).toBeFocused();
  await lab.keyboard.press('Space');
  await expectRunning(lab);
  await lab.keyboard.press('Shift+Tab');
  await expect(lab.locator(':focus')).toBeVisible();
  await button(lab, 'End run').focus();
  await lab.keyboard.press('Enter');
  await expectState(lab, 'Not running');
  await expect(button(lab, 'Run')).toBeFocused();
  await lab.keyboard.press('Enter');
  await expectRunning(lab);
});

test('the editor does not trap the keyboard @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.getByRole('textbox', { name: 'Program source' }).focus();
  await lab.keyboard.press('Escape');
  await lab.keyboard.press('Tab');
  await expect(lab.getByRole('textbox', { name: 'Program source' })).not.toBeFocused();
});

test('a screen reader hears what the pause did', async ({ lab }) => {
  await expectRunning(lab);
  await stopWorld(lab, 'GC');
  const sentence = await lab.evaluate(() => window.lab.held?.sentence);
  // Marks around code are for the eye.
  await expect(lab.locator('#announcer')).toContainText(sentence?.replaceAll('`', '') ?? '?');
  await expect(lab.locator('#announcer')).toContainText('Resume');
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`axe finds nothing, ${colorScheme}${colorScheme === 'dark' ? ' @deep' : ''}`, async ({
    page,
    address,
  }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(address);
    await expectRunning(page);
    expect(await audit(page), 'running').toEqual([]);
    await stopWorld(page, 'Debug');
    expect(await audit(page), 'stopped').toEqual([]);
  });
}

for (const width of [1440, 1024, 390]) {
  test(`nothing is cut off at ${width} pixels @deep`, async ({ page, address }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(address);
    await expectRunning(page);
    await stopWorld(page, 'GC');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
    await button(page, 'Resume').click();
    await expectRunning(page);
  });

  test(`no panel covers another, wherever the page is scrolled to, at ${width} pixels @deep`, async ({
    page,
    address,
  }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto(address);
    await expectRunning(page);
    await stopWorld(page, 'GC');
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const covered = await page.evaluate(async (part) => {
        scrollTo(0, part * (document.documentElement.scrollHeight - innerHeight));
        await new Promise((settled) => requestAnimationFrame(() => requestAnimationFrame(settled)));
        const panels = [...document.querySelectorAll('.panel')].filter((panel) => panel.checkVisibility());
        const boxes = panels.map((panel) => ({ id: panel.id, box: panel.getBoundingClientRect() }));
        return boxes.flatMap(({ id, box }, i) =>
          boxes
            .slice(i + 1)
            .filter(
              ({ box: { left, right, top, bottom } }) =>
                left < box.right && right > box.left && top < box.bottom && bottom > box.top,
            )
            .map((other) => `${id} and ${other.id}`),
        );
      }, share);
      expect(covered, `at ${share} of the page`).toEqual([]);
    }
  });
}

for (const { width, height, text } of [
  { width: 1024, height: 768, text: 100 },
  { width: 1024, height: 768, text: 200 },
  { width: 390, height: 844, text: 100 },
  { width: 390, height: 844, text: 200 },
  // What a window of 1024 x 768 has where the browser shows everything twice as large.
  { width: 512, height: 384, text: 100 },
])
  test(`finding, lanes and the way to stop and resume are in sight at ${width} x ${height}, text at ${text} %`, async ({
    page,
    address,
  }) => {
    await page.setViewportSize({ width, height });
    await page.goto(address);
    await page.evaluate((size) => void (document.documentElement.style.fontSize = `${size}%`), text);
    await expectRunning(page);
    for (const name of ['GC', 'Snapshot', 'Debug'])
      await expect(button(page, name)).toBeInViewport({ ratio: 1 });
    await stopWorld(page, 'GC');
    await expect(page.locator('#sentence')).toHaveText(/stood still|took/);
    await expect(button(page, 'Resume')).toBeInViewport({ ratio: 1 });
    for (const job of ['Learn', 'Try', 'Debug', 'Compare'])
      await expect(page.getByRole('link', { name: job, exact: true })).toBeInViewport({ ratio: 1 });
    const { scrolled, hidden } = await page.evaluate(() => {
      // What is fixed at the lower end covers what is below it.
      const stops = document.querySelector('.stops')?.getBoundingClientRect();
      const end = stops && stops.bottom >= innerHeight - 1 ? stops.top : innerHeight;
      const bottom = (/** @type {string} */ id) =>
        document.getElementById(id)?.getBoundingClientRect() ?? new DOMRect();
      // A lane of the text's size has to be seen, and all of the finding.
      const lane = 40 * (parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);
      return {
        scrolled: scrollY,
        hidden: { finding: bottom('sentence').bottom - end, lane: bottom('lanes').top + lane - end },
      };
    });
    expect(scrolled).toBe(0);
    expect(hidden.finding).toBeLessThanOrEqual(0);
    expect(hidden.lane).toBeLessThanOrEqual(0);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(width);
  });

test('what a phone has folded is one press away @deep', async ({ page, address }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(address);
  await expectRunning(page);
  const legend = page.locator('#legend');
  await expect(legend).toBeHidden();
  await button(page, 'What the colours mean').click();
  await expect(legend).toBeVisible();
  await page.evaluate(() => void (document.documentElement.style.fontSize = '200%'));
  await stopWorld(page, 'GC');
  await expect(page.locator('#more')).toBeHidden();
  await button(page, 'More of it').click();
  await expect(page.locator('#more')).toBeVisible();
  await expect(page.locator('#figures')).toBeVisible();
});

test('the keyboard keeps its place where a button goes away', async ({ lab }) => {
  await endRun(lab);
  await goTo(lab, 'Learn');
  await expectRunning(lab);
  await expect.poll(() => lab.evaluate(() => window.lab.state)).toBe('running');
  const steps = lab.locator('#lesson-steps');
  const focused = () => lab.evaluate(() => document.activeElement?.closest('#lesson-steps') !== null);
  const pressed = async (/** @type {string} */ name) => {
    const step = steps.getByRole('button', { name, exact: true });
    await expect(step).toBeEnabled();
    await step.focus();
    await expect(step).toBeFocused();
    await lab.keyboard.press('Enter');
  };
  await pressed('Stop the world');
  await expectState(lab, 'Stopped for GC');
  await expect(steps.getByRole('button', { name: 'Resume', exact: true })).toBeVisible();
  await expect.poll(focused).toBe(true);
  // What the user has left stays left: the page looks when it is drawn the next time.
  await lab.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    return new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => setTimeout(resolve))));
  });
  await lab.evaluate(() => window.lab.resume());
  await expectRunning(lab);
  expect(await lab.evaluate(() => document.activeElement === document.body)).toBe(true);
});

test('in Debug nothing of the page is behind its end, in large text either @deep', async ({ lab }) => {
  await lab.setViewportSize({ width: 1024, height: 768 });
  await expectRunning(lab);
  await goTo(lab, 'Debug');
  await stopWorld(lab, 'Debug');
  for (const size of ['100%', '200%']) {
    await lab.evaluate((to) => void (document.documentElement.style.fontSize = to), size);
    const beyond = () => lab.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    await expect.poll(beyond, size).toBe(0);
  }
});
