/** The debugger as its user finds it: breakpoints beside the text, steps, the stacks of all tasks. */
import { readFile } from 'node:fs/promises';
import { button, detail, expectRunning, expectState, pressLine, region, runIt, write } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** Two tasks count; line 8 is where each turn begins. */
const TURNS = `.func turn (i)
    load i
    const 1
    add
    ret

.func turns
.local i
    const 0
    store i
again:
    load i
    call turn
    store i
    jmp again

.func main
    spawn turns
    pop
    call turns
    ret
`;

/** What is written beside the breakpoints' marks. @param {Page} page */
const marked = (page) =>
  page.evaluate(() => {
    const middle = (/** @type {Element} */ element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return (top + bottom) / 2;
    };
    const lines = [...document.querySelectorAll('.cm-line')];
    return [...document.querySelectorAll('.cm-breaks .break')].map((mark) => {
      const beside = lines.find((line) => Math.abs(middle(line) - middle(mark)) < 4);
      return beside?.textContent?.trim();
    });
  });

/** The lines of the program that is loaded. @param {Page} page */
const setLines = (page) =>
  page.evaluate(async () => (await window.lab.breakpoints()).map(({ line }) => line));

/** Runs {@link TURNS} to a breakpoint at its line 13. @param {Page} page */
async function stopAtTurn(page) {
  await expectRunning(page);
  await write(page, TURNS);
  await runIt(page);
  await pressLine(page, 13);
  await expectState(page, 'Stopped for Debug');
}

/** Types in front of the whole text. @param {Page} page @param {string} text */
async function typeAbove(page, text) {
  await page.getByRole('textbox', { name: 'Program source' }).click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(text);
}

test('a breakpoint is set beside the text, stops all workers, and steps go on alone', async ({ lab }) => {
  await stopAtTurn(lab);
  await expect(lab.locator('.cm-breaks .break')).toHaveCount(1);
  const tasks = await detail(lab, 'Tasks');
  await expect(tasks).toContainText(/breakpoint/i);
  await expect(tasks).toContainText('turns, line 13');
  await expect(lab.locator('.cm-here')).toHaveText(/call turn/);
  const before = await lab.evaluate(() => window.lab.workers().map(({ instructions }) => instructions));

  const steps = tasks.getByRole('group', { name: /^Steps of task/ }).first();
  await steps.getByRole('button', { name: 'Step into' }).click();
  await expect(tasks).toContainText('turn, line 2');
  await expect(lab.locator('.cm-here')).toHaveText(/load i/);
  await steps.getByRole('button', { name: 'Step out' }).click();
  await expect(tasks).toContainText('turns, line 14');
  await steps.getByRole('button', { name: 'Step over' }).click();
  await expect(tasks).toContainText('turns, line 15');
  const after = await lab.evaluate(() => window.lab.workers().map(({ instructions }) => instructions));
  expect(after).toEqual(before);

  // Continue: the next turn comes there again; without the breakpoint no task stops any more.
  await button(lab, 'Resume').click();
  await expectState(lab, 'Stopped for Debug');
  await pressLine(lab, 13);
  await expect(lab.locator('.cm-breaks .break')).toHaveCount(0);
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  await expect(lab.locator('.cm-here')).toHaveCount(0);
});

/** A function far below the one that calls it: both are never in sight together. */
const FAR = `.func main
.local i
    spawn other
    pop
    const 0
    store i
again:
    load i
    call far
    store i
    jmp again

.func other
again:
    const 1
    pop
    jmp again
${'; nothing here\n'.repeat(120)}
.func far (i)
    load i
    const 1
    add
    ret
`;

