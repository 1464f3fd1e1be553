/** The page's figures against the engine's, and runs set beside each other. */
import { carries } from '../../www/run/percentiles.ts';
import { duration } from '../../www/words/format.ts';
import {
  button,
  comparing,
  detail,
  expectRunning,
  expectState,
  goTo,
  openSettings,
  region,
  runIt,
  stopWorld,
} from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page @param {string} name */
async function choose(page, name) {
  await page.getByRole('combobox', { name: 'Program', exact: true }).selectOption({ label: name });
  await expectRunning(page);
}

/** Automatic collections until there are so many. @param {Page} page @param {number} count */
async function collections(page, count) {
  await page.evaluate(async (wanted) => {
    await window.lab.automatic({ reason: 'gc', everyMs: 5 });
    await new Promise((resolve) => {
      const off = window.lab.on('resume', () => {
        if (window.lab.stats().gc.count < wanted) return;
        off();
        resolve(null);
      });
    });
    await window.lab.automatic(null);
  }, count);
}

test("the page's tables never disagree with lab.stats() @quick", async ({ lab }) => {
  await expectRunning(lab);
  await collections(lab, 20);
  await lab.evaluate(async () => {
    for (const reason of /** @type {const} */ (['snapshot', 'debug', 'gc', 'snapshot']))
      await window.lab.cycle(reason);
  });
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
  const { stats, step, records } = await lab.evaluate(() => ({
    stats: window.lab.stats(),
    step: window.lab.clockStep,
    records: window.lab.pauses,
  }));
  const all = stats.gc.count + stats.snapshot.count + stats.debug.count;
  expect(records.length, 'records and statistics').toBe(all);
  await expect(lab.locator('#statistics-title')).toContainText(`${all} pauses`);
  const table = (await detail(lab, 'Statistics')).getByRole('table', { name: /^Percentiles/ });
  const groups = table.locator('tbody');
  await expect(groups).toHaveCount(3);
  const parts = /** @type {const} */ (['queue', 'ttsp', 'noticing', 'operation', 'held', 'release', 'total']);
  const points = /** @type {const} */ (['p50', 'p90', 'p99', 'p99_9', 'max']);
  for (const [i, reason] of /** @type {const} */ (['gc', 'snapshot', 'debug']).entries()) {
    const rows = groups.nth(i).getByRole('row');
    const shown = await rows.evaluateAll((found) =>
      found.map((row) => [...row.children].map((cell) => cell.textContent)),
    );
    expect(shown[0]?.[0]).toContain(`${stats[reason].count} pause`);
    for (const [row, part] of parts.entries())
      expect(shown[row + 1]?.slice(1)).toEqual(
        points.map((point) => {
          const isCarried = carries(stats[reason].count, point);
          return duration(isCarried ? (stats[reason][part]?.[point] ?? null) : null, step);
        }),
      );
    expect(records.filter((record) => record.reason === reason).length).toBe(stats[reason].count);
  }
  // What the page works out of the records is what the engine has counted.
  const { stopped, byReason, utilisation } = stats.totals ?? {};
  const stood = lab.getByRole('table', { name: /^Time in which the world stood still/ }).getByRole('row');
  await expect(stood).toHaveCount(4);
  for (const [i, reason] of /** @type {const} */ (['gc', 'snapshot', 'debug']).entries())
    await expect(stood.nth(i + 1)).toContainText(duration(byReason?.[reason].stopped ?? NaN, step));
  await expect(lab.locator('#totals-text')).toContainText(
    `stood still for ${duration(stopped ?? NaN, step)},`,
  );
  const least = lab.getByRole('table', { name: /^Least share/ }).getByRole('row');
  await expect(least).toHaveCount((utilisation?.length ?? 0) + 1);
  // The slowest of the records is the greatest of the statistics.
  const slowest = Math.max(...records.filter(({ reason }) => reason === 'gc').map(({ ttsp }) => ttsp));
  expect(slowest).toBeCloseTo(stats.gc.ttsp.max, 3);
});

test('the figures stay those of the reason that was chosen, until another run begins @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  const statistics = await detail(lab, 'Statistics');
  const choice = statistics.getByRole('combobox', { name: 'Figures of pauses for' });
  const of = (/** @type {string} */ reason) =>
    expect(statistics.locator('#cards')).toContainText(`, ${reason}, p50`);
  await lab.evaluate(() => window.lab.cycle('gc'));
  await of('GC');
  await choice.selectOption('Snapshot');
  await of('Snapshot');
  await stopWorld(lab, 'GC');
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  await of('Snapshot');
  await expect(choice).toHaveValue('snapshot');
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
  await of('Snapshot');
  await runIt(lab);
  await expect(choice).toHaveValue('');
  await of('GC');
});

test('a worker that is always late gets a verdict, and the heap its chart and table @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await expect(lab.locator('#late-verdict')).toContainText('A verdict needs 30 pauses');
  await choose(lab, 'Allocate and forget');
  await collections(lab, 40);
  await expect(lab.locator('#late-verdict')).not.toContainText('A verdict needs');
  await expect(lab.locator('#late-verdict')).toContainText(/last/);
  const heap = await detail(lab, 'Heap');
  await expect(heap.getByRole('img', { name: /before and after \d+ collections/ })).toBeVisible();
  // A worker that ran out of memory while another collected may find room, and collects nothing.
  const kinds = await lab.evaluate(() => window.lab.pauses.flatMap(({ outcome }) => outcome?.kind ?? []));
  expect([...new Set(kinds)]).toEqual(['gc']);
  await expect(heap.getByRole('table').getByRole('row')).toHaveCount(7);
  await expect(await detail(lab, 'Statistics')).toContainText(/Polls per second\s*[\d.]+/);

  await choose(lab, 'Busy loops');
  await detail(lab, 'Heap');
  await expect(heap.getByRole('table')).toContainText('No collection yet.');
});

test('two runs with other polls are compared, and what was kept is there in the next visit @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await goTo(lab, 'Compare');
  const compare = region(lab, 'Compare runs');
  await expect(button(lab, 'Keep this run')).toBeDisabled();
  await collections(lab, 5);
  await button(lab, 'Keep this run').click();
  const a = compare.getByRole('row', { name: /^Run A/ });
  await expect(a).toContainText('calls, back-edges, allocations, awaits');
  await expect(a, 'the static bound').toContainText(/\d+\s*Remove$/);

  await openSettings(lab);
  await lab.getByRole('spinbutton', { name: 'one back-edge in' }).fill('1000');
  await lab.keyboard.press('Tab');
  await runIt(lab);
  await collections(lab, 5);
  const now = compare.getByRole('row', { name: /^This run/ });
  await expect(now).toContainText('one back-edge in 1000');
  await expect(now).toContainText(/[\d.]+\s*[MG]\/s \(([+−]\d+\s%|cannot be told apart)\)/);
  await expect(now, 'the bound of 11 instructions, a thousand times').toContainText('11000');
  await expect(compare.getByRole('img', { name: /^2 runs/ })).toBeVisible();
  await button(lab, 'Keep this run').click();
  await expect(compare.getByRole('row', { name: /^Run B/ })).toBeVisible();

  await lab.reload();
  await expectRunning(lab);
  await comparing(lab, 'Kept runs');
  await expect(compare.getByRole('row', { name: /^Run B/ })).toContainText('one back-edge in 1000');
  await button(lab, 'Remove run A').click();
  await expect(compare.getByRole('row', { name: /^Run B/ })).toHaveCount(0);
  await expect(compare.getByRole('row', { name: /^Run A/ })).toContainText('one back-edge in 1000');
});
