/** Tasks that are ready and the workers that should run them: the figures, and why no worker runs them. */
import { button, expectRunning, expectState, stopWorld, write, detail } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** As many tasks as workers block, and three more could run. @param {'block' | 'stall'} how */
const blocking = (how) => `.func blocks ()
    const 60000
    ${how}
    const 0
    ret

.func main ()
${'    spawn blocks\n    pop\n'.repeat(6)}    const 60000
    ${how}
    const 0
    ret
`;

for (const how of /** @type {const} */ (['block', 'stall']))
  test(`that all workers are blocked while tasks are ready is said: ${how} @deep`, async ({ lab }) => {
    await expectRunning(lab);
    await write(lab, blocking(how));
    await button(lab, 'Run').click();
    await expectState(lab, 'All 4 workers are blocked; 3 tasks are ready');
    const schedule = await lab.evaluate(() => window.lab.schedule());
    expect(schedule).toMatchObject({ running: 0, blocked: 4, ready: 3, readyToRunning: { count: 4 } });
    const statistics = await detail(lab, 'Statistics');
    await expect(statistics).toContainText('All 4 workers are blocked; 3 tasks are ready.');
    await expect(statistics.locator('#schedule')).toContainText('ready now3');
    await button(lab, 'End run').click();
    await expectState(lab, 'Not running');
    await expect(statistics.locator('#schedule')).not.toContainText('ready now');
  });

test('how long tasks were ready is a figure of the run and of each task @deep', async ({ lab }) => {
  await expectRunning(lab);
  await stopWorld(lab, 'Debug');
  await expect((await detail(lab, 'Tasks')).locator('.task').first()).toContainText(
    /\d+ turns? on a worker; from ready to running [\d.]+\s*(ns|µs|ms|s) at the last/,
  );
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  const figures = (await detail(lab, 'Statistics')).locator('#schedule');
  await expect(figures).toContainText(/Ready to running.*, p50/);
  await expect(figures).toContainText(/longest[<≤\s]*[\d.]+/);
  await lab.waitForFunction(() => (window.lab.schedule()?.readyToRunning.count ?? 0) > 0);
});

test('while a stop does not come nothing old is told for new @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, blocking('stall'));
  await button(lab, 'Run').click();
  await expectState(lab, 'All 4 workers are blocked');
  await button(lab, 'GC').click();
  await expectState(lab, 'Stopping for GC');
  await expect.poll(() => lab.evaluate(() => window.lab.schedule())).toBe(null);
  await expect(await detail(lab, 'Statistics')).toContainText('Not known while a stop is awaited.');
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
});
