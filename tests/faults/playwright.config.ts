// The fault harness: the built till and the built relay, broken on purpose. Files named *.faults.ts, one after another, never repeated.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: /\.faults\.ts$/,
  outputDir: '../../.cache/faults/playwright',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  // sales without end and full disks on a busy machine: only how long it takes to say that something stands still
  expect: { timeout: 60_000 },
});
