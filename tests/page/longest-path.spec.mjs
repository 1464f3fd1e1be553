/** The longest path without a poll: as the program says it, wherever it polls, and as it was seen. */
import {
  COUNTING,
  button,
  comparing,
  expectRunning,
  region,
  write,
  openSettings,
  goTo,
} from './lab-page.mjs';
import { expect, test } from './support.mjs';

test('the bound is that of the polls which are chosen, and beside it stands what was measured @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await write(lab, COUNTING);
  const bounds = lab.locator('#bounds');
  // The call, which polls before it is made, and seven instructions to the first jump back.
  await expect(bounds).toContainText(': 8 instructions.');
  await button(lab, 'Run').click();
  await expect(bounds).toContainText(/Measured: 8, by worker \d, up to count, line \d+, jmp again/);

  await openSettings(lab);
  await lab.getByLabel('back-edges', { exact: true }).uncheck();
  await expect(bounds).toContainText('unbounded in count');
  await expect(bounds, 'the run polls elsewhere').not.toContainText('Measured');
  await lab.getByLabel('back-edges', { exact: true }).check();
  await lab.getByLabel('one back-edge in').fill('100');
  await lab.keyboard.press('Enter');
  await expect(bounds).toContainText('800 instructions');
  await button(lab, 'Run').click();
  await expect(bounds).toContainText(/Measured: 503, by worker/);
  await button(lab, 'GC').click();
  await goTo(lab, 'Compare');
  await comparing(lab, 'Kept runs');
  const compare = region(lab, 'Compare runs');
  const now = compare.getByRole('row', { name: /^This run/ });
  await expect(now).toContainText('800');
  await expect(now).toContainText('503');
});

test('a script is told the bounds under any polls, and no worker goes further @deep', async ({ lab }) => {
  const { own, sparse, ran, went } = await lab.evaluate(async () => {
    const { lab: it } = window;
    const example = it.examples().find(({ name }) => name === 'Parallel sum');
    await it.load(example?.source ?? '');
    const policy = { calls: true, back_edges: true, allocations: true, awaits: true, every: 50 };
    const most = (/** @type {import('../../www/run/types.ts').PathBound[]} */ all) =>
      Math.max(...all.map(({ instructions }) => instructions ?? Infinity));
    const bounds = await it.bounds(policy);
    await it.run({ workers: 2, policy });
    await it.finished();
    const lengths = it.workers().map(({ longest }) => longest?.instructions ?? 0);
    return {
      own: most(await it.bounds()),
      sparse: most(bounds),
      ran: most(it.ran?.bounds ?? []),
      went: Math.max(...lengths),
    };
  });
  expect(sparse).toBeGreaterThan(own);
  expect(ran).toBe(sparse);
  expect(went).toBeGreaterThan(0);
  expect(went).toBeLessThanOrEqual(sparse);
});
