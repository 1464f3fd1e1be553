/** On a host that sets no headers, under a path of its own: isolation, no network, another version. */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { dist } from '../../scripts/paths.mjs';
import { withResolvers } from '../../www/engine/promises.ts';
import { button, expectRunning, expectState, openSettings } from './lab-page.mjs';
import { newerBuild, patientBuild } from './newer-build.mjs';
import { startHost } from './static-host.mjs';
import { allowErrors, expect, test } from './support.mjs';

const NOTES = '<title>Notes</title><link rel="icon" href="data:,">';

test.use({ serviceWorkers: 'allow' });

/** @type {import('./static-host.mjs').StaticHost} */
let host;
test.beforeEach(async () => {
  host = await startHost(dist, '/courses/runtimes/lab/', {
    '/courses/': NOTES,
    '/courses/runtimes/lab/notes/': NOTES,
  });
});
test.afterEach(() => host.close());

/** @param {import('@playwright/test').Page} page */
async function visit(page) {
  await page.goto(host.address);
  await expectRunning(page);
}

/**
 * Waits until the browser has the build of this folder serve the page.
 *
 * Looks into the workers and sends them nothing: a worker that is asked while another is to take its place stays for
 * half a minute after the last question in Chrome, and for minutes where a debugger is attached.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string} folder
 */
async function serves(page, folder) {
  const [, version] = /"version":"(\w+)"/.exec(readFileSync(path.join(folder, 'sw.js'), 'utf8')) ?? [];
  await expect.poll(() => servingBuilds(page.context())).toEqual([version]);
}

/**
 * @param {import('@playwright/test').BrowserContext} context
 * @returns {Promise<string[]>} the builds whose worker serves, one unless another just takes its place
 */
async function servingBuilds(context) {
  const workers = context.serviceWorkers().map((worker) =>
    worker
      .evaluate(() => {
        const { BUILD, serviceWorker } = /** @type {any} */ (globalThis);
        return serviceWorker.state === 'activated' ? [BUILD.version] : [];
      })
      .catch(() => []),
  );
  return (await Promise.all(workers)).flat();
}

