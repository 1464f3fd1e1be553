/** The editor: what it completes and explains, and what a run has shown beside the text. */
import {
  COUNTING,
  button,
  endRun,
  expectRunning,
  expectState,
  runIt,
  stopWorld,
  write,
} from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const NAMES = `.global counter
.shape Node value next
.func sum (number)
.local total
again:
    load total
    ret
.func main
    const 1
    call sum
    ret
`;

/** Puts the text cursor behind a line and types. @param {Page} lab @param {number} line @param {string} text */
async function typeBelow(lab, line, text) {
  await lab.getByRole('textbox', { name: 'Program source' }).click();
  await lab.keyboard.press('Control+Home');
  for (let i = 1; i < line; i += 1) await lab.keyboard.press('ArrowDown');
  await lab.keyboard.press('End');
  await lab.keyboard.press('Enter');
  await lab.keyboard.type(text);
}

/** @param {Page} lab */
const options = (lab) => lab.getByRole('listbox').getByRole('option');

test('what is typed is completed to the names that fit there @deep', async ({ lab }) => {
  await endRun(lab);
  await expect
    .poll(() => lab.evaluate(() => window.lab.instructionSet().then((all) => all.length)))
    .toBeGreaterThan(9);
  for (const [typed = '', name = '', detail = ''] of [
    ['    arrayc', 'arraycopy', 'source destination →'],
    ['.lo', '.local', 'a b'],
    ['    load n', 'number', 'parameter'],
    ['    load t', 'total', 'local'],
    ['    gload c', 'counter', 'global'],
    ['    jmp a', 'again', 'label'],
    ['    call s', 'sum', '(number)'],
    ['    new N', 'Node', 'value next'],
    ['    get Node.n', 'Node.next', 'field'],
  ]) {
    await test.step(`"${typed}" is completed to ${name}`, async () => {
      await write(lab, NAMES);
      await typeBelow(lab, 5, typed);
      await expect(options(lab).first()).toContainText(name);
      await expect(options(lab).first()).toContainText(detail);
      // By the pointer: a key counts only once the list has been seen for a moment.
      await options(lab).first().click();
      await expect
        .poll(() => lab.locator('.cm-line').allTextContents())
        .toContain(typed.replace(/\S+$/, name));
    });
  }
});

test('what the pointer rests on is explained @deep', async ({ lab }) => {
  await endRun(lab);
  await write(lab, NAMES);
  const line = lab.locator('.cm-line', { hasText: 'call sum' });
  const help = lab.locator('.cm-tooltip .instruction');
  await line.getByText('call', { exact: true }).hover();
  await expect(help).toContainText('arguments → result');
  await line.getByText('sum', { exact: true }).hover();
  await expect(help).toContainText('sum (number)');
  await expect(help).toContainText('Named in line 3.');
});

test('a poll site says how often it has polled, as the engine counts @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, COUNTING);
  await runIt(lab);
  const site = lab.locator('.cm-polls .cm-gutterElement > span', { has: lab.locator('.hits:not(:empty)') });
  await expect(site.first()).toHaveAttribute('title', /polled [\d,]+ times in this run/);
  await stopWorld(lab, 'GC');
  // Stopped: the figures stand, and are the engine's.
  const real = await lab.evaluate(async () => {
    const { program } = window.lab;
    const row = program?.listing.find(({ poll }) => poll === 'back-edge');
    return (await window.lab.hits())[row?.site ?? -1];
  });
  expect(real).toBeGreaterThan(0);
  const jump = lab.locator('.cm-polls [title*="back-edge"]').first();
  await expect(jump).toHaveAttribute('title', new RegExp(`polled ${real?.toLocaleString('en')} times`));
  await expect(jump).toHaveText(/● ?[\d.]+[kMG]?/);
  // Another program has not polled yet.
  await write(lab, COUNTING.replace('.func count ()', '.func count ()\n.local other'));
  await expect(lab.locator('.hits:not(:empty)')).toHaveCount(0);
});

test('where workers stopped is shown beside the lines @deep', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, COUNTING);
  await runIt(lab);
  await expect(lab.locator('.cm-heat i')).toHaveCount(0);
  await stopWorld(lab, 'GC');
  const arrivals = await lab.evaluate(() => /** @type {any} */ (window.lab.held).arrivals);
  const lines = new Map();
  for (const { site } of arrivals) if (site?.line) lines.set(site.line, (lines.get(site.line) ?? 0) + 1);
  expect(lines.size, 'a worker stopped in the program').toBeGreaterThan(0);
  await expect(lab.locator('.cm-heat i')).toHaveCount(lines.size);
  for (const [, n] of lines) {
    const times = n === 1 ? 'once' : `${n} times`;
    await expect(lab.locator(`.cm-heat i[title*="${times}"]`).first()).toBeVisible();
  }
  await button(lab, 'Run').click();
  await expectState(lab, 'Running on');
  await expect(lab.locator('.cm-heat i')).toHaveCount(0);
});
