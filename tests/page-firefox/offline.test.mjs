/** The service worker in Firefox, on a host that sets no headers: isolation, no network, another version. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { dist } from '../../scripts/paths.mjs';
import { FIB, spinners } from '../page/engine-programs.mjs';
import { newerBuild, patientBuild } from '../page/newer-build.mjs';
import { startHost } from '../page/static-host.mjs';
import { evaluate, labReady, startFirefox } from './support.mjs';

const LIMIT = 120_000;
const WORKERS = 2;

/** @type {import('./support.mjs').Firefox} */
let firefox;
/** @type {import('../page/static-host.mjs').StaticHost} */
let host;
before(async () => {
  firefox = await startFirefox();
});
after(() => firefox?.close());
afterEach(() => host.close());

/** A program ends with its result, and another is stopped and goes on. */
async function expectWorks() {
  assert.equal(await firefox.driver.executeScript('return crossOriginIsolated'), true);
  const { result, arrivals, went } = await evaluate(
    firefox,
    `const [ending, endless, workers] = args;
     await lab.stop();
     await lab.load(ending);
     await lab.run({ workers });
     const { result } = await lab.finished();
     await lab.load(endless);
     await lab.run({ workers });
     const pause = await lab.pause('gc');
     const held = lab.workers();
     await lab.resume();
     const goes = ({ instructions }, worker) => instructions > held[worker].instructions;
     while (!lab.workers().every(goes)) await new Promise((resolve) => setTimeout(resolve, 5));
     await lab.stop();
     return { result, arrivals: pause.arrivals.length, went: held.length };`,
    FIB,
    spinners(WORKERS),
    WORKERS,
  );
  assert.deepEqual({ result, arrivals, went }, { result: '6765', arrivals: WORKERS, went: WORKERS });
}

/**
 * Waits until the page's own build serves the next visit, and so is kept.
 *
 * Asks the registration's worker and not `controller`: a page that is loaded while one worker takes the place of
 * another may keep the one that went, which does not answer any more.
 */
async function kept() {
  await evaluate(
    firefox,
    `const own = document.querySelector('meta[name="build"]').content;
     const serving = async () => {
       const { active } = await navigator.serviceWorker.ready;
       return new Promise((resolve) => {
         const { port1, port2 } = new MessageChannel();
         port1.onmessage = ({ data }) => resolve(data);
         const left = () => active.state === 'redundant' && resolve(null);
         active.addEventListener('statechange', left);
         active.postMessage('version', [port2]);
         left();
       });
     };
     while ((await serving()) !== own) await new Promise((resolve) => setTimeout(resolve, 20));`,
  );
}

/** A visit later on, not WebDriver's reload: that one asks the host, as a reload with Shift does. */
async function comeBack() {
  await firefox.driver.get('about:blank');
  await firefox.driver.get(host.address);
  await labReady(firefox);
}

for (const under of ['/', '/courses/runtimes/lab/']) {
  test(`under ${under} the page isolates itself, and then needs no host`, { timeout: LIMIT }, async () => {
    host = await startHost(dist, under);
    const { driver } = firefox;
    await driver.get(host.address);
    await labReady(firefox);
    await expectWorks();
    assert.deepEqual(
      host.asked.filter((asked) => !asked.startsWith(under)),
      under === '/' ? [] : ['/favicon.ico'].filter((icon) => host.asked.includes(icon)),
    );
    await kept();
    await host.close();
    await comeBack();
    await expectWorks();
  });
}

test('another version is there at the first load', { timeout: LIMIT }, async (t) => {
  const folders = [patientBuild(), newerBuild()];
  t.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
  host = await startHost(folders[0], '/lab/');
  const { driver } = firefox;
  await driver.get(host.address);
  await labReady(firefox);
  await kept();
  host.folder = folders[1];
  await comeBack();
  assert.equal(await driver.getTitle(), 'Newer Lab');
  await expectWorks();
  await kept();
  await host.close();
  await comeBack();
  assert.equal(await driver.getTitle(), 'Newer Lab');
  await expectWorks();
});
