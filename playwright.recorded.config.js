import { defineConfig } from '@playwright/test';
import page from './playwright.config.js';

/** Pages that show recorded runs and start no engine: nothing in them is measured, so there may be two at once. */
export default defineConfig({
  ...page,
  testMatch: '**/states.spec.mjs',
  testIgnore: [],
  workers: 2,
  fullyParallel: true,
});
