// The fault harness: the built till and the built relay, broken on purpose. Files named *.faults.ts, never repeated.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: /\.faults\.ts$/,
  outputDir: '../../.cache/faults/playwright',
  fullyParallel: false,
  // each has disks, browser and relay of its own, and mostly waits for them
  workers: 2,
  retries: 0,
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  // sales without end and full disks on a busy machine: only how long it takes to say that something stands still
  expect: { timeout: 60_000 },
});
