/** Every lesson is gone through by doing what it asks, and is ticked by that alone. */
import audit from './axe.mjs';
import {
  COUNTING,
  button,
  detail,
  expectRunning,
  expectState,
  goTo,
  pressLine,
  region,
  runIt,
  stopWorld,
  write,
} from './lab-page.mjs';
import { expect, openLab, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} lab @param {string} title */
const pick = (lab, title) =>
  region(lab, 'Lessons').getByRole('button', { name: new RegExp(`^\\d ${title}`) });

/** Opens a lesson, which runs its program. @param {Page} lab @param {string} title */
async function open(lab, title) {
  await expectRunning(lab);
  await lab.evaluate(() => {
    const page = /** @type {any} */ (window);
    if (page.began === undefined) window.lab.on('run', () => void (page.began += 1));
    page.began = 0;
  });
  const began = () => lab.evaluate(() => /** @type {any} */ (window).began);
  if (await region(lab, 'Lessons').isHidden()) {
    await goTo(lab, 'Learn');
    await expect.poll(began).toBe(1);
  }
  // On a phone the list is folded.
  const more = button(lab, 'Read it, or choose another');
  if (await more.isVisible()) await more.click();
  if ((await pick(lab, title).getAttribute('aria-current')) !== 'true') {
    const before = await began();
    await pick(lab, title).click();
    await expect.poll(began).toBe(before + 1);
  }
  await expectRunning(lab);
}

/** Presses the button of a step. @param {Page} lab @param {string} name */
const press = (lab, name) => region(lab, 'Lessons').getByRole('button', { name, exact: true }).click();

/** @param {Page} lab @param {string} title @param {RegExp} text */
async function expectDone(lab, title, text) {
  await expect(lab.locator('#lesson-seen')).toHaveText(text);
  await expect(pick(lab, title)).toHaveAccessibleName(/done$/);
}

/** Nothing was ticked. @param {Page} lab */
const expectNone = (lab) => expect(region(lab, 'Lessons')).toContainText('0 of 9 done');

/** The pause that is held. @param {Page} lab @returns {Promise<any>} */
const held = (lab) => lab.evaluate(() => window.lab.held);

/** @param {Page} lab */
async function resume(lab) {
  const controls = lab.getByRole('group', { name: 'Controls', exact: true });
  await button(controls, 'Resume').click();
  await expectRunning(lab);
}

test('what a safepoint is: a GC that is asked for, not one by itself or for another reason', async ({
  lab,
}) => {
  const title = 'What a safepoint is';
  await open(lab, title);
  await stopWorld(lab, 'Debug');
  await resume(lab);
  await lab.evaluate(() => window.lab.automatic({ reason: 'gc', everyMs: 20 }));
  await expect.poll(() => lab.evaluate(() => window.lab.stats().gc.count)).toBeGreaterThan(2);
  await lab.evaluate(() => window.lab.automatic(null));
  await expectNone(lab);
  await stopWorld(lab, 'GC');
  const lines = (await held(lab)).arrivals.flatMap((/** @type {any} */ { safe, site }) =>
    safe ? [] : [site?.line],
  );
  await expect(lab.locator('#lesson-seen')).toContainText('Nothing runs until you let it.');
  await expectNone(lab);
  await press(lab, 'Resume');
  await expectDone(
    lab,
    title,
    new RegExp(`All 4 workers stood still .* ${lines.length} of them at a poll in line`),
  );
});

test('another program than the lesson speaks of ticks nothing @deep', async ({ lab }) => {
  await open(lab, 'What a safepoint is');
  await write(lab, COUNTING);
  await runIt(lab);
  await stopWorld(lab, 'GC');
  await expect(await detail(lab, 'Statistics')).toContainText('1 pause');
  await expectNone(lab);
});

test('who is late: three pauses that waited for the copy @deep', async ({ lab }) => {
  const title = 'Who is late';
  await open(lab, title);
  const seen = region(lab, 'Lessons').getByRole('status');
  let late = 0;
  while (late < 3) {
    // The step's own button, also in a world that is still stopped: it lets that go first.
    const before = await held(lab);
    await press(lab, before ? 'Resume and stop again' : 'Stop the world');
    await expect.poll(async () => (await held(lab))?.id ?? before?.id).not.toBe(before?.id);
    const [last] = (await held(lab)).stragglers;
    if (last?.site?.kind === 'bulk') late += 1;
    if (late > 0 && late < 3) {
      await expect(seen).toHaveText(
        last?.site?.kind === 'bulk'
          ? new RegExp(`^${late} of 3 seen`)
          : /the worker that copies was not the last one/,
      );
      await expectNone(lab);
    }
  }
  await expectDone(
    lab,
    title,
    /^3 of 3 seen.* The stop waited for the copy in line \d+, this time .*; the other workers lost/,
  );
});

