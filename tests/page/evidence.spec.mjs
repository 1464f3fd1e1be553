/** What the page shows of pauses: timeline, chart, tables, log. */
import { button, expectRunning, region, stopWorld, detail } from './lab-page.mjs';
import { expect, test } from './support.mjs';

test('chart, tables and log show the pause', async ({ lab }) => {
  await expectRunning(lab);
  await stopWorld(lab, 'GC');
  const record = await lab.evaluate(() => /** @type {any} */ (window.lab.held));
  await expect(region(lab, 'Finding')).toContainText(record.sentence.replaceAll('`', ''));
  await expect(await detail(lab, 'Statistics')).toContainText('1 pause');
  const rows = (await detail(lab, 'Pauses')).getByRole('row', { name: /Show pause 1|GC/ });
  await expect(rows.first()).toContainText('GC');
  await expect((await detail(lab, 'Pauses')).getByRole('img', { name: /^1 pause over time/ })).toBeVisible();
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  await expect(await detail(lab, 'Log')).toContainText(
    /Pause 1 "GC", Time since last: -, Waiting in queue: /,
  );
  await expect((await detail(lab, 'Statistics')).getByRole('img', { name: /of 1 GC pause/ })).toBeVisible();
  await expect((await detail(lab, 'Who is late')).getByRole('table')).toHaveCount(2);
  if (record.stragglers.length > 0) {
    await expect(await detail(lab, 'Who is late')).toContainText(`Worker ${record.stragglers[0].worker}`);
  }
});

test('the log is at its latest line when it comes into sight @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.evaluate(async () => {
    for (let i = 0; i < 30; i += 1) await window.lab.cycle('gc');
  });
  const log = await detail(lab, 'Log');
  await expect(log).toContainText('Pause 30 ');
  await log.scrollIntoViewIfNeeded();
  await expect(log.locator('[data-pause="30"]')).toBeInViewport();
});

test('the percentiles are those of lab.stats() @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.evaluate(async () => {
    for (let i = 0; i < 5; i += 1) await window.lab.cycle('gc');
  });
  const table = (await detail(lab, 'Statistics')).getByRole('table', { name: /^Percentiles/ });
  await expect(table).toContainText('GC, 5 pauses');
  const { stats, step } = await lab.evaluate(() => ({
    stats: window.lab.stats(),
    step: window.lab.clockStep,
  }));
  const row = table.getByRole('row', { name: /^Time to safepoint/ });
  for (const [i, key] of /** @type {const} */ (['p50', 'p90', 'p99', 'p99_9', 'max']).entries()) {
    const text = (await row.getByRole('cell').nth(i).textContent()) ?? '';
    // Of five pauses a 90th of a hundred is only the greatest.
    if (key !== 'p50' && key !== 'max') {
      expect(text, key).toBe('–');
      continue;
    }
    const shown = microseconds(text);
    const real = stats.gc.ttsp[key];
    // Three digits, in steps of the clock.
    expect(Math.abs(shown - real), `${key}: ${shown} for ${real}`).toBeLessThanOrEqual(
      Math.max(step, real * 0.006),
    );
  }
});

test('a pause is selected from the table, from the keyboard and by stepping @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.evaluate(async () => {
    for (let i = 0; i < 3; i += 1) await window.lab.cycle('gc');
  });
  await (await detail(lab, 'Pauses')).getByRole('button', { name: 'Show pause 2' }).click();
  await detail(lab, 'This pause');
  await expect(lab.getByRole('table', { name: /^Arrivals of pause 2/ })).toBeVisible();
  await button(lab, 'Previous pause').click();
  await expect(lab.getByRole('table', { name: /^Arrivals of pause 1/ })).toBeVisible();
  await expect(button(lab, 'Previous pause')).toBeDisabled();
  await lab.locator('#lanes').focus();
  await lab.keyboard.press('ArrowRight');
  await expect(lab.getByRole('table', { name: /^Arrivals of pause 2/ })).toBeVisible();
  await lab.keyboard.press('Escape');
  await expect(button(lab, 'Live')).toHaveAttribute('aria-pressed', 'true');
});

test('a table that changes leaves who stands on its button and has marked its text @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await lab.evaluate(() => window.lab.cycle('gc'));
  await (
    await detail(lab, 'Statistics')
  )
    .getByRole('rowheader', { name: 'Time to safepoint' })
    .evaluate((cell) => getSelection()?.selectAllChildren(cell));
  await lab.evaluate(() => window.lab.cycle('gc'));
  await expect(region(lab, 'Statistics').getByRole('table', { name: 'Percentiles' })).toContainText(
    '2 pauses',
  );
  expect(await lab.evaluate(() => String(getSelection()))).toBe('Time to safepoint');
  const list = await detail(lab, 'Pauses');
  const first = list.getByRole('button', { name: 'Show pause 1' });
  await first.focus();
  await lab.evaluate(() => window.lab.cycle('gc'));
  await expect(list.getByRole('rowheader')).toHaveText(['3', '2', '1']);
  await expect(first).toBeFocused();
});

test('a place where workers were late leads to its line @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.evaluate(() => window.lab.cycle('gc'));
  const place = (await detail(lab, 'Who is late')).getByRole('button', { name: /line \d+/ });
  const line = Number(/line (\d+)/.exec((await place.textContent()) ?? '')?.[1]);
  const text = await lab.evaluate(
    (number) => window.lab.examples()[0]?.source.split('\n')[number - 1] ?? '?',
    line,
  );
  await place.click();
  await expect(lab.locator('.cm-activeLine')).toHaveText(text.trim());
});

