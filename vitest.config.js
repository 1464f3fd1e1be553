import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/modules/**/*.test.ts'],
    maxWorkers: 2,
    reporters: ['verbose'],
    // A limit, not an expectation: some tests run commands of the project.
    testTimeout: 120_000,
  },
});
