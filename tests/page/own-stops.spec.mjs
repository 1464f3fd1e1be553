/** Stops and handshakes: those of a program, and a handshake that the page makes. */
import { button, detail, expectRunning, region, runIt, write } from './lab-page.mjs';
import { expect, test } from './support.mjs';

const STOPS = `async function bias(): Promise<void> { // @poll adapt
  while (true) {
    stopTheWorld('revoke bias');
    await sleep(20);
  }
}
// @poll every 100
async function count(): Promise<void> {
  let n = 0;
  while (true) n = (n + 1) & 1023;
}
const tasks = [bias(), count(), count()];
for (const one of tasks) await one;
`;

test('a stop of the program shows its reason and place', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, STOPS);
  await runIt(lab);
  const pauses = await detail(lab, 'Pauses');
  const row = pauses.getByRole('row').filter({ hasText: 'Program: revoke bias' }).first();
  await expect(row).toContainText(/worker \d/);
  const record = await lab.evaluate(() => window.lab.pauses.at(-1));
  expect(record?.reason).toBe('debug');
  expect(record?.program?.why).toBe('revoke bias');
  expect(record?.program?.site.line).toBe(3);
  expect(record?.sentence).toContain(
    'The program asked for it: revoke bias (bias, line 3, `stopTheWorld(…)`).',
  );
  const csv = await lab.evaluate(() => JSON.stringify(window.lab.recordedRun().pauses));
  expect(csv).toContain('"why":"revoke bias"');
  // The gutter says how often the loops poll.
  for (const often of ['at every 100th turn', 'as seldom as its time allows'])
    await expect(lab.locator(`.cm-polls [title*="polls ${often} by the program’s directive"]`)).toHaveCount(
      1,
    );
});

test('a handshake with one worker stops nobody else', async ({ lab }) => {
  await expectRunning(lab);
  const before = await lab.evaluate(() => window.lab.pauses.length);
  const statistics = await detail(lab, 'Statistics');
  await statistics.getByRole('combobox', { name: 'Handshake with' }).selectOption('worker 1');
  await button(lab, 'Shake hands').click();
  await expect(lab.locator('#handshakes-text')).toContainText(/^1: .*Worker 1 came to a poll after /);
  const after = await lab.evaluate(() => ({
    pauses: window.lab.pauses.length,
    count: window.lab.stats().handshakes?.count,
  }));
  expect(after).toEqual({ pauses: before, count: 1 });
  // Its figures are there with its end.
  const count = await lab.evaluate(async () => {
    await window.lab.handshake(0);
    return window.lab.stats().handshakes?.count;
  });
  expect(count).toBe(2);
  // There is no such worker.
  const refused = await lab.evaluate(() => window.lab.handshake(99).catch((error) => error.code));
  expect(refused).toBe('not-running');
  await expect(region(lab, 'Statistics')).toBeVisible();
});