test('the loop without a poll: a wait in vain of a second, taken back @deep', async ({ lab }) => {
  const title = 'The loop without a poll';
  await open(lab, title);
  // Taken back at once: a stop may still come within a second, so this shows nothing, and the lesson says so.
  await button(lab, 'GC').click();
  await button(lab.getByRole('group', { name: 'Controls', exact: true }), 'Take back').click();
  await expectRunning(lab);
  await expect(lab.locator('#lesson-seen')).toHaveText(
    'That was quick. Stop again, and wait for a second at least.',
  );
  await expectNone(lab);
  const began = await lab.evaluate(() => performance.now());
  await button(lab, 'GC').click();
  await expectState(lab, 'Stopping for GC · 3 of 4 arrived');
  await expectNone(lab);
  await expect.poll(() => lab.evaluate((since) => performance.now() - since, began)).toBeGreaterThan(1500);
  await press(lab, 'Take back');
  await expect(lab.locator('#lesson-seen')).toContainText(/1 never arrived.*unbounded in deaf/);
  await expectNone(lab);
  // Caused, seen, and cured by the third press.
  await press(lab, 'Poll at back-edges, run and stop');
  await expectDone(
    lab,
    title,
    /3 of 4 workers stood still for nothing: 1 never arrived\. With polls at back-edges the same program stopped after/,
  );
});

test('blocked is not running: a pause does not wait for a worker in a safe region @deep', async ({ lab }) => {
  const title = 'Blocked is not running';
  await open(lab, title);
  for (;;) {
    await stopWorld(lab, 'GC');
    const away = (await held(lab)).arrivals.filter((/** @type {any} */ one) => one.standing === 'blocked');
    if (away.length > 0) break;
    await expectNone(lab);
    await resume(lab);
  }
  await expectDone(lab, title, /although [12] of 4 workers were blocked for up to 500 ms/);
});

test('a collection: the figures are those of the heap; no other pause counts @deep', async ({ lab }) => {
  const title = 'A collection';
  await open(lab, title);
  await stopWorld(lab, 'Snapshot');
  await resume(lab);
  await expectNone(lab);
  for (;;) {
    await stopWorld(lab, 'GC');
    if ((await held(lab)).outcome.freed_objects > 0) break;
    await resume(lab);
  }
  await expectDone(lab, title, /^Before: .* objects were garbage\. Marking took/);
});

test('a snapshot goes on to the right end; an end without one does not count @deep', async ({ lab }) => {
  test.setTimeout(180_000);
  const title = 'A snapshot is a consistent cut';
  await open(lab, title);
  const go = region(lab, 'Lessons').getByRole('button', { name: 'Go on from the snapshot with 2 workers' });
  const seen = region(lab, 'Lessons').getByRole('status');
  await expect(go).toBeHidden();
  await press(lab, 'Take a snapshot');
  await expectState(lab, 'Stopped for Snapshot');
  await expect(seen).toContainText(/^The snapshot is taken: .* with [45] tasks/);
  await resume(lab);
  await expect(lab.locator('#state')).toContainText('Finished', { timeout: 60_000 });
  await expectNone(lab);
  await go.click();
  await expectState(lab, 'Running on 2 workers');
  await expect(lab.locator('#state')).toContainText('Finished', { timeout: 60_000 });
  await expectDone(lab, title, /It printed 1200\. The snapshot of .* no turn was lost/);
});

test('a breakpoint stops all workers; the button Debug is not one @deep', async ({ lab }) => {
  const title = 'A breakpoint stops all workers';
  await open(lab, title);
  await stopWorld(lab, 'Debug');
  await resume(lab);
  await expectNone(lab);
  await pressLine(lab, 12);
  await expectState(lab, 'Stopped for Debug');
  const { worker, line } = (await held(lab)).halt;
  expect(line).toBe(12);
  await expectDone(
    lab,
    title,
    new RegExp(`^Worker ${worker} came to line 12 .* All other workers stopped within`),
  );
});