test('the straggler is marked in the program, and lies in the picture @deep', async ({ lab }) => {
  await expectRunning(lab);
  const options = await lab
    .getByRole('combobox', { name: 'Program', exact: true })
    .locator('option')
    .allTextContents();
  const name = options.find((option) => /long copy/i.test(option)) ?? '';
  await lab.getByRole('combobox', { name: 'Program', exact: true }).selectOption(name);
  await expectRunning(lab);
  await stopWorld(lab, 'GC');
  const line = await lab.evaluate(() => /** @type {any} */ (window.lab.held).stragglers[0]?.site?.line);
  expect(line, 'the program has lines and a straggler').toBeGreaterThan(0);
  await expect(lab.locator('.cm-late')).toHaveCount(1);
  await expect(lab.getByRole('table', { name: /^Arrivals of pause/ })).toContainText(`line ${line}`);
  const warm = () => {
    const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById('lanes'));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let pixels = 0;
    for (let i = 0; i < data.length; i += 4)
      if (data[i] === 0xc8 && data[i + 1] === 0x45 && data[i + 2] === 0x1b) pixels += 1;
    return pixels;
  };
  await expect.poll(() => lab.evaluate(warm), 'pixels in the colour of the straggler').toBeGreaterThan(20);
});

test('while the world stands still nothing is drawn @deep', async ({ page, address }) => {
  await page.addInitScript(() => {
    const original = window.requestAnimationFrame.bind(window);
    Object.assign(window, { framesAsked: 0 });
    window.requestAnimationFrame = (callback) => {
      /** @type {any} */ (window).framesAsked += 1;
      return original(callback);
    };
  });
  await page.goto(address);
  await expectRunning(page);
  await stopWorld(page, 'GC');
  const asked = () => page.evaluate(() => /** @type {any} */ (window).framesAsked);
  // What the stop itself changed is drawn within a second; two looks half a second apart then agree.
  let last = -1;
  await expect
    .poll(
      async () => {
        const now = await asked();
        const same = now === last;
        last = now;
        return same;
      },
      { intervals: [500] },
    )
    .toBe(true);
});

/** @param {string} text as the page shows a duration */
function microseconds(text) {
  const [, figure, unit] = /([\d.]+)\s*(µs|ms|s)/.exec(text) ?? [];
  if (text.startsWith('<')) return 0;
  return Number(figure) * { µs: 1, ms: 1000, s: 1e6 }[/** @type {'s'} */ (unit)];
}

test('a collection in the heap’s table leads to its pause @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.evaluate(async () => {
    for (let i = 0; i < 3; i += 1) await window.lab.cycle('gc');
  });
  const heap = await detail(lab, 'Heap');
  const title = lab.locator('#timeline-title');
  await heap.getByRole('button', { name: 'Show pause 1', exact: true }).click();
  await expect(title).toHaveText('pause 1, GC');
  const second = heap.getByRole('row', { name: 'Show pause 2' });
  await second.getByRole('cell').first().click();
  await expect(title).toHaveText('pause 2, GC');
  await expect(second).toHaveClass('selected');
});

for (const name of ['Pauses', 'Heap']) {
  test(`a point in the chart of ${name} leads to its pause, and a hand says so @deep`, async ({ lab }) => {
    await expectRunning(lab);
    await lab.evaluate(async () => {
      for (let i = 0; i < 3; i += 1) await window.lab.cycle('gc');
      window.lab.select(null);
    });
    const chart = (await detail(lab, name)).locator('canvas');
    await chart.scrollIntoViewIfNeeded();
    // Until then its points move.
    await expect(chart).toHaveAttribute('aria-label', /\b3 (pauses|collections)\b/);
    const title = lab.locator('#timeline-title');
    await expect(title).not.toContainText('pause');
    /** Well inside of the uppermost places that show a hand. */
    const hand = await chart.evaluate((canvas) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const shows = (/** @type {number} */ x, /** @type {number} */ y) => {
        const place = { clientX: left + x, clientY: top + y, bubbles: true };
        canvas.dispatchEvent(new PointerEvent('pointermove', place));
        return getComputedStyle(canvas).cursor === 'pointer';
      };
      const steps = (/** @type {number} */ length) => Array.from({ length: length / 4 }, (_, n) => 4 * n);
      for (const y of steps(height)) {
        const row = steps(width).filter((x) => shows(x, y));
        if (row.length > 0) return { x: row[Math.floor(row.length / 2)], y: y + 8 };
      }
      return { x: 0, y: 0 };
    });
    await chart.click({ position: { x: 3, y: 3 } });
    await expect(title).not.toContainText('pause');
    await chart.click({ position: hand });
    await expect(title).toHaveText(/^pause [123], GC$/);
  });
}

for (const width of [1440, 390]) {
  test(`a place keeps to one line in the tables at ${width} pixels @deep`, async ({ lab }) => {
    await lab.setViewportSize({ width, height: 900 });
    await expectRunning(lab);
    await stopWorld(lab, 'GC');
    for (const name of ['This pause', 'Pauses']) {
      const places = (await detail(lab, name)).locator('td.site').filter({ hasText: 'count, line 25' });
      await places.first().scrollIntoViewIfNeeded();
      const lines = await places.evaluateAll((cells) =>
        cells.map((cell) => {
          const text = document.createRange();
          text.selectNodeContents(cell);
          return text.getClientRects().length;
        }),
      );
      expect(new Set(lines), name).toEqual(new Set([1]));
    }
  });
}
