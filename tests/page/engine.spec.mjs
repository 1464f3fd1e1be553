/** The engine through `window.lab`, in Chromium. */
import { FIB, STALL, TRAP, spinners } from './engine-programs.mjs';
import { expect, test } from './support.mjs';

/** @typedef {import('../../www/engine/lab.ts').Lab} Lab */

/** Pauses in a row; `npm run test:deep` makes more. */
const PAUSES = Number(process.env.SAFEPOINT_PAGE_PAUSES ?? 200);

test.beforeEach(async ({ lab }) => {
  await lab.evaluate(() => /** @type {any} */ (window).lab.stop());
});

/**
 * Loads a program, which must be without faults, and runs it.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string} source
 * @param {import('../../www/run/types.ts').RunOptions} options
 */
async function start(page, source, options = {}) {
  await page.evaluate(async ([text, settings]) => {
    const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
    const { ok, errors } = await lab.load(text);
    if (!ok) throw new Error(JSON.stringify(errors));
    await lab.run(settings);
  }, /** @type {const} */ ([source, options]));
}

/**
 * Stops the page's drawing: on two cores it takes longer than the stop that is tested.
 *
 * @param {import('@playwright/test').Page} page
 */
async function withoutDrawing(page) {
  await page.evaluate(() => {
    window.requestAnimationFrame = () => 0;
  });
}

test('a program runs to its end @quick', async ({ lab: page }) => {
  await start(page, FIB, { workers: 2 });
  const finished = await page.evaluate(() => /** @type {any} */ (window).lab.finished());
  expect(finished).toMatchObject({ result: '6765', output: '6765\n', trap: null });
  expect(await page.evaluate(() => /** @type {any} */ (window).lab.state)).toBe('finished');
});

test('what a program prints is heard while it runs @quick', async ({ lab: page }) => {
  const heard = page.evaluate(
    () => new Promise((resolve) => /** @type {any} */ (window).lab.on('output', resolve)),
  );
  const endless = spinners(1).replace('.func main\n', '.func main\n    const "hello"\n    print\n');
  await start(page, endless);
  expect(await heard).toBe('hello\n');
});

test('a trap tells where and why @quick', async ({ lab: page }) => {
  await start(page, TRAP);
  const { trap, result } = await page.evaluate(() => /** @type {any} */ (window).lab.finished());
  expect(result).toBeNull();
  expect(trap).toMatchObject({ function: 'main', line: 3 });
  expect(trap.message).toContain('no more tea');
});

test('faults of a text have a place and words @quick', async ({ lab: page }) => {
  const { ok, errors } = await page.evaluate(() =>
    /** @type {any} */ (window).lab.load('.func main\n    lod x\n    const null\n    ret\n'),
  );
  expect(ok).toBe(false);
  expect(errors[0]).toMatchObject({ line: 2, column: 5, length: 3 });
  expect(errors[0].message).toContain('load');
});

test('a module that was disassembled and assembled is the same @deep', async ({ lab: page }) => {
  const same = await page.evaluate(async (text) => {
    const { lab } = /** @type {any} */ (window);
    await lab.load(text);
    const bytes = await lab.moduleBytes();
    const disassembled = await lab.disassemble();
    const loadedBytes = (await lab.load(bytes)).ok;
    const loadedText = (await lab.load(disassembled)).ok;
    return [loadedBytes, loadedText, String(await lab.moduleBytes()) === String(bytes)];
  }, FIB);
  expect(same).toEqual([true, true, true]);
});

test('a pause stops all workers, says which were late, and a resume lets them go @quick', async ({
  lab: page,
}) => {
  await start(page, spinners(4), { workers: 4 });
  const { held, record, before, after, stats } = await page.evaluate(async () => {
    const { lab } = /** @type {any} */ (window);
    const before = await lab.pause('gc');
    const held = {
      pause: lab.held?.id,
      states: lab.workers().map((/** @type {any} */ { state }) => state),
    };
    const after = await lab.resume();
    return { held, record: lab.held, before, after, stats: lab.stats() };
  });
  expect(held.pause).toBe(before.id);
  expect(held.states).toHaveLength(4);
  for (const state of held.states) expect(['stopped', 'idle', 'safe region']).toContain(state);
  expect(record).toBeNull();
  expect(before).toMatchObject({ reason: 'gc', by: 'page', total: null });
  expect(before.arrivals).toHaveLength(4);
  expect(before.sentence).not.toBe('');
  expect(after).toMatchObject({ id: before.id, ttsp: before.ttsp });
  expect(after.total).toBeGreaterThan(0);
  expect(stats.gc.count).toBe(1);
  expect(stats.gc.ttsp.max).toBeGreaterThanOrEqual(0);
});

