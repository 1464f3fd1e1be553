/** What is saved of a run, and what scripts get of it. */
import { readFile } from 'node:fs/promises';
import { checkTrace, pausesOf } from '../modules/trace-format.ts';
import { button, detail, expectRunning, expectState, region } from './lab-page.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/**
 * @param {Page} page
 * @param {string} name of the button
 */
async function saved(page, name) {
  await detail(page, 'Pauses');
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, name).click()]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

/** Pauses for every reason, some at once. @param {Page} page */
async function pauses(page) {
  await page.evaluate(async () => {
    for (let i = 0; i < 4; i += 1) {
      await Promise.all([window.lab.cycle('gc'), window.lab.cycle('snapshot'), window.lab.cycle('gc')]);
      await window.lab.cycle('debug');
    }
  });
}

test('the trace keeps to the format, and its figures are those of the statistics @deep', async ({ lab }) => {
  await expectRunning(lab);
  await pauses(lab);
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
  const file = await saved(lab, 'Trace');
  expect(file.name).toBe('safepoint-lab.trace.json');
  const trace = JSON.parse(file.bytes.toString('utf8'));
  checkTrace(trace);
  const { records, stats } = await lab.evaluate(() => ({
    records: window.lab.pauses,
    stats: window.lab.stats(),
  }));
  const drawn = pausesOf(trace);
  expect(drawn.map(({ id }) => id).sort((a, b) => a - b)).toEqual(records.map(({ id }) => id));
  for (const record of records) {
    const pause = drawn.find(({ id }) => id === record.id);
    expect(pause?.reason).toBe(record.reason);
    expect(pause?.ts).toBeCloseTo(record.at + record.queue, 3);
    expect(pause?.ttsp).toBeCloseTo(record.ttsp, 3);
    expect(pause?.operation).toBeCloseTo(record.operation ?? NaN, 3);
    expect(pause?.release).toBeCloseTo(record.release ?? NaN, 3);
    const awaited = record.arrivals.filter(({ safe }) => !safe);
    expect(pause?.arrivals.length).toBe(awaited.length);
    // Each stop was seen twice: in the record, and as an event of its worker.
    for (const { worker, after } of awaited) {
      const stop = pause?.stopped.find(({ tid }) => tid === worker + 1);
      expect(after).toBeLessThanOrEqual(record.ttsp);
      if (stop) expect(stop.ts).toBeCloseTo(record.at + record.queue + after, 3);
    }
    // Who did not get to run between two pauses is in a safe region at the second.
    expect(pause?.again.length, 'first instructions').toBe(awaited.length);
  }
  for (const reason of /** @type {const} */ (['gc', 'snapshot', 'debug'])) {
    const of = drawn.filter((pause) => pause.reason === reason);
    expect(of.length).toBe(stats[reason].count);
    for (const part of /** @type {const} */ (['ttsp', 'operation', 'release']))
      expect(Math.max(...of.map((pause) => pause[part] ?? 0))).toBeCloseTo(stats[reason][part].max, 3);
  }
  const tasks = trace.traceEvents.filter((/** @type {any} */ { cat }) => cat === 'task');
  expect(tasks.length).toBeGreaterThanOrEqual(4);
  expect(new Set(tasks.map((/** @type {any} */ { name }) => name))).toContain('count');
});

test('pauses are saved as CSV, everything as JSON, the charts as a picture @deep', async ({ lab }) => {
  await expectRunning(lab);
  await pauses(lab);
  // A record changes until every worker has executed an instruction after the release.
  await button(lab, 'End run').click();
  await expectState(lab, 'Not running');
  const records = await lab.evaluate(() => window.lab.pauses);
  const csv = (await saved(lab, 'CSV')).bytes.toString('utf8').trimEnd().split('\r\n');
  expect(csv.length).toBe(records.length + 1);
  const [names = [], ...rows] = csv.map((line) => line.split(','));
  const at = names.indexOf('time_to_safepoint_us');
  expect(rows.map((row) => Number(row[at]))).toEqual(records.map(({ ttsp }) => ttsp));

  const report = JSON.parse((await saved(lab, 'JSON')).bytes.toString('utf8'));
  expect(report.stats).toEqual(await lab.evaluate(() => window.lab.stats()));
  expect(report.pauses).toEqual(records);
  expect(report.workers).toBe(4);

  const { name, bytes } = await saved(lab, 'Picture');
  expect(name).toBe('safepoint-lab.png');
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  expect(width).toBeGreaterThan(600);
  expect(height, 'three charts below each other').toBeGreaterThan(500);
});

test('lab.select shows a pause, lab.trace a run in progress @deep', async ({ lab }) => {
  await expectRunning(lab);
  await pauses(lab);
  await lab.evaluate(() => window.lab.select(2));
  await expect(lab.getByRole('table', { name: /^Arrivals of pause 2 / })).toBeVisible();
  await lab.evaluate(() => window.lab.select(/** @type {any} */ (window.lab.pauses[0])));
  await expect(lab.getByRole('table', { name: /^Arrivals of pause 1 / })).toBeVisible();
  await lab.evaluate(() => window.lab.select(null));
  await expect(button(lab, 'Live')).toHaveAttribute('aria-pressed', 'true');
  const refused = await lab.evaluate(() => {
    try {
      window.lab.select(99_999);
      return 'nothing';
    } catch (error) {
      return /** @type {any} */ (error).message;
    }
  });
  expect(refused).toBe('There is no pause 99999.');

  await lab.evaluate(() => window.lab.pause('gc'));
  checkTrace(await lab.evaluate(() => window.lab.trace()));
  await lab.evaluate(() => window.lab.resume());
  await expectRunning(lab);
  // What the trace read ahead of the page is not lost to it.
  await expect(region(lab, 'This pause').locator('.parts .again dd')).toHaveText(/\d/);
});