test('a breakpoint of one lesson does not stop another one that has the same program @deep', async ({
  lab,
}) => {
  await open(lab, 'A breakpoint stops all workers');
  await pressLine(lab, 12);
  await expectState(lab, 'Stopped for Debug');
  await expectState(lab, 'line 12');
  await pick(lab, 'What a safepoint is').click();
  await expect.poll(() => lab.evaluate(async () => (await window.lab.breakpoints()).length)).toBe(0);
  await expectRunning(lab);
  await stopWorld(lab, 'GC');
});

test('another lesson begins although a stop does not come', async ({ lab }) => {
  await open(lab, 'The loop without a poll');
  await press(lab, 'Stop the world');
  await expectState(lab, 'Stopping for GC · 3 of 4 arrived');
  await pick(lab, 'Who is late').click();
  await expect(lab.getByRole('textbox', { name: 'Program source' })).toContainText('copy(from, to)');
  await expectRunning(lab);
});

test('what a poll costs: two measured runs, one of them with few polls @deep', async ({ lab }) => {
  const title = 'What a poll costs';
  await open(lab, title);
  const seen = region(lab, 'Lessons').getByRole('status');
  const measure = async () => {
    // A second's running is the lesson's own condition; it says so if that was too early.
    await expect(async () => {
      await stopWorld(lab, 'GC');
      const early = await seen.textContent();
      await resume(lab);
      expect(early).not.toContain('asked for is at least 1.00');
    }).toPass({ intervals: [1200] });
  };
  await measure();
  await expect(seen).toContainText(/^With a poll at every turn: .* instructions a second/);
  await expectNone(lab);
  await press(lab, 'Run with one poll in 1000');
  await expect(lab.locator('#settings-button')).toContainText('one back-edge in 1000');
  await expectRunning(lab);
  await measure();
  await expectDone(lab, title, /; with one in 1000: .*(So here|Here it) .* The stops took/);
});

test('how the protocol can go wrong: it is run, and what it did is said @deep', async ({ lab }) => {
  const title = 'How the protocol can go wrong';
  await expectRunning(lab);
  await button(lab, 'End run').click();
  await goTo(lab, 'Learn');
  await pick(lab, title).click();
  await expectNone(lab);
  const run = region(lab, 'Lessons').getByRole('button', { name: 'Run the broken protocol' });
  // It fails nearly always; that it may work by luck is what the lesson says then.
  await expect(async () => {
    await run.click();
    await expect(region(lab, 'Lessons')).toContainText('1 of 9 done');
  }).toPass();
  await expectDone(
    lab,
    title,
    /The requester saw all 2 workers at the barrier: (yes|no)\. .* they made .* steps, and one request was counted as [\d.]+(\sk)? stops where 2 would be right/,
  );
});

test('a lesson does not take the text away: there is a way back, and progress stays @deep', async ({
  lab,
  page,
  address,
}) => {
  await expectRunning(lab);
  await write(lab, COUNTING);
  await open(lab, 'Who is late');
  const editor = lab.getByRole('textbox', { name: 'Program source' });
  await expect(editor).toContainText('copy(from, to)');
  await editor.focus();
  // The lessons opened with the first one.
  await lab.keyboard.press('Control+Z');
  await expect(editor).toContainText('name: Busy loops');
  await lab.keyboard.press('Control+Z');
  await expect(editor).toContainText('.func count');
  await expect(editor).not.toContainText('copy(from, to)');
  await lab.keyboard.press('Control+Shift+Z');
  await lab.keyboard.press('Control+Shift+Z');
  await expect(editor).toContainText('copy(from, to)');
  await button(lab, 'Back to the text that was there').click();
  await expect(editor).not.toContainText('copy(from, to)');
  await open(lab, 'What a safepoint is');
  await stopWorld(lab, 'GC');
  await resume(lab);
  await expect(region(lab, 'Lessons')).toContainText('1 of 9 done');
  await openLab(page, address);
  await goTo(page, 'Learn');
  await expect(pick(page, 'What a safepoint is')).toHaveAccessibleName(/done$/);
  // It opens where there is something left to do.
  await expect(pick(page, 'Who is late')).toHaveAttribute('aria-current', 'true');
  await button(page, 'Start over').click();
  await expectNone(page);
});

