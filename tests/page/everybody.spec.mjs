/** By keyboard alone, with fingers, with large text. */
import audit from './axe.mjs';
import { button, expectRunning, expectState, stopWorld, openSettings } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** Whatever can be operated and seen now. */
const OPERABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select, textarea, summary, [tabindex="0"], [contenteditable="true"]';

test('Tab goes through everything that can be operated, and out again @deep', async ({ lab }) => {
  await expectRunning(lab);
  await openSettings(lab);
  await stopWorld(lab, 'Debug');
  await expect(lab.locator('#tasks .task').first()).toBeVisible();
  const wanted = await lab.evaluate((selector) => {
    const shown = [...document.querySelectorAll(selector)].filter(
      (one) =>
        /** @type {HTMLElement} */ (one).checkVisibility({ visibilityProperty: true }) &&
        /** @type {HTMLElement} */ (one).tabIndex >= 0 &&
        // Of a group of radio buttons one has the focus, arrows reach the others.
        !(one instanceof HTMLInputElement && one.type === 'radio' && !one.checked),
    );
    /** @type {HTMLElement} */ (document.activeElement)?.blur();
    return shown.map((one) => one.id || one.textContent?.trim() || one.outerHTML);
  }, OPERABLE);
  const left = new Set(wanted);
  for (let presses = 0; presses < 3 * wanted.length && left.size > 0; presses++) {
    await lab.keyboard.press('Tab');
    const { at, isEditor } = await lab.evaluate(() => {
      const one = document.activeElement;
      // By name: figures are put anew while they come in.
      const at = one?.id || one?.textContent?.trim() || one?.outerHTML || '';
      return { at, isEditor: one?.classList.contains('cm-content') ?? false };
    });
    left.delete(at);
    if (isEditor) await lab.keyboard.press('Escape');
  }
  expect([...left]).toEqual([]);
});

test('what has the focus can be seen @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.keyboard.press('Tab');
  for (let presses = 0; presses < 25; presses++) {
    await lab.keyboard.press('Tab');
    const bare = await lab.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body || at.classList.contains('cm-content')) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(at);
      return outlineStyle === 'none' || outlineWidth === '0px' ? at.outerHTML.slice(0, 80) : null;
    });
    expect(bare).toBe(null);
    if (await lab.evaluate(() => document.activeElement?.classList.contains('cm-content')))
      await lab.keyboard.press('Escape');
  }
});

for (const [name, query] of /** @type {const} */ ([
  ['page', ''],
  ['embedded page', '?embed&autostart'],
])) {
  for (const width of [1440, 390]) {
    test(`text of twice the size is not cut off on the ${name} at ${width} pixels @deep`, async ({
      page,
      address,
    }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(address + query);
      await expectRunning(page);
      await page.evaluate(() => void (document.documentElement.style.fontSize = '200%'));
      await stopWorld(page, 'GC');
      const { wide, cut } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        cut: [...document.querySelectorAll('button, .check, .field, h2:not(.sr-only), .hint')]
          .filter((one) => one.checkVisibility() && one.clientWidth > 0)
          .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
          .map((one) => one.id || one.textContent?.trim()),
      }));
      expect(cut).toEqual([]);
      expect(wide).toBeLessThanOrEqual(width);
    });
  }
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('fingers stop the world and let it go @deep', async ({ lab }) => {
    await expectRunning(lab);
    // The page begins at its beginning.
    expect(await lab.evaluate(() => scrollY)).toBe(0);
    await button(lab, 'GC').tap();
    await expectState(lab, 'Stopped for GC');
    await button(lab, 'Resume').tap();
    await expectRunning(lab);
  });

  test('whatever is pressed is large enough for a finger @deep', async ({ lab }) => {
    await expectRunning(lab);
    await openSettings(lab);
    const small = await lab.evaluate(() => {
      const sizeOf = (/** @type {Element} */ one) => (one.closest('label') ?? one).getBoundingClientRect();
      const all = [...document.querySelectorAll('button, select, input, summary')].filter((one) =>
        one.checkVisibility(),
      );
      const main = ['run', 'stop', 'gc', 'snapshot', 'look', 'resume', 'share', 'open'];
      return all.flatMap((one) => {
        const { width, height } = sizeOf(one);
        // A link in a sentence is as high as its line.
        const least = main.includes(one.id) ? 44 : one.classList.contains('link') ? 0 : 24;
        return width < least || height < least ? [`${one.id || one.textContent}: ${width} × ${height}`] : [];
      });
    });
    expect(small).toEqual([]);
  });
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`axe finds nothing in an embedded page, ${colorScheme} @deep`, async ({ page, address }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${address}?embed`);
    await expectState(page, 'Ready to run');
    expect(await audit(page)).toEqual([]);
  });
}

test('a snapshot dropped anywhere is opened, and what is typed elsewhere stays @deep', async ({ lab }) => {
  await expectRunning(lab);
  const transfer = await lab.evaluateHandle(async () => {
    const data = new DataTransfer();
    data.items.add(new File([(await window.lab.snapshot()).slice()], 'sum.snapshot'));
    return data;
  });
  await lab.dispatchEvent('#statistics', 'drop', { dataTransfer: transfer });
  await expect(lab.getByRole('dialog', { name: /^Snapshot of/ })).toBeVisible();
});

test('states keep their colours where the system chooses colours @deep', async ({ lab }) => {
  await lab.emulateMedia({ forcedColors: 'active' });
  await expectRunning(lab);
  const swatch = (/** @type {string} */ state) =>
    lab
      .locator(`.legend .${state}`)
      .first()
      .evaluate((mark) => getComputedStyle(mark).backgroundColor);
  const colours = await Promise.all(['running', 'late', 'straggler'].map(swatch));
  expect(new Set(colours).size, colours.join(', ')).toBe(3);
  // In the lanes, too, as soon as they are drawn.
  const inLanes = () =>
    lab.locator('#lanes').evaluate((element, wanted) => {
      const canvas = /** @type {HTMLCanvasElement} */ (element);
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const [red, green, blue] = (wanted?.match(/\d+/g) ?? []).map(Number);
      for (let i = 0; i < pixels.length; i += 4)
        if (pixels[i] === red && pixels[i + 1] === green && pixels[i + 2] === blue) return true;
      return false;
    }, colours[0]);
  await expect.poll(inLanes).toBe(true);
});
