/** Programs and bytes that mean harm: an error in words, and the engine works afterwards. */
import {
  ALLOCATE_EVERYTHING,
  ENDLESS,
  FIB,
  NO_POLLS,
  RECURSE_FOR_EVER,
  spinners,
} from './engine-programs.mjs';
import { allowErrors, expect, test } from './support.mjs';

test.beforeEach(async ({ lab }) => {
  await lab.evaluate(() => /** @type {any} */ (window).lab.stop());
});

test.afterEach(async ({ page }) => {
  const finished = await page.evaluate(async (text) => {
    const { lab } = /** @type {any} */ (window);
    await lab.stop();
    await lab.load(text);
    await lab.run({ workers: 2 });
    return lab.finished();
  }, FIB);
  expect(finished.result, 'the engine works afterwards').toBe('6765');
});

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} source
 * @param {import('../../www/run/types.ts').RunOptions} options
 */
function run(page, source, options) {
  return page.evaluate(async ([text, settings]) => {
    const { lab } = /** @type {any} */ (window);
    const { ok, errors } = await lab.load(text);
    if (!ok) throw new Error(JSON.stringify(errors));
    await lab.run(settings);
  }, /** @type {const} */ ([source, options]));
}

test('texts that are no programs @quick', async ({ lab: page }) => {
  const texts = [
    '',
    '\0',
    'x'.repeat(100_000),
    '.func main',
    '.func main\n'.repeat(5000),
    '"',
    '🦀'.repeat(1000),
  ];
  for (const text of texts) {
    const { ok, errors } = await page.evaluate(
      (source) => /** @type {any} */ (window).lab.load(source),
      text,
    );
    expect(ok).toBe(false);
    expect(errors.length).toBeGreaterThan(0);
    for (const { message } of errors) expect(message).not.toBe('');
  }
});

test('truncated and flipped modules', async ({ lab: page }) => {
  const result = await page.evaluate(async (text) => {
    const { lab } = /** @type {any} */ (window);
    await lab.load(text);
    const bytes = await lab.moduleBytes();
    let silent = 0;
    let accepted = 0;
    const judge = async (/** @type {Uint8Array} */ damaged) => {
      const { ok, errors } = await lab.load(damaged);
      if (ok) accepted++;
      else if (!errors[0]?.message) silent++;
    };
    for (let length = 0; length < bytes.length; length++) await judge(bytes.slice(0, length));
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] ^= 1 << (at % 8);
      await judge(damaged);
    }
    return { silent, accepted, size: bytes.length };
  }, FIB);
  expect(result).toMatchObject({ silent: 0, accepted: 0 });
  expect(result.size).toBeGreaterThan(20);
});

test('a newer module says that it is newer @deep', async ({ lab: page }) => {
  const errors = await page.evaluate(async (text) => {
    const { lab } = /** @type {any} */ (window);
    await lab.load(text);
    const bytes = await lab.moduleBytes();
    bytes[4] = 200; // the version stands behind the magic
    return (await lab.load(bytes)).errors;
  }, FIB);
  expect(errors[0].message).toMatch(/version/);
});

test('a recursion without end traps @deep', async ({ lab: page }) => {
  await run(page, RECURSE_FOR_EVER, { workers: 2 });
  const { trap } = await page.evaluate(() => /** @type {any} */ (window).lab.finished());
  expect(trap.message).toContain('stack overflow');
});

test('an allocation of everything traps @deep', async ({ lab: page }) => {
  await run(page, ALLOCATE_EVERYTHING, { workers: 2, heap: 8 << 20 });
  const { trap } = await page.evaluate(() => /** @type {any} */ (window).lab.finished());
  expect(trap.message).toContain('out of memory');
});

test('an endless loop without a poll can be stopped', async ({ lab: page }) => {
  await run(page, ENDLESS, { workers: 2, policy: NO_POLLS });
  const finished = await page.evaluate(async () => {
    const { lab } = /** @type {any} */ (window);
    await lab.stop();
    return lab.finished();
  });
  expect(finished).toMatchObject({ result: null, trap: null });
});

test('a heap that cannot be is refused @deep', async ({ lab: page }) => {
  const error = await page.evaluate(async (text) => {
    const { lab } = /** @type {any} */ (window);
    await lab.load(text);
    return lab.run({ heap: 2 ** 32 }).then(
      () => 'it ran',
      (/** @type {any} */ { code, message, advice }) => ({ code, message, advice }),
    );
  }, spinners(1));
  expect(error).toMatchObject({ code: 'invalid' });
  expect(error.advice).toMatch(/at most \d+ MiB/);
});

test('a worker that crashes is told of, and the next run gets fresh ones', async ({ lab: page }) => {
  allowErrors(page, /sabotaged/);
  await page.route('**/pool.worker-*.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      headers: { 'Cross-Origin-Embedder-Policy': 'require-corp' },
      body: 'self.onmessage = () => { throw new Error("sabotaged"); };',
    }),
  );
  const { died, error } = await page.evaluate(async (text) => {
    const { lab } = /** @type {any} */ (window);
    /** @type {any[]} */
    const died = [];
    lab.on('died', (/** @type {any} */ detail) => died.push(detail));
    await lab.load(text);
    const error = await lab.run({ workers: 16 }).then(
      () => 'it ran',
      (/** @type {any} */ { code, message, advice }) => ({ code, message, advice }),
    );
    return { died, error };
  }, spinners(16));
  expect(died[0]).toMatchObject({ worker: expect.stringMatching(/^worker \d+$/) });
  expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining('sabotaged') });
  expect(error.advice).not.toBe('');
  await page.unroute('**/pool.worker-*.js');
});

test('a pool that cannot be started is reported at once, with the reason @deep', async ({ lab: page }) => {
  const message = await page.evaluate(async (text) => {
    const { lab, Worker: Real } = /** @type {any} */ (window);
    /** @param {URL} url @param {WorkerOptions} options */
    function Scarce(url, options) {
      if (options.name?.startsWith('worker ')) throw new Error('no thread is left');
      return new Real(url, options);
    }
    Object.assign(window, { Worker: Scarce });
    try {
      await lab.load(text);
      await lab.run({ workers: 3 });
      return 'it ran';
    } catch (thrown) {
      return /** @type {Error} */ (thrown).message;
    } finally {
      Object.assign(window, { Worker: Real });
    }
  }, FIB);
  expect(message).toContain('no thread is left');
});
