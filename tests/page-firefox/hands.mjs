/** Waiting for what the page shows, and pressing it, in Firefox. */
import { By, Key, until } from 'selenium-webdriver';

/** Milliseconds: a limit, not an expectation. */
export const PATIENCE = 30_000;

/**
 * @param {() => import('./support.mjs').Firefox} current the browser of the test that runs
 */
export function hands(current) {
  /** @param {string} css */
  async function shown(css) {
    const { driver } = current();
    const element = await driver.wait(until.elementLocated(By.css(css)), PATIENCE, css);
    await driver.wait(until.elementIsVisible(element), PATIENCE, css);
    return element;
  }

  /**
   * @param {string} css
   * @param {RegExp} text
   * @param {number} [patience]
   */
  async function says(css, text, patience = PATIENCE) {
    const element = await shown(css);
    await current().driver.wait(until.elementTextMatches(element, text), patience, `${css}: ${text}`);
  }

  /** Presses it by keyboard, when it can be. @param {string} css */
  async function press(css) {
    const element = await shown(css);
    await current().driver.wait(until.elementIsEnabled(element), PATIENCE, css);
    await element.sendKeys(Key.ENTER);
  }

  return { shown, says, press };
}
