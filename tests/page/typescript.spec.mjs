/** Programs in TypeScript: everything speaks of their lines. */
import {
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
import { expect, test } from './support.mjs';

const PROGRAM = `class Counter {
  count = 0;
  step(by: number): void {
    this.count += by;
  }
}

function work(rounds: number): number {
  const counter = new Counter();
  for (let i = 0; i < rounds; i++) counter.step(1);
  return counter.count;
}

async function task(): Promise<void> {
  while (true) work(1000);
}

const tasks = [task(), task(), task()];
for (const one of tasks) await one;
`;

test('a stop, a breakpoint and what is beside the text speak of its lines', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, PROGRAM);
  await runIt(lab);
  await stopWorld(lab, 'GC');
  const lines = await lab.evaluate(
    () => window.lab.held?.arrivals.map(({ site }) => site?.line ?? null) ?? [],
  );
  const places = lines.filter((line) => line !== null);
  expect(places.length).toBeGreaterThan(0);
  for (const line of places) expect([4, 9, 10, 15, 18, 19]).toContain(line);
  // The loop polls at the line of its condition.
  await expect(lab.locator('.cm-polls .poll').first()).toBeVisible();
  await button(lab, 'Resume').click();
  await expectRunning(lab);
  await goTo(lab, 'Debug');
  await pressLine(lab, 4);
  await expectState(lab, 'Stopped for Debug');
  await expect(lab.locator('.cm-here')).toHaveText(/this\.count \+= by/);
  await expect(region(lab, 'Tasks')).toContainText('Counter.step');
});

test('the editor colours it, completes the lab’s functions and says what is wrong where', async ({ lab }) => {
  await expectRunning(lab);
  await write(lab, 'const x: number = 1;\nvar y = 2;\n');
  await expect(lab.locator('.cm-lintRange-error')).toHaveText('var y = 2;');
  const errors = lab.getByRole('group', { name: 'Errors' });
  await expect(errors).toContainText('Line 2, column 1');
  await expect(errors).toContainText('var is not supported; expected let or const');
  // Coloured as what it is: the word has an element of its own.
  await expect(lab.locator('.cm-line span').filter({ hasText: /^const$/ })).toBeVisible();
  const source = lab.getByRole('textbox', { name: 'Program source' });
  await source.press('ControlOrMeta+End');
  await lab.keyboard.type('spa');
  await expect(lab.locator('.cm-tooltip-autocomplete')).toContainText('spawn');
  await expect(lab.locator('.cm-completionInfo')).toContainText('Starts a task that calls a function');
  // Not by Enter: the editor takes none that comes too soon after the list.
  await lab.getByRole('option', { name: /^spawn/ }).click();
  await expect(lab.locator('.cm-tooltip-autocomplete')).toBeHidden();
  await lab.keyboard.type('(');
  await expect(source).toContainText('spawn(');
  // Behind a dot: what JavaScript has by that name, or what values and the program's own types have.
  await write(lab, 'class Cell {\n  filled = 0;\n}\nconst cell = new Cell();\n');
  await source.press('ControlOrMeta+End');
  await lab.keyboard.type('Math.ro');
  await expect(lab.getByRole('option', { name: /^round\s*of Math/ })).toBeVisible();
  await lab.keyboard.press('Escape');
  await lab.keyboard.type(';\ncell.fil');
  await expect(lab.getByRole('option', { name: /^filled\s*of this program/ })).toBeVisible();
  await expect(lab.getByRole('option', { name: /^filter\s*of arrays/ })).toBeVisible();
  // The list would lie where the editor is pressed.
  await lab.keyboard.press('Escape');
  await expect(lab.locator('.cm-tooltip-autocomplete')).toBeHidden();
  // Assembler again.
  await write(lab, '.func main\n    const 41\n    ret\n');
  await lab.keyboard.press('ControlOrMeta+End');
  await lab.keyboard.type('    gsto');
  await expect(lab.locator('.cm-tooltip-autocomplete')).toContainText('gstore');
});

test('a trap says its line, and its message', async ({ lab }) => {
  await expectRunning(lab);
  const program =
    'function check(n: number): void {\n  if (n > 2) throw new Error(`${n} is too much`);\n}\nfor (let i = 0; i < 5; i++) check(i);\n';
  await write(lab, program);
  await button(lab, 'Run').click();
  await expectState(lab, /Trapped: 3 is too much/);
  await expect(await detail(lab, 'Log')).toContainText(/Trapped: 3 is too much \(.*check.*line 2/);
});

test('steps go by statements, which are marked in the text and in the bytecode', async ({ lab }) => {
  await expectRunning(lab);
  const program = `async function main(): Promise<number> {
  let sum = 0;
  for (let i = 0; i < 3; i++) sum += i;
  { const sum = 'inner'; print(sum); }
  return sum;
}
await main();
`;
  await goTo(lab, 'Debug');
  await write(lab, program);
  // At the body of the loop, not at its head.
  await lab.getByRole('textbox', { name: 'Program source' }).press('ControlOrMeta+Home');
  for (const key of ['ArrowDown', 'ArrowDown', 'End', 'Shift+F9']) await lab.keyboard.press(key);
  await expect(lab.locator('#breakpoint-list')).toContainText('line 3, column 31');
  await button(lab, 'Run').click();
  await expectState(lab, 'Stopped for Debug');
  const here = lab.locator('.cm-here-passage');
  await expect(here).toHaveText('sum += i;');
  for (const statement of ['i++', 'i < 3']) {
    await lab.keyboard.press('v');
    await expect(here).toHaveText(statement);
  }
  const tasks = region(lab, 'Tasks');
  await expect(tasks).toContainText('sum');
  // What the compiler needs for itself is not shown.
  await expect(tasks).not.toContainText('(value)');
  const words = await lab.evaluate(() =>
    window.lab.program?.listing.filter(({ poll }) => poll === 'back-edge').map((row) => row.words),
  );
  expect(words).toEqual(['the condition of the `for` loop']);
  // Each shows what belongs to a place in the other.
  await lab.setViewportSize({ width: 1900, height: 900 });
  const row = lab.locator('#pane-bytecode tr', { hasText: 'js-add' }).first();
  await row.hover();
  await expect(lab.locator('.cm-linked-passage')).toHaveText('sum += i;');
  await lab.locator('.cm-line', { hasText: 'return sum' }).getByText('return').hover();
  const linked = await lab.locator('#pane-bytecode tr.linked .code').allTextContents();
  expect(linked).toEqual(['load sum', 'ret']);
});
