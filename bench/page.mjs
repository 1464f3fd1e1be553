/** The page's own speed: how soon a program runs, and how it answers while workers compute. */
import { say } from '../scripts/log.mjs';
import { spinners } from '../tests/page/engine-programs.mjs';
import { figures, percentile, range } from './figures.mjs';
import { writeReport } from './report.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const VISITS = 12;
const WORKERS = [1, 4, 8, 32];
const PRESSES = 60;
/** Presses while the main thread's tasks are traced, by themselves: tracing costs something. */
const TRACED = 30;
const VIEWPORT = { width: 1440, height: 900 };
/** Milliseconds until a page is at rest from being asked something. */
const SETTLE = 1000;
/** Milliseconds between two automatic collections while the page is watched. */
const COLLECT = 250;

/** A page that does nothing but turn red, beside as many workers that do nothing but compute. */
const BARE = `<!doctype html><title>Bare</title><button style="position:fixed;inset:0">Press</button>`;

/**
 * What a page did while its button was pressed again and again, in milliseconds. `heard`: from the press until the
 * page's code had it; `shown`: until what came of it was on the screen, in steps of 8 and no less than 16; `tasks`: all
 * tasks of the main thread over 50.
 *
 * @typedef {{ heard: number[], shown: number[], tasks: number[] }} Watched
 * @typedef {Watched & { busiest: number }} WatchedLab `busiest`: most processor time that one task took
 */

/** @param {import('./browser.mjs').Bench} bench */
export async function benchPage(bench) {
  const address = await bench.serveProduct();
  const visits = await visit(bench, address);
  const conditions = { ...bench.conditions, viewport: '1440 x 900' };
  writeReport({
    name: 'opening',
    title: 'Opening the page',
    explanation:
      'Milliseconds from the navigation until the page says that the first program runs: at the first visit, and at later ones, median and range. From a server on the same machine.',
    columns: ['visit', 'milliseconds'],
    cells: [
      ['first', /** @type {number} */ (visits[0]).toFixed(0)],
      ['later', range(figures(visits.slice(1)), 0)],
    ],
    data: visits,
    conditions: { ...conditions, visits: VISITS },
  });
  const rows = [];
  for (const workers of WORKERS) {
    say(`bench: the page beside ${workers} workers ...`);
    rows.push({
      workers,
      lab: await watchLab(bench, address, workers),
      bare: await watchBare(bench, address, workers),
    });
  }
  const at = (/** @type {number[]} */ values) =>
    [0.5, 0.9].map((share) => percentile(values, share).toFixed(0));
  writeReport({
    name: 'answering',
    title: 'How the page answers while workers compute',
    explanation: `Milliseconds, of ${PRESSES} presses of a button that opens the settings, while a collection stops the world every ${COLLECT} ms; beside a page that only changes its colour and has as many workers that only compute. Heard: until the page's code had the press. Shown: until what came of it was on the screen, in steps of 8 and no less than 16. Tasks: those of the main thread over 50 ms, of wall-clock time: with more workers than processors most of a long task is waiting for a processor. Busiest task: most processor time that one took, in ${TRACED} more presses.`,
    columns: [
      'workers',
      'heard p50',
      'heard p90',
      'bare heard p50',
      'bare heard p90',
      'shown p50',
      'shown p90',
      'bare shown p50',
      'bare shown p90',
      'tasks over 50',
      'longest task',
      'busiest task',
      'bare tasks over 50',
    ],
    cells: rows.map(({ workers, lab, bare }) => [
      String(workers),
      ...at(lab.heard),
      ...at(bare.heard),
      ...at(lab.shown),
      ...at(bare.shown),
      String(lab.tasks.length),
      lab.tasks.length === 0 ? '' : Math.max(...lab.tasks).toFixed(0),
      lab.busiest.toFixed(0),
      String(bare.tasks.length),
    ]),
    data: rows,
    conditions,
  });
}

/**
 * @param {import('./browser.mjs').Bench} bench
 * @param {string} address
 * @returns {Promise<number[]>} milliseconds of each visit
 */
async function visit({ browser }, address) {
  say('bench: opening the page ...');
  const context = await browser.newContext({ viewport: VIEWPORT });
  const times = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const page = await context.newPage();
    await page.goto(address, { waitUntil: 'commit' });
    const time = await page.waitForFunction(
      () => document.querySelector('#state')?.textContent?.includes('Running on') && performance.now(),
      null,
      { polling: 5 },
    );
    times.push(Number(await time.jsonValue()));
    await page.close();
  }
  await context.close();
  return times;
}

