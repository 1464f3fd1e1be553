/** What a task and kept runs are for, in Firefox: a document, a snapshot, policies by turns, two stops beside each other. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { By, Key } from 'selenium-webdriver';
import { hands } from './hands.mjs';
import { evaluate, openLab, startFirefox } from './support.mjs';

/** Milliseconds: fifteen turns, on a machine that does something else as well. */
const TURNS = 300_000;

/** @type {import('./support.mjs').Firefox} */
let firefox;
beforeEach(async () => {
  firefox = await startFirefox();
  await openLab(firefox);
  await says('#state', /Running on/);
});
afterEach(() => firefox?.close());

const { shown, says, press } = hands(() => firefox);

test('Restoring asks before it ends what runs, and goes on with the workers that are asked for', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'safepoint-lab-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'a.snapshot');
  /** @type {number[]} */
  const taken = await evaluate(firefox, 'return [...(await lab.snapshot())]');
  writeFileSync(file, Uint8Array.from(taken));
  await (await firefox.driver.findElement(By.id('file'))).sendKeys(file);
  await says('#snapshot-ends-text', /runs on 4 workers: restoring ends it\./);
  const workers = await shown('#snapshot-workers');
  await workers.clear();
  await workers.sendKeys('3');
  await press('#snapshot-restore');
  await says('#state', /Running on 3 workers/);
  assert.equal(await evaluate(firefox, 'return lab.workers().length'), 3);
});

test('Policies are measured by turns, and compared in a sentence', { timeout: TURNS }, async () => {
  await press('#job-compare');
  await press('#turns');
  await says('#turns-note', /25 of 25 turns/, TURNS);
  await says('#turns-said', /With polls at .*one back-edge in 1000.* work was done/);
});

test('Two runs that are kept stand beside each other, aligned at the stop', async () => {
  await press('#job-compare');
  for (const name of ['Run A', 'Run B']) {
    await press('#run');
    await says('#state', /Running on/);
    await evaluate(firefox, "await lab.cycle('gc')");
    await press('#stop');
    await says('#state', /Not running/);
    await press('#compare-keep');
    await says('#compare-table', new RegExp(name));
  }
  await press('#tab-stops');
  for (const name of ['Run A', 'Run B']) await shown(`[aria-label^="Lanes of ${name} around pause"]`);
});

test('Teach: a task from the disk is opened, and its steps are ticked by what happens', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'safepoint-lab-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'cure.md');
  const document = readFileSync(new URL('../../docs/tasks.md', import.meta.url), 'utf8');
  const [, task = ''] = /```markdown\n(.*?)\n```/s.exec(document) ?? [];
  writeFileSync(file, task.replace('polls: back-edges off', 'polls: all on'));
  await (await firefox.driver.findElement(By.id('file'))).sendKeys(file);
  await says('#lesson-title', /^10\. Cure the loop$/);
  await press('#lesson-load');
  await says('#lesson-steps .ok', /Change the program/);
});

test('Compare: a run is kept, and stands beside the next one', async () => {
  await press('#gc');
  await says('#state', /Stopped for GC/);
  await press('#resume');
  await press('#job-compare');
  await press('#compare-keep');
  await says('#compare-table', /Run A/);
  await press('#run');
  await says('#state', /Running on/);
  await says('#compare-table', /This run/);
});

test('TypeScript: an error is shown at its line, and a trap says the line and the message', async () => {
  const editor = await shown('.cm-content');
  /** @param {string} text */
  const write = async (text) => {
    await editor.sendKeys(Key.chord(Key.CONTROL, 'a'));
    // In one call the driver keeps Control down for the text.
    await editor.sendKeys(text);
  };
  await write('var y = 2;');
  await says('#problems', /Line 1, column 1.*var is not supported; expected let or const/s);
  await write('for (let i = 0; ; i++) if (i > 1e5) throw new Error("too much");');
  await press('#run');
  await says('#state', /Trapped: too much/);
  const { trap } = await evaluate(firefox, 'return lab.finished()');
  assert.equal(trap.line, 1);
});