/** Has the page believe that it is hidden, or shown. @param {import('@playwright/test').Page} page @param {boolean} hidden */
async function hide(page, hidden) {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

test('a pause says when the page was hidden during it @deep', async ({ lab: page }) => {
  await start(page, spinners(2), { workers: 2 });
  const cycle = async () => {
    const { hidden, sentence } = await page.evaluate(() => window.lab.cycle('gc'));
    return [hidden, /page was hidden/.test(sentence)];
  };
  expect(await cycle()).toEqual([false, false]);
  await hide(page, true);
  expect(await cycle()).toEqual([true, true]);
  await hide(page, false);
  expect(await cycle()).toEqual([false, false]);
  // A run that begins in a hidden page.
  await hide(page, true);
  await start(page, spinners(2), { workers: 2 });
  expect(await cycle()).toEqual([true, true]);
});

test('the engine hears that the page is hidden while it waits for a worker @deep', async ({ lab: page }) => {
  // It comes back from there: a task that ends while a request waits tells nothing of what it did before.
  const source = STALL.replace('10000', '4000').replace(
    '    const null\n    ret\n',
    'again:\n    jmp again\n',
  );
  await start(page, source, { workers: 1 });
  await page.waitForFunction(() => window.lab.workers()[0]?.site?.kind === 'stall');
  const paused = page.evaluate(() => window.lab.pause('gc'));
  await page.waitForFunction(() => window.lab.awaiting() !== null);
  await hide(page, true);
  await hide(page, false);
  const { hidden, sentence, causes } = await paused;
  expect([hidden, sentence]).toEqual([true, expect.stringContaining('The page was hidden meanwhile')]);
  // Hidden or not, it was that.
  expect(causes.map(({ kind, evidence }) => [kind, evidence])).toEqual([
    ['blocked', expect.stringContaining('blocked for')],
  ]);
  const [over] = await page.evaluate(async () => [await window.lab.resume(), ...window.lab.pauses]);
  expect(over.hidden).toBe(true);
});

test('no instruction runs between a pause and its resume, again and again', async ({ lab: page }) => {
  test.setTimeout(600_000); // each turn takes as long as the scheduler of a busy machine wants
  await withoutDrawing(page);
  await start(page, spinners(4), { workers: 4 });
  const result = await page.evaluate(async (rounds) => {
    const { lab } = /** @type {any} */ (window);
    const counts = () =>
      lab.workers().map((/** @type {any} */ { instructions, polls }) => [instructions, polls]);
    const reasons = ['gc', 'snapshot', 'debug'];
    const first = counts();
    let moved = 0;
    for (let round = 0; round < rounds; round++) {
      const pause = await lab.pause(reasons[round % 3]);
      const before = counts();
      // Lets the event loop turn, so that a worker that still runs gets the time to show it.
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (String(before) !== String(counts())) moved++;
      // The record's counts are those that stand in the status.
      for (const { worker, instructions } of pause.arrivals) if (before[worker][0] !== instructions) moved++;
      await lab.resume();
    }
    return { moved, first, last: counts(), stats: lab.stats(), kept: lab.pauses.length };
  }, PAUSES);
  expect(result.moved).toBe(0);
  expect(result.stats.gc.count + result.stats.snapshot.count + result.stats.debug.count).toBe(PAUSES);
  expect(result.kept).toBe(PAUSES);
  result.last.forEach((/** @type {number[]} */ [count], /** @type {number} */ worker) => {
    expect(count, `worker ${worker} went on`).toBeGreaterThan(result.first[worker][0]);
  });
});

test('pauses back to back leave no worker behind @deep', async ({ lab: page }) => {
  test.setTimeout(600_000);
  await withoutDrawing(page);
  await start(page, spinners(8), { workers: 8 });
  const counts = await page.evaluate(async (rounds) => {
    const { lab } = /** @type {any} */ (window);
    for (let round = 0; round < rounds; round++) await lab.cycle('gc');
    return lab.workers().map((/** @type {any} */ { instructions }) => instructions);
  }, PAUSES);
  await page.waitForFunction(
    (before) =>
      /** @type {any} */ (window).lab
        .workers()
        .every((/** @type {any} */ { instructions }, /** @type {number} */ id) => instructions > before[id]),
    counts,
  );
  expect((await page.evaluate(() => /** @type {any} */ (window).lab.stats())).gc.count).toBe(PAUSES);
});

test('events of all workers arrive in order', async ({ lab: page }) => {
  await start(page, spinners(2), { workers: 2 });
  const events = await page.evaluate(async () => {
    const { lab } = /** @type {any} */ (window);
    /** @type {any[]} */
    const events = [];
    await lab.pause('debug');
    await lab.resume();
    lab.reader()((/** @type {any} */ event) => events.push({ ...event }));
    return events;
  });
  for (const worker of new Set(events.map((event) => event.worker))) {
    const times = events.filter((event) => event.worker === worker).map((event) => event.time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }
});

test('automatic pauses come and go by themselves @deep', async ({ lab: page }) => {
  await page.evaluate(() => /** @type {any} */ (window).lab.automatic({ reason: 'gc', everyMs: 5 }));
  await start(page, spinners(2), { workers: 2 });
  await page.waitForFunction(() => /** @type {any} */ (window).lab.pauses.length >= 10);
  const pauses = await page.evaluate(() => /** @type {any} */ (window).lab.pauses);
  for (const pause of pauses) expect(pause).toMatchObject({ by: 'timer', reason: 'gc' });
  // A pause of the page in between works too, and no worker runs in it.
  const moved = await page.evaluate(async () => {
    const { lab } = /** @type {any} */ (window);
    const counts = () => String(lab.workers().map((/** @type {any} */ { instructions }) => instructions));
    await lab.pause('debug');
    const before = counts();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const moved = before !== counts();
    await lab.resume();
    await lab.automatic(null);
    return moved;
  });
  expect(moved).toBe(false);
});

/**
 * What a call of the lab rejected with.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string} name
 * @param {unknown[]} args
 */
function rejection(page, name, ...args) {
  return page.evaluate(
    ([method, given]) =>
      /** @type {any} */ (window).lab[method](...given).then(
        () => 'it resolved',
        (/** @type {any} */ { code, message, advice, stragglers }) => ({ code, message, advice, stragglers }),
      ),
    /** @type {const} */ ([name, args]),
  );
}

test('what cannot be done now is refused in words', async ({ lab: page }) => {
  for (const [name, ...args] of [['pause', 'gc'], ['resume'], ['cycle', 'debug']]) {
    expect(await rejection(page, String(name), ...args)).toMatchObject({ code: 'not-running' });
  }
  await start(page, spinners(1), { workers: 1 });
  expect(await rejection(page, 'resume')).toMatchObject({ code: 'not-held' });
  expect(await rejection(page, 'pause', 'tea')).toMatchObject({ code: 'invalid' });
  expect(await rejection(page, 'run', { workers: 0 })).toMatchObject({ code: 'invalid' });
});

test('a pause in a held world performs its operation there, and no worker runs', async ({ lab: page }) => {
  await start(page, spinners(2), { workers: 2 });
  const { first, second, moved, record, error } = await page.evaluate(async () => {
    const { lab } = /** @type {any} */ (window);
    const counts = () => String(lab.workers().map((/** @type {any} */ { instructions }) => instructions));
    const first = await lab.pause('gc');
    const before = counts();
    const second = await lab.pause('debug');
    await lab.automatic({ reason: 'gc', everyMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await lab.automatic(null);
    const moved = before !== counts();
    const record = await lab.resume();
    const error = await lab.resume().catch((/** @type {any} */ { code }) => code);
    return { first, second, moved, record, error };
  });
  expect(second.id).toBe(first.id);
  expect(second.outcome.kind).toBe('debug');
  expect(second.outcome.tasks.length).toBeGreaterThan(0);
  expect(moved).toBe(false);
  expect(record.id).toBe(first.id);
  expect(error).toBe('not-held');
});

test('a pause past its deadline names who was late, and the world runs on', async ({ lab: page }) => {
  const source =
    STALL.replace('.func main\n', '.func main\n    spawn spin\n    pop\n') +
    spinners(1).split('.func main')[0];
  await start(page, source, { workers: 2, deadline: 50_000 });
  await page.waitForFunction(() =>
    /** @type {any} */ (window).lab.workers().some((/** @type {any} */ { site }) => site?.kind === 'stall'),
  );
  const late = await rejection(page, 'pause', 'gc');
  expect(late).toMatchObject({ code: 'timed-out' });
  expect(late.stragglers).toHaveLength(1);
  expect(late.stragglers[0].site.text).toContain('stall');
  const before = await page.evaluate(() => /** @type {any} */ (window).lab.workers());
  await page.waitForFunction(
    (workers) =>
      /** @type {any} */ (window).lab
        .workers()
        .some(
          (/** @type {any} */ { instructions }, /** @type {number} */ id) =>
            instructions > workers[id].instructions,
        ),
    before,
  );
});

test('a pause that waits can be cancelled, and one past its threshold is told of @quick', async ({
  lab: page,
}) => {
  await start(page, STALL, { workers: 1, warn: 20_000 });
  await page.waitForFunction(() => /** @type {any} */ (window).lab.workers()[0].site?.kind === 'stall');
  const { warning, error } = await page.evaluate(async () => {
    const { lab } = /** @type {any} */ (window);
    const warned = new Promise((resolve) => lab.on('warning', resolve));
    const paused = lab.pause('gc').then(
      () => 'it resolved',
      (/** @type {any} */ { code }) => code,
    );
    const warning = await warned;
    lab.cancel();
    return { warning, error: await paused };
  });
  expect(error).toBe('cancelled');
  expect(warning.workers).toMatchObject([{ worker: 0, kind: 'blocked', place: { kind: 'stall' } }]);
  expect(warning.waited).toBeGreaterThanOrEqual(20_000);
});

test('stop gets through a pause that waits for ever @quick', async ({ lab: page }) => {
  await start(page, STALL, { workers: 1 });
  await page.waitForFunction(() => /** @type {any} */ (window).lab.workers()[0].site?.kind === 'stall');
  const codes = await page.evaluate(async () => {
    const { lab } = /** @type {any} */ (window);
    const code = (/** @type {Promise<unknown>} */ promise) =>
      promise.then(
        () => 'it resolved',
        (/** @type {any} */ error) => error.code,
      );
    const pauses = [code(lab.pause('gc')), code(lab.pause('debug'))];
    await lab.stop();
    return Promise.all(pauses);
  });
  for (const code of codes) expect(['cancelled', 'stopped', 'not-running']).toContain(code);
  await start(page, FIB, { workers: 1 });
  expect((await page.evaluate(() => /** @type {any} */ (window).lab.finished())).result).toBe('6765');
});

test('a run that replaces one that runs, and one with another number of workers @deep', async ({
  lab: page,
}) => {
  test.setTimeout(180_000);
  for (const workers of [1, 2, 8, 32, 128, 3]) {
    await start(page, spinners(workers), { workers });
    // Beside 100 that compute already the last ones may take longer than a start waits for them.
    const there = () =>
      page.evaluate(() => {
        const { lab } = /** @type {{ lab: Lab }} */ (/** @type {unknown} */ (window));
        return lab.workers().filter(({ state }) => state !== 'starting').length;
      });
    await expect.poll(there, { timeout: 60_000 }).toBe(workers);
    const pause = await page.evaluate(() => /** @type {any} */ (window).lab.pause('gc'));
    expect(pause.arrivals).toHaveLength(workers);
    await page.evaluate(() => /** @type {any} */ (window).lab.resume());
  }
  await page.evaluate(() => /** @type {any} */ (window).lab.stop());
  expect(await page.evaluate(() => /** @type {any} */ (window).lab.state)).toBe('ended');
});
