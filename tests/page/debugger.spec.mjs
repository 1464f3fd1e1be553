/** The debugger through `window.lab`, in Chromium. */
import { expect, test } from './support.mjs';

/** @typedef {import('../../www/engine/lab.ts').Lab} Lab */

const PROGRAM = `.shape pair left right

.func count (to)
.local i kept
    const 0
    store i
    new pair
    store kept
    load kept
    load to
    set pair.left
again:
    load i
    const 1
    add
    store i
    load i
    load to
    lt
    jt again
    load i
    ret

.func main ()
    const 1000000000
    spawn count
    pop
    const 1000000000
    call count
    ret
`;

test.beforeEach(async ({ lab: page }) => {
  await page.evaluate(async (source) => {
    const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
    await lab.stop();
    const { ok, errors } = await lab.load(source);
    if (!ok) throw new Error(JSON.stringify(errors));
  }, PROGRAM);
});

test('a breakpoint stops all workers and says which task, where and why @quick', async ({ lab: page }) => {
  const told = await page.evaluate(async () => {
    const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
    const breakpoint = await lab.breakpoint({ line: 12, condition: 'i >= 1000', hits: 2 });
    const paused = new Promise((resolve) => lab.addEventListener('pause', resolve, { once: true }));
    await lab.run({ workers: 2 });
    const pause = /** @type {CustomEvent} */ (await paused).detail;
    const before = lab.workers().map(({ instructions }) => instructions);
    const tasks = await lab.tasks();
    const collected = await lab.collect();
    const task = tasks.find(({ id }) => id === pause.halt.task);
    const kept = task?.frames[0].locals.find(({ name }) => name === 'kept');
    const object = await lab.object(kept?.object ?? 0);
    const after = lab.workers().map(({ instructions }) => instructions);
    return {
      breakpoint,
      pause,
      task,
      collected,
      object,
      still: String(before) === String(after),
      held: lab.held?.id,
    };
  });
  // Line 12 is a label.
  expect(told.breakpoint).toMatchObject({ id: 1, asked: 12, line: 13, hits: 2 });
  expect(told.pause.halt).toMatchObject({ function: 'count', line: 13, why: 'breakpoint', breakpoint: 1 });
  expect(told.pause.sentence).toContain('stopped the world at breakpoint 1');
  expect(told.held).toBe(told.pause.id);
  expect(told.still).toBe(true);
  expect(told.collected.live_objects).toBeGreaterThan(0);
  expect(told.object).toMatchObject({ kind: 'object', length: 2 });
  expect(told.object.entries[0]).toMatchObject({ name: 'left', value: '1000000000' });
  expect(told.object.holders[0].text).toContain('local kept');
});

test('steps move one task, and all go on afterwards @quick', async ({ lab: page }) => {
  const told = await page.evaluate(async () => {
    const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
    await lab.breakpoint({ line: 13, condition: 'i == 500' });
    const paused = new Promise((resolve) => lab.addEventListener('pause', resolve, { once: true }));
    await lab.run({ workers: 2 });
    const { halt } = /** @type {CustomEvent} */ (await paused).detail;
    const steps = [];
    for (let i = 0; i < 4; i++) steps.push(await lab.step(halt.task, 'into'));
    await lab.clearBreakpoints();
    const out = await lab.step(halt.task, 'out');
    const whole = await lab.continue();
    return { halt, steps, out, held: lab.held, total: whole.total };
  });
  expect(told.steps.map(({ end }) => end)).toEqual(['moved', 'moved', 'moved', 'moved']);
  expect(told.steps[3].task?.frames[0].locals.find(({ name }) => name === 'i')?.value).toBe('501');
  expect(told.out).toMatchObject({ end: 'unfinished', instructions: 1_000_000 });
  expect(told.held).toBeNull();
  expect(told.total).toBeGreaterThan(0);
});

test('a breakpoint that stops the world before all workers are there keeps no worker waiting', async ({
  lab: page,
}) => {
  await page.evaluate(async () => {
    const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
    const main = lab.program?.listing.find((row) => row.function === 'main');
    await lab.breakpoint({ line: main?.line ?? 0 });
    const paused = new Promise((resolve) => lab.addEventListener('pause', resolve, { once: true }));
    void lab.run({ workers: 32 }).then(() => document.body.classList.add('has-run'));
    await paused;
  });
  // Half of what a start waits for workers that are slow.
  await expect(page.locator('body')).toHaveClass(/has-run/, { timeout: 5000 });
  expect(await page.evaluate(() => window.lab.held?.halt?.function)).toBe('main');
});

test('a wrong breakpoint is refused in words', async ({ lab: page }) => {
  const refused = await page.evaluate(async () => {
    const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
    const message = (/** @type {any} */ error) => error.message;
    return [
      await lab.breakpoint({ line: 900 }).catch(message),
      await lab.breakpoint({ line: 13, condition: 'i = 3' }).catch(message),
    ];
  });
  expect(refused[0]).toContain('the last line with code');
  expect(refused[1]).toContain('column 3');
});