test('text and bytecode follow every step, into another function and of another task @deep', async ({
  lab,
}) => {
  await lab.setViewportSize({ width: 1900, height: 900 });
  await expectRunning(lab);
  await write(lab, FAR);
  await runIt(lab);
  await lab.locator('.cm-scroller').evaluate((text) => (text.scrollTop = 0));
  await pressLine(lab, 9);
  await expectState(lab, 'Stopped for Debug');
  const source = lab.locator('.cm-here');
  const bytecode = lab.locator('#pane-bytecode tr.here');
  /** @param {RegExp} text @param {string} task */
  const expectHere = async (text, task) => {
    await expect(source).toHaveText(text);
    await expect(source).toHaveAttribute('data-task', task);
    await expect(source).toBeInViewport();
    await expect(bytecode).toHaveCount(1);
    await expect(bytecode).toContainText(text);
    await expect(bytecode).toHaveAttribute('aria-current', 'step');
    await expect(bytecode).toBeInViewport();
  };
  await expectHere(/call far/, 'task 1');
  await lab.keyboard.press('i');
  await expectHere(/load i/, 'task 1');
  await expect(await detail(lab, 'Tasks')).toContainText('far, line 140');
  await lab.keyboard.press('i');
  await expectHere(/const 1/, 'task 1');
  await lab.keyboard.press('u');
  await expectHere(/store i/, 'task 1');

  // The other task stands where it was, until it is stepped.
  const steps = lab.getByRole('group', { name: /^Steps of task/ });
  await expect(steps).toHaveAccessibleName('Steps of task 1');
  const tasks = lab.locator('#task-list');
  await tasks.locator('[data-task="2"] > summary').click();
  await button(lab, 'Step task 2').click();
  await expect(steps).toHaveAccessibleName('Steps of task 2');
  await expect(source).toHaveAttribute('data-task', 'task 2');
  const line = await source.textContent();
  await button(lab, 'Step over').click();
  await expect(source).not.toHaveText(line ?? '');
  await expect(bytecode).toContainText((await source.textContent())?.trim() ?? '?');
  await expect(tasks.locator('[data-task="2"] > summary')).toContainText('steps move it');

  // In a narrower window one of them is under a tab, and follows all the same.
  await lab.setViewportSize({ width: 1440, height: 900 });
  await button(lab, 'Step over').click();
  await lab.getByRole('tab', { name: 'Bytecode' }).click();
  await expect(bytecode).toBeInViewport();
  await button(lab, 'Resume').click();
  await expectState(lab, 'Stopped for Debug');
  await expect(lab.locator('.cm-here')).toHaveAttribute('data-task', 'task 1');
  await lab.getByRole('tab', { name: 'Source' }).click();
  await expect(source).toBeInViewport();
});

test('a breakpoint stays with its line while the text above it changes @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, TURNS);
  await pressLine(lab, 13);
  await expect.poll(() => marked(lab)).toEqual(['call turn']);
  await typeAbove(lab, '; a line more\n');
  await expect.poll(() => setLines(lab)).toEqual([14]);
  expect(await marked(lab)).toEqual(['call turn']);
});

test('what is beside the text stays with its lines while that cannot be read @deep', async ({ lab }) => {
  await lab.setViewportSize({ width: 1900, height: 900 });
  await stopAtTurn(lab);
  await typeAbove(lab, '.nonsense\n');
  await expect(lab.locator('#problems')).toContainText('Line 1, column 1');
  // What runs is the program from before: it comes to its line 13 again, which is the 14th now.
  await button(lab, 'Resume').click();
  await expect(region(lab, 'Program').getByRole('group', { name: 'Breakpoints' })).toContainText(
    /come to [2-9]/,
  );
  await expectState(lab, 'Stopped for Debug');
  await expect(lab.locator('.cm-here')).toHaveText(/call turn/);
  expect(await marked(lab)).toEqual(['call turn']);
  await lab.locator('#pane-bytecode td.code', { hasText: 'call turn' }).first().hover();
  await expect(lab.locator('.cm-linked')).toHaveText(/call turn/);
  // A press beside the 16th line is about what runs, too: its line 15.
  await pressLine(lab, 16);
  await expect.poll(() => setLines(lab)).toEqual([13, 15]);
  await expect.poll(() => marked(lab)).toEqual(['call turn', 'jmp again']);

  await typeAbove(lab, '; ');
  await expect.poll(() => setLines(lab)).toEqual([14, 16]);
  expect(await marked(lab)).toEqual(['call turn', 'jmp again']);
});