/**
 * @param {import('./browser.mjs').Bench} bench
 * @param {string} address
 * @param {number} workers
 * @returns {Promise<WatchedLab>}
 */
async function watchLab({ browser }, address, workers) {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(address);
  // A string, so that the page's policy does not forbid it.
  await page.evaluate(`(async () => {
    await lab.ready;
    await lab.load(${JSON.stringify(spinners(workers))});
    await lab.automatic({ reason: 'gc', everyMs: ${COLLECT} });
    await lab.run({ workers: ${workers} });
  })()`);
  const place = await page.locator('#settings-button').boundingBox();
  const watched = await watch(page, place ?? { x: 0, y: 0 }, PRESSES);
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline'] });
  await watch(page, place ?? { x: 0, y: 0 }, TRACED);
  const busiest = busiestTask(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
  await page.close();
  return { ...watched, busiest };
}

/**
 * @typedef {{ name: string, pid: number, tid: number, tdur?: number, args?: { name?: string } }} TraceEvent durations in
 *   microseconds
 */

/** @param {TraceEvent[]} events of all threads @returns {number} milliseconds */
function busiestTask(events) {
  const threadOf = (/** @type {TraceEvent} */ { pid, tid }) => `${pid} ${tid}`;
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  const tasks = events.filter((event) => event.name === 'RunTask' && main.has(threadOf(event)));
  if (tasks.length === 0) throw new Error('the trace has no task of a main thread');
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
}

/**
 * @param {import('./browser.mjs').Bench} bench
 * @param {string} address
 * @param {number} workers
 * @returns {Promise<Watched>}
 */
async function watchBare({ browser }, address, workers) {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.route('**/bare', (route) => route.fulfill({ contentType: 'text/html', body: BARE }));
  await page.goto(new URL('bare', address).href);
  await page.evaluate((count) => {
    const spin = URL.createObjectURL(new Blob(['for (;;);'], { type: 'text/javascript' }));
    for (let n = 0; n < count; n += 1) new Worker(spin);
    document.querySelector('button')?.addEventListener('click', ({ currentTarget }) => {
      const { style } = /** @type {HTMLElement} */ (currentTarget);
      style.background = style.background ? '' : 'red';
    });
  }, workers);
  const watched = await watch(page, { x: 100, y: 100 }, PRESSES);
  await page.close();
  return watched;
}

/**
 * @param {Page} page
 * @param {{ x: number, y: number }} place of a button
 * @param {number} presses
 * @returns {Promise<Watched>}
 */
async function watch(page, { x, y }, presses) {
  // Nothing else may be asked of the page meanwhile: an answer takes its main thread longer than a frame.
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.enable');
  await session.send('Runtime.addBinding', { name: 'pressHeard' });
  await page.evaluate((settle) => {
    /** @type {Watched} */
    const watched = { heard: [], shown: [], tasks: [] };
    Object.assign(window, { watched });
    const heard = (/** @type {PointerEvent} */ event) => {
      watched.heard.push(performance.now() - event.timeStamp);
      /** @type {any} */ (window).pressHeard('');
    };
    addEventListener('pointerdown', heard, true);
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries())
        if (name === 'pointerdown') watched.shown.push(duration);
    }).observe(/** @type {PerformanceObserverInit} */ ({ type: 'event', durationThreshold: 16 }));
    const tasks = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watched.tasks.push(duration);
    });
    // Without the one that does this.
    setTimeout(() => tasks.observe({ type: 'longtask' }), settle / 2);
  }, SETTLE);
  await page.waitForTimeout(SETTLE);
  for (let press = 1; press <= presses; press += 1) {
    const heard = new Promise((resolve) => session.once('Runtime.bindingCalled', resolve));
    await page.mouse.click(x + 5, y + 5);
    await heard;
    // Presses come at any time of what the page does by itself.
    await page.waitForTimeout(200 + ((press * 37) % 190));
  }
  /** @type {Watched} */
  const watched = await page.evaluate(() => /** @type {any} */ (window).watched);
  await session.detach();
  // Those that were faster are not told.
  while (watched.shown.length < presses) watched.shown.push(16);
  return watched;
}
