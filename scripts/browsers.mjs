/** The browsers that the tests drive, and the programs that drive them. */
import { existsSync } from 'node:fs';
import { Problem } from './log.mjs';
import { ask } from './run.mjs';
import { aptInstall, canAptInstall, findProgram } from './system.mjs';
import { ensureTool } from './wasm-tools.mjs';

const APPLICATIONS = '/Applications';
/** Where each browser may be: a variable that names it, programs on the path, macOS applications. */
const CHROME = {
  variable: 'CHROME',
  programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  applications: [
    `${APPLICATIONS}/Google Chrome.app/Contents/MacOS/Google Chrome`,
    `${APPLICATIONS}/Chromium.app/Contents/MacOS/Chromium`,
  ],
};
const FIREFOX = {
  variable: 'FIREFOX',
  programs: ['firefox-esr', 'firefox'],
  applications: [`${APPLICATIONS}/Firefox.app/Contents/MacOS/firefox`],
};

/**
 * @typedef {object} Browser
 * @property {string} browser absolute path
 * @property {string} driver absolute path
 */

/** @returns {Promise<Browser>} Chrome or Chromium, and its driver */
export async function chrome() {
  if ((!locate(CHROME) || !findProgram('chromedriver')) && canAptInstall()) {
    await aptInstall(['chromium', 'chromium-driver'], 'Chromium');
  }
  const browser = locate(CHROME);
  if (!browser) {
    throw new Problem(
      'There is no Chrome or Chromium: install one or set CHROME to its path, then run this command again.',
    );
  }
  const driver = findProgram('chromedriver');
  if (!driver) {
    throw new Problem(
      'There is no chromedriver on the path: install the one of your Chrome’s version, then run this command again.',
    );
  }
  return { browser, driver };
}

/** @returns {Promise<Browser>} Firefox, and its driver */
export async function firefox() {
  if (!locate(FIREFOX) && canAptInstall()) await aptInstall(['firefox-esr'], 'Firefox');
  const browser = locate(FIREFOX);
  if (!browser) {
    throw new Problem(
      'There is no Firefox: install it or set FIREFOX to its path, then run this command again.',
    );
  }
  return { browser, driver: await ensureTool('geckodriver') };
}

/** @returns {string} empty where there is none */
export function chromeVersion() {
  return version(locate(CHROME));
}

/** @returns {string} empty where there is none */
export function firefoxVersion() {
  return version(locate(FIREFOX));
}

/** @param {string | undefined} browser */
function version(browser) {
  return (browser && ask(browser, ['--version'])) ?? '';
}

/**
 * @param {typeof CHROME} places
 * @returns {string | undefined}
 */
function locate({ variable, programs, applications }) {
  const named = process.env[variable];
  if (named !== undefined) {
    if (existsSync(named)) return named;
    throw new Problem(
      `${variable} is "${named}", where there is no browser: set it to the browser’s path, or unset it.`,
    );
  }
  for (const program of programs) {
    const found = findProgram(program);
    if (found) return found;
  }
  return applications.find(existsSync);
}