test('without headers the page isolates itself, under any path', async ({ page }) => {
  await visit(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(host.asked.filter((asked) => !asked.startsWith('/courses/runtimes/lab/'))).toEqual([]);
});

test('what the service worker serves keeps to the policy @deep', async ({ page }) => {
  await visit(page);
  const { page: ofPage, worker } = await page.evaluate(async () => {
    const [script] = performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.includes('pool.worker'));
    const of = async (/** @type {string} */ address) => Object.fromEntries((await fetch(address)).headers);
    return { page: await of('./'), worker: await of(script?.name ?? '?') };
  });
  for (const headers of [ofPage, worker]) {
    expect(headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(headers['content-security-policy']).toContain("worker-src 'self';");
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
  }
});

test('after the first visit the page works without its host @deep', async ({ page }) => {
  await visit(page);
  await host.close();
  await page.reload();
  await expectRunning(page);
  await button(page, 'End run').click();
  await expectState(page, 'Not running');
  // Another engine: its scripts and the wasm module are asked for anew.
  await openSettings(page);
  await page.getByRole('spinbutton', { name: 'Workers', exact: true }).fill('7');
  await button(page, 'Run').click();
  await expectState(page, 'Running on 7 workers');
});

test('recorded runs are kept for visits without a network @deep', async ({ page }) => {
  await visit(page);
  await host.close();
  const names = readdirSync(path.join(dist, 'assets')).filter((name) => name.endsWith('.json'));
  expect(names).toHaveLength(15);
  const formats = await page.evaluate(
    (all) => Promise.all(all.map(async (name) => (await (await fetch(`assets/${name}`)).json()).format)),
    names,
  );
  expect(new Set(formats)).toEqual(new Set(['safepoint-lab recorded run']));
});

test('a host that sends the headers is not needed any more either @deep', async ({ lab }) => {
  await lab.evaluate(async () => void (await navigator.serviceWorker.ready));
  await lab.route('**/*', (route) => route.abort());
  await lab.context().setOffline(true);
  await lab.reload();
  await expectRunning(lab);
});

for (const other of ['/courses/', '/courses/runtimes/lab/notes/']) {
  test(`the host’s page ${other} is left alone @deep`, async ({ page }) => {
    await visit(page);
    const response = await page.goto(host.origin + other);
    expect(response?.headers()['cross-origin-embedder-policy']).toBeUndefined();
    await expect(page).toHaveTitle('Notes');
  });
}

test.describe('another version', () => {
  /** @type {string} */
  let newer;
  /** @type {string} */
  let patient;
  test.beforeEach(() => {
    newer = newerBuild();
    patient = patientBuild();
  });
  test.afterEach(() => {
    for (const folder of [newer, patient]) rmSync(folder, { recursive: true });
  });

  const offer = (/** @type {import('@playwright/test').Page} */ page) =>
    page.getByText('A newer version of this page is ready.');

  test('is there at the first load, in whole, and no other is offered @deep', async ({ page }) => {
    host.folder = patient;
    await visit(page);
    host.folder = newer;
    const before = host.asked.length;
    await page.reload();
    await expect(page).toHaveTitle('Newer Lab');
    await expectRunning(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await serves(page, newer);
    // A page may be reading what is there already.
    const names = host.asked.slice(before).filter((asked) => !asked.endsWith('/sw.js'));
    expect(names).toEqual([...new Set(names)]);
    await expect(offer(page)).toBeHidden();
    await host.close();
    await page.reload();
    await expect(page).toHaveTitle('Newer Lab');
    await expectRunning(page);
  });

  test('is there at the first load of another tab @deep', async ({ page, context }) => {
    host.folder = patient;
    await visit(page);
    await page.close();
    host.folder = newer;
    const tab = await context.newPage();
    await visit(tab);
    await expect(tab).toHaveTitle('Newer Lab');
  });

  test('is offered where it takes long, and a page of the one before goes on @deep', async ({ page }) => {
    await visit(page);
    host.folder = newer;
    const { promise, resolve: release } = withResolvers();
    host.before = (pathname) => (pathname.includes('newer-') ? promise : undefined);
    await page.reload();
    await expectRunning(page);
    await expect(page).toHaveTitle('Safepoint Lab');
    await expect(offer(page)).toBeHidden();
    release(null);
    await expect(offer(page)).toBeVisible();
    // The worker that serves takes nothing away from a page that may be reading.
    await serves(page, dist);
    // The host no longer has a file of this version.
    await openSettings(page);
    await page.getByRole('spinbutton', { name: 'Workers', exact: true }).fill('7');
    await button(page, 'Run').click();
    await expectState(page, 'Running on 7 workers');
    await page.getByRole('button', { name: 'Load it' }).click();
    await expect(page).toHaveTitle('Newer Lab');
    await expectRunning(page);
    await expect(offer(page)).toBeHidden();
  });

  test('is not taken before all of it is there @deep', async ({ page }) => {
    await visit(page);
    const [script] = readdirSync(path.join(newer, 'assets')).filter((name) => name.includes('pool.worker'));
    rmSync(path.join(newer, 'assets', script ?? '?'));
    host.folder = newer;
    await page.reload();
    await expectRunning(page);
    const refused = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return registration.update().then(
        ({ installing }) =>
          new Promise((resolve) => {
            if (!installing) resolve('nothing is installed');
            installing?.addEventListener('statechange', () => resolve(installing.state));
          }),
        String,
      );
    });
    expect(refused).not.toBe('installed');
    await page.reload();
    await expectRunning(page);
    await expect(page).toHaveTitle('Safepoint Lab');
  });
});

test('a host that does not answer is not waited for @deep', async ({ page }) => {
  await visit(page);
  host.before = () => new Promise(() => {});
  await page.reload();
  await expectRunning(page);
});

test('what the host has put in the place of the page is shown @deep', async ({ page }) => {
  await visit(page);
  host.folder = path.join(dist, 'gone');
  host.pages['/courses/runtimes/lab/'] = NOTES;
  await page.reload();
  await expect(page).toHaveTitle('Notes');
});

test('a script that does not arrive is told of in words @deep', async ({ page }) => {
  allowErrors(page, /Failed to load resource/);
  await page.route('**/assets/index-*.js', (route) => route.abort());
  await page.goto(host.address);
  await expect(page.getByRole('alert')).toContainText('A part of the page could not be loaded.');
  await expectState(page, 'The page did not start');
});

test('a browser that cannot read the scripts is told of in words @deep', async ({ page }) => {
  allowErrors(page, /./);
  await page.route('**/assets/index-*.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: 'let of the future = ###;' }),
  );
  await page.goto(host.address);
  await expect(page.getByRole('alert')).toContainText('current Chrome, Edge, Firefox or Safari');
});

test('without service workers the page says what it lacks @deep', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: undefined });
  });
  await page.goto(host.address);
  await expectState(page, 'The engine cannot work here');
  await expect(page.getByRole('alert')).toContainText('not isolated from other origins');
});
