/** Policies measured by turns. */
import { NO_POLLS } from './engine-programs.mjs';
import {
  COUNTING,
  button,
  expectRunning,
  expectState,
  goTo,
  openSettings,
  region,
  runIt,
} from './lab-page.mjs';
import { expect, test } from './support.mjs';

/**
 * Follows what the headline says of what is measured.
 *
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<() => Promise<string[]>>} what it has said since, each once, as long as nothing else came between
 */
async function headlines(page) {
  await page.evaluate(() => {
    const heard = /** @type {string[]} */ ([]);
    Object.assign(window, { heard });
    const headline = document.getElementById('sentence');
    new MutationObserver(() => {
      const text = headline?.textContent ?? '';
      if (heard.at(-1) !== text) heard.push(text);
    }).observe(/** @type {Node} */ (headline), { childList: true, characterData: true, subtree: true });
  });
  return () =>
    page.evaluate(() => {
      const heard = /** @type {string[]} */ (/** @type {any} */ (window).heard);
      const end = heard.findIndex((text) => !text.startsWith('Measuring by turns'));
      return end < 0 ? heard : heard.slice(0, end);
    });
}

test('one press measures five placements by turns, and says what they cost and bring @deep', async ({
  lab,
}) => {
  await lab.setViewportSize({ width: 1440, height: 900 });
  await expectRunning(lab);
  await goTo(lab, 'Compare');
  await button(lab, 'Measure by turns').click();
  await expect(button(lab, 'Stop measuring')).toBeVisible();
  // The headline says what is measured, and nothing else while it is.
  const headline = region(lab, 'Finding').getByRole('heading');
  await expect(headline).toHaveText('Measuring by turns: round 1 of 5, polls at every back-edge.');
  const said = await headlines(lab);
  const panel = region(lab, 'Compare runs');
  await expect(panel).toContainText('25 of 25 turns', { timeout: 150_000 });
  await expect(button(lab, 'Measure by turns')).toBeEnabled();
  const rows = panel.getByRole('group', { name: 'Policies by turns' }).getByRole('row');
  await expect(rows.nth(1)).toContainText(/^every back-edge.*compared with/);
  await expect(rows.nth(2)).toContainText('one back-edge in 1000');
  // A dot for each turn, and the stops that were requested in all of them.
  await expect(rows.nth(1).locator('.dot-plot').first().locator('i')).toHaveCount(5);
  // Without back-edges a worker polls once in 500 million turns: what it did is known at the end, and a stop waits for that.
  await expect(rows.nth(3)).toContainText(/^places at most 1000 instructions apart.*(9\d\d|1000)$/);
  await expect(rows.nth(4)).toContainText(/^as few back-edges as 100\sµs allow/);
  await expect(rows.nth(5)).toContainText(/^no back-edge.*G?\/s \(.* to .*\).*≥/);
  await expect(rows.nth(5).locator('.dot-plot').first().locator('i')).toHaveCount(5);
  await expect(panel).toContainText(/With polls at .*one back-edge in 1000.* work was done/);
  await expect(panel).toContainText(
    /With polls at no back-edge .* work was done.*(no stop came before its turn was over|half of the requests waited|half of the stops came within [\d.]+\sm?s )/,
  );
  await expect(lab.locator('#settings-button')).toHaveText('Run settings: 4 workers');
  await expectState(lab, 'Ready to run');
  expect(await lab.evaluate(() => window.lab.program?.source)).not.toContain('@poll within');
  const heard = await said();
  expect(heard).toHaveLength(24);
  expect(heard.at(-1)).toBe('Measuring by turns: round 5 of 5, polls at no back-edge.');
  await expect(lab.locator('#announcer')).toContainText(/With polls at .*one back-edge in 1000/);
  // A stop of each end of the table, beside each other, without scrolling.
  const lanes = panel.getByRole('img', { name: /^Lanes of Polls at / });
  await expect(lanes).toHaveCount(2);
  await expect(lanes.first()).toHaveAttribute(
    'aria-label',
    /every back-edge: the longest stop of its last turn, /,
  );
  await expect(lanes.last()).toHaveAttribute(
    'aria-label',
    /no back-edge: the longest stop of its last turn, /,
  );
  for (const picture of await lanes.all()) await expect(picture).toBeInViewport({ ratio: 1 });
});

/** Four tasks that count for ever, and say once that they have counted to a million. */
const TELLING = COUNTING.replace(
  '    jmp again',
  '    load i\n    const 1000000\n    eq\n    jf again\n    const "a million"\n    print\n    jmp again',
);

test('workers that never poll have told what they did when the run has ended', async ({ lab }) => {
  await expectRunning(lab);
  const counts = await lab.evaluate(async ([text, policy]) => {
    await window.lab.load(text);
    let printed = '';
    const counted = new Promise((resolve) => {
      window.lab.on('output', (more) => {
        printed += more;
        if (printed.split('a million').length > 4) resolve(null);
      });
    });
    await window.lab.run({ workers: 4, policy, profile: false });
    await counted;
    const before = window.lab.workers().map(({ instructions }) => instructions);
    await window.lab.stop();
    const totals = window.lab.recordedRun().totals.instructions;
    return { before, after: window.lab.workers(), totals };
  }, /** @type {const} */ ([TELLING, NO_POLLS]));
  for (const { id, state, instructions } of counts.after) {
    expect(state).toBe('finished');
    expect(instructions, `worker ${id}`).toBeGreaterThan(1e6);
    expect(counts.before[id], 'while it ran').toBeLessThan(instructions);
    expect(counts.totals[id], 'in the recorded run').toBe(instructions);
  }
});

test('measuring can be stopped, keeps what was measured, and leaves the settings as they were @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await openSettings(lab);
  await lab.getByLabel('wait, and warn after').check();
  await goTo(lab, 'Compare');
  await button(lab, 'Measure by turns').click();
  const note = lab.locator('#turns-note');
  await expect(note).toContainText('1 of 25 turns');
  await button(lab, 'Stop measuring').click();
  await expect(note).toContainText('It ended early: it was stopped.');
  await expect(lab.locator('#settings-button')).toHaveText('Run settings: 4 workers · warns after 50 ms');
  await runIt(lab);
});

test('a breakpoint is not measured: the page says so, and what runs goes on @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.evaluate(() => window.lab.breakpoint({ line: 11 }));
  await expectState(lab, /Stopped/);
  await goTo(lab, 'Compare');
  await button(lab, 'Measure by turns').click();
  await expect(lab.locator('#turns-note')).toContainText('a breakpoint would stop what is measured');
  await expectState(lab, /Stopped/);
});
