/** Fresh loads in Firefox, more of them: what hangs once in a while. */
import { after, before, test } from 'node:test';
import { freshLoads, startFirefox } from './support.mjs';

/** @type {import('./support.mjs').Firefox} */
let firefox;
before(async () => {
  firefox = await startFirefox();
});
after(() => firefox?.close());

test('40 fresh loads start 8 workers and stop them', { timeout: 1_200_000 }, () =>
  freshLoads(firefox, 40, 8),
);
