import { defineConfig } from '@playwright/test';

/** Chromium's own look-ups and updates: nothing that a test needs, and noise where there is no network. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

const root = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'tests/page',
  testMatch: '**/*.spec.mjs',
  // Has a configuration of its own.
  testIgnore: '**/states.spec.mjs',
  outputDir: '.cache/playwright',
  // Each page has workers of its own: two pages at once would measure each other.
  workers: 1,
  retries: 0,
  timeout: 120_000,
  // Two cores for browser, engine and tests: a limit, not an expectation.
  expect: { timeout: 20_000 },
  forbidOnly: process.env.CI === 'true',
  use: {
    browserName: 'chromium',
    // Tests put themselves between the page and its server; offline.spec.mjs is about who else does.
    serviceWorkers: 'block',
    launchOptions: {
      // `npm test` says which browser; by hand, Debian's.
      executablePath: process.env.CHROME ?? '/usr/bin/chromium',
      // Chromium has no sandbox for root.
      args: [...QUIET, ...(root ? ['--no-sandbox'] : [])],
    },
  },
});
