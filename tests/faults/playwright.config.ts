// The fault harness: the built till and relay, killed, cut off and damaged. Files named *.faults.ts.
// They run one after another, without retries.
import { defineConfig } from '@playwright/test';

// The same in every short run, so that a red one follows from the change it tests; the long run takes another each time. The
// workers inherit it: titles of tests depend on it.
process.env['COUNTERFOIL_SEED'] ??= '34';

export default defineConfig({
  testDir: '.',
  testMatch: /\.faults\.ts$/,
  outputDir: '../../.cache/faults/playwright',
  fullyParallel: false,
  // each worker has its own disks, browser and relay, and mostly waits for them
  workers: 2,
  retries: 0,
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  // long, because sales and full disks are slow on a busy machine: the timeout only reports that nothing happens any more
  expect: { timeout: 60_000 },
});
