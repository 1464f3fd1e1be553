/**
 * What the tests of the page in Firefox start from: a browser over WebDriver and a server of `dist/` with the
 * headers (build it first: `npm run build`). `npm test` says in FIREFOX and GECKODRIVER where the programs are.
 */
import assert from 'node:assert/strict';
import { Builder, error } from 'selenium-webdriver';
import firefox from 'selenium-webdriver/firefox.js';
import { firefox as findFirefox } from '../../scripts/browsers.mjs';
import { servePage } from '../../scripts/serve.mjs';
import { spinners } from '../page/engine-programs.mjs';

/** Milliseconds that the page's own asynchronous calls may take. */
const SCRIPT_TIMEOUT = 60_000;

/**
 * @typedef {object} Firefox
 * @property {import('selenium-webdriver').WebDriver} driver
 * @property {string} address of the page
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Firefox>} close it when the tests are over, also when they failed */
export async function startFirefox() {
  const { browser, driver: geckodriver } = process.env.GECKODRIVER
    ? { browser: process.env.FIREFOX ?? 'firefox', driver: process.env.GECKODRIVER }
    : await findFirefox();
  const server = await servePage({ port: 0 });
  try {
    const options = new firefox.Options().setBinary(browser).addArguments('-headless');
    const service = new firefox.ServiceBuilder(geckodriver);
    const builder = new Builder().forBrowser('firefox').setFirefoxOptions(options).setFirefoxService(service);
    const driver = await builder.build();
    await driver.manage().setTimeouts({ script: SCRIPT_TIMEOUT });
    const close = async () => {
      await driver.quit();
      await server.close();
    };
    return { driver, address: server.address, close };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/**
 * Loads the page afresh and waits until the engine can take a program.
 *
 * @param {Firefox} firefox
 * @param {string} [hash] e.g. `#workers=8`
 */
export async function openLab({ driver, address }, hash = '') {
  await driver.get('about:blank'); // an address that differs in its fragment alone would not load anew
  await driver.get(address + hash);
  assert.equal(await driver.executeScript('return crossOriginIsolated'), true, 'cross-origin isolation');
  await labReady({ driver });
}

/**
 * Waits until the page, which may load once more by itself before, is isolated and can take a program.
 *
 * @param {Pick<Firefox, 'driver'>} firefox
 */
export async function labReady({ driver }) {
  const isThere = async () => {
    try {
      return await driver.executeScript('return crossOriginIsolated && "lab" in window');
    } catch (thrown) {
      // Asked of a page that gives way to the next one.
      if (thrown instanceof error.JavascriptError) return false;
      throw thrown;
    }
  };
  await driver.wait(isThere, SCRIPT_TIMEOUT, 'an isolated page with window.lab');
  await evaluate({ driver }, 'await lab.ready');
}

/**
 * Runs the body of an asynchronous function in the page.
 *
 * @param {Pick<Firefox, 'driver'>} firefox
 * @param {string} body may `await` and `return`; sees `args`
 * @param {...unknown} args
 * @returns {Promise<any>}
 */
export async function evaluate({ driver }, body, ...args) {
  const script = `
    const done = arguments[arguments.length - 1];
    const args = [...arguments].slice(0, -1);
    (async () => { ${body} })().then(
      (value) => done({ value }),
      (error) => done({ error: String(error && error.stack ? error + '\\n' + error.stack : error) }));`;
  const { value, error } = await driver.executeAsyncScript(script, ...args);
  if (error) throw new Error(error);
  return value;
}

/**
 * Loads the page afresh so often, and each time starts workers, stops the world once and ends the workers.
 *
 * @param {Firefox} firefox
 * @param {number} loads
 * @param {number} workers
 */
export async function freshLoads(firefox, loads, workers) {
  for (let load = 1; load <= loads; load++) {
    await openLab(firefox);
    const arrivals = await evaluate(
      firefox,
      `await lab.stop();
       await lab.load(args[0]);
       await lab.run({ workers: args[1] });
       const pause = await lab.pause('gc');
       await lab.resume();
       await lab.stop();
       return pause.arrivals.length;`,
      spinners(workers),
      workers,
    );
    assert.equal(arrivals, workers, `load ${load}`);
  }
}