test('a breakpoint can be taken from what runs also after its text has changed @deep', async ({ lab }) => {
  await stopAtTurn(lab);
  await typeAbove(lab, '; a line more\n');
  await expect.poll(() => setLines(lab)).toEqual([14]);
  // Who stands where is still told of what runs.
  await expect(lab.locator('.cm-here')).toHaveText(/call turn/);
  await (await detail(lab, 'Tasks')).getByRole('button', { name: 'turns, line 13' }).first().click();
  await expect(lab.locator('.cm-activeLine')).toHaveText(/call turn/);
  const stops = () => lab.evaluate(() => `${window.lab.held?.id} ${window.lab.held?.halt?.task}`);
  const first = await stops();
  await button(lab, 'Resume').click();
  await expect.poll(stops).not.toBe(first);
  await pressLine(lab, 14);
  await expect.poll(() => setLines(lab)).toEqual([]);
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  const ran = () =>
    lab.evaluate(() => window.lab.workers().reduce((sum, { instructions }) => sum + instructions, 0));
  const before = await ran();
  await expect.poll(ran).toBeGreaterThan(before + 100_000);
  await expectRunning(lab);
});

test('tasks that come to a breakpoint at once stop in one pause, which counts once @deep', async ({
  lab,
}) => {
  await stopAtTurn(lab);
  // Until the world was handed from one to the other.
  const { answer, before, after } = await lab.evaluate(async () => {
    for (let n = 0; n < 500; n += 1) {
      const before = window.lab.held;
      const next = new Promise((resolve) => window.lab.addEventListener('pause', resolve, { once: true }));
      const answer = await window.lab.resume();
      await next;
      const after = window.lab.held;
      if (before && after?.id === before.id) return { answer, before, after };
    }
    throw new Error('no two tasks came there at once');
  });
  expect(answer).toMatchObject({ id: before.id, total: null });
  expect(after.halt?.task).not.toBe(before.halt?.task);
  expect(after).toMatchObject({ at: before.at, queue: before.queue, ttsp: before.ttsp, by: before.by });
  await expectState(lab, 'Stopped for Debug');
  await expect(lab.locator('#says')).toContainText(`(task ${after.halt?.task},`);
  const shown = await (
    await detail(lab, 'Pauses')
  )
    .locator('tr[data-row]')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-row')));
  expect(new Set(shown).size).toBe(shown.length);
  await detail(lab, 'Pauses');
  const [file] = await Promise.all([lab.waitForEvent('download'), button(lab, 'Recorded run').click()]);
  const saved = await readFile(await file.path());

  // The other one goes on alone, and the record is there.
  await pressLine(lab, 13);
  await expect.poll(() => setLines(lab)).toEqual([]);
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
  const { records, count } = await lab.evaluate(() => ({
    records: window.lab.pauses,
    count: window.lab.stats().debug.count,
  }));
  const ids = records.map(({ id }) => id);
  expect(new Set(ids).size).toBe(count);
  expect(ids.length).toBe(count);
  expect(records.find(({ id }) => id === before.id)).toMatchObject({ at: before.at, queue: before.queue });
  await expect(lab.locator('#statistics-title')).toContainText(`${count} pauses`);
  await lab
    .locator('#file')
    .setInputFiles({ name: 'a.run.json', mimeType: 'application/json', buffer: saved });
  await expect(lab.locator('#recorded')).toBeVisible();
});

test('a module that is opened has no breakpoints of the text before it @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, TURNS);
  await expect.poll(() => lab.evaluate(() => window.lab.program?.source)).toBe(TURNS);
  const bytes = await lab.evaluate(async () => [...(await window.lab.moduleBytes())]);
  await pressLine(lab, 13);
  await expect.poll(() => marked(lab)).toEqual(['call turn']);
  const file = { name: 'turns.bin', mimeType: '', buffer: Buffer.from(bytes) };
  await lab.locator('#file').setInputFiles(file);
  const editor = lab.getByRole('textbox', { name: 'Program source' });
  await expect(editor).toContainText('.func turns');
  await expect(lab.locator('.cm-breaks .break')).toHaveCount(0);
  // One that is set now is the only one.
  const line = await lab.evaluate(
    () => (window.lab.program?.source.split('\n').findIndex((text) => text.includes('call turn')) ?? 0) + 1,
  );
  await pressLine(lab, line);
  await expect.poll(() => marked(lab)).toEqual([expect.stringContaining('call turn')]);
  expect(await setLines(lab)).toEqual([line]);
});
