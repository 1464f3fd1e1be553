import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startFirefox } from './support.mjs';

/** @type {import('./support.mjs').Firefox} */
let firefox;
before(async () => {
  firefox = await startFirefox();
});
after(() => firefox.close());

test('the page is isolated in Firefox', async () => {
  await firefox.driver.get(firefox.address);
  assert.equal(await firefox.driver.executeScript('return crossOriginIsolated'), true);
});
