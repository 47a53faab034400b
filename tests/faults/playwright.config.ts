// The fault harness: the built till and relay, killed, cut off and damaged. Files named *.faults.ts.
// They run one after another, without retries.
import { defineConfig } from '@playwright/test';

// the workers inherit it: titles of tests depend on it
process.env['COUNTERFOIL_SEED'] ??= String(Date.now() % 1_000_000_000);

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
  // endless sales and full disks on a busy machine: the timeout only reports that nothing moves
  expect: { timeout: 60_000 },
});