test('a lesson’s program is not the user’s own until the user changes it @deep', async ({ lab }) => {
  const programs = lab.getByRole('combobox', { name: 'Program', exact: true });
  const options = programs.locator('option');
  const examples = await lab.evaluate(() => window.lab.examples().map(({ name }) => name));
  await open(lab, 'The loop without a poll');
  await lab.reload(); // what is there again is the lesson's all the same
  await open(lab, 'A snapshot is a consistent cut');
  await programs.selectOption('Blocked and forgot');
  await expectRunning(lab);
  expect(await options.allTextContents()).toEqual([...examples, 'Famous pauses …']);

  await open(lab, 'The loop without a poll');
  const editor = lab.getByRole('textbox', { name: 'Program source' });
  await editor.click();
  await lab.keyboard.press('Control+End');
  await lab.keyboard.insertText('// seen\n');
  await programs.selectOption('Blocked and forgot');
  await expectRunning(lab);
  expect(await options.allTextContents()).toEqual([
    ...examples,
    'The loop without a poll',
    'Famous pauses …',
  ]);
  await programs.selectOption('The loop without a poll');
  await expect(editor).toContainText('// seen');
});

test('the settings of a lesson do not stay with the next program @deep', async ({ lab }) => {
  await open(lab, 'What a poll costs');
  const settings = lab.locator('#settings-button');
  await expect(settings).toContainText('polls not counted');
  await lab.getByRole('combobox', { name: 'Program', exact: true }).selectOption('Blocked and forgot');
  await expectRunning(lab);
  await expect(settings).not.toContainText('polls not counted');
});

test('a step is two presses of the keyboard from the beginning of the page @deep', async ({ lab }) => {
  await expectRunning(lab);
  for (const { job, first } of /** @type {const} */ ([
    { job: 'Learn', first: 'Stop the world' },
    { job: 'Famous pauses', first: 'Stop the world for GC' },
  ])) {
    await goTo(lab, job);
    if (job === 'Famous pauses') await lab.getByRole('link', { name: /^The counted loop/ }).click();
    await expect(lab.locator('.lessons:visible [aria-current=step] button')).toHaveText(first);
    await lab.evaluate(() => {
      document.body.tabIndex = -1;
      document.body.focus();
    });
    await lab.keyboard.press('Tab');
    await lab.keyboard.press('Tab');
    await expect(button(lab, 'Skip to the step')).toBeFocused();
    await lab.keyboard.press('Enter');
    await expect(lab.locator('.lessons:visible [aria-current=step] button')).toBeFocused();
  }
});

test('by keyboard alone, from the button to the tick and on @deep', async ({ lab }) => {
  await expectRunning(lab);
  await lab.getByRole('link', { name: 'Learn', exact: true }).focus();
  await lab.keyboard.press('Enter');
  await expect(region(lab, 'Lessons')).toBeVisible();
  await pick(lab, 'What a safepoint is').focus();
  await lab.keyboard.press('Enter');
  await expect.poll(() => lab.evaluate(() => window.lab.state)).toBe('running');
  await region(lab, 'Lessons').getByRole('button', { name: 'Stop the world' }).focus();
  await lab.keyboard.press('Enter');
  await expectState(lab, 'Stopped for GC');
  await region(lab, 'Lessons').getByRole('button', { name: 'Resume' }).focus();
  await lab.keyboard.press('Enter');
  await button(lab, 'Next lesson').focus();
  await lab.keyboard.press('Enter');
  await expect(lab.getByRole('heading', { name: '2. Who is late' })).toBeFocused();
  await lab.getByRole('link', { name: 'Try', exact: true }).focus();
  await lab.keyboard.press('Enter');
  await expect(region(lab, 'Lessons')).toBeHidden();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`axe finds nothing in the lessons, ${colorScheme} @deep`, async ({ page, address }) => {
    await page.emulateMedia({ colorScheme });
    await openLab(page, address);
    await open(page, 'What a safepoint is');
    await stopWorld(page, 'GC');
    await resume(page);
    await expect(region(page, 'Lessons')).toContainText('1 of 9 done');
    expect(await audit(page)).toEqual([]);
  });
}

for (const width of [1440, 1024, 390]) {
  test(`the lessons cover nothing at ${width} pixels @deep`, async ({ page, address }) => {
    await page.setViewportSize({ width, height: 844 });
    await openLab(page, address);
    await open(page, 'What a safepoint is');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const box = await region(page, 'Lessons').boundingBox();
    for (const name of ['Timeline', 'Program']) {
      const other = await region(page, name).boundingBox();
      const isBelow = (other?.y ?? 0) >= (box?.y ?? 0) + (box?.height ?? 0);
      const isAbove = (other?.y ?? 0) + (other?.height ?? 0) <= (box?.y ?? 0);
      const isBeside = (other?.x ?? 0) >= (box?.x ?? 0) + (box?.width ?? 0);
      expect(isBelow || isAbove || isBeside, name).toBe(true);
    }
  });
}
