/** Policies measured by turns. */
import { button, expectRunning, expectState, goTo, openSettings, region } from './lab-page.mjs';
import { expect, test } from './support.mjs';

test('one press measures three policies by turns, and says what they cost and bring @deep', async ({
  lab,
}) => {
  await expectRunning(lab);
  await goTo(lab, 'Compare');
  await button(lab, 'Measure by turns').click();
  await expect(button(lab, 'Stop measuring')).toBeVisible();
  const panel = region(lab, 'Compare runs');
  await expect(panel).toContainText('15 of 15 turns', { timeout: 110_000 });
  await expect(button(lab, 'Measure by turns')).toBeEnabled();
  const rows = panel.getByRole('group', { name: 'Policies by turns' }).getByRole('row');
  await expect(rows.nth(1)).toContainText(/^every back-edge.*compared with/);
  await expect(rows.nth(2)).toContainText('one back-edge in 1000');
  // A dot for each turn, and the stops that were requested in all of them.
  await expect(rows.nth(1).locator('.dot-plot').first().locator('i')).toHaveCount(5);
  // Its workers never poll: what they did is not known, and no stop came.
  await expect(rows.nth(3)).toContainText(/^no back-edge.*not known.*≥/);
  await expect(panel).toContainText(/With polls at one back-edge in 1000 .* work was done/);
  await expect(lab.locator('#settings-button')).toHaveText('Run settings: 4 workers');
  await expectState(lab, 'Not running');
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
  await expect(note).toContainText('1 of 15 turns');
  await button(lab, 'Stop measuring').click();
  await expect(note).toContainText('It ended early: it was stopped.');
  await expect(lab.locator('#settings-button')).toHaveText('Run settings: 4 workers · warns after 50 ms');
  await button(lab, 'Run').click();
  await expectRunning(lab);
});
