import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A browser each, on two cores: side by side they would only wait for each other.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    include: ['*.test.ts'],
    expect: { poll: { timeout: 20_000, interval: 50 } },
  },
});
