// The fault harness: the built till and relay, killed, cut off and damaged. Files named *.faults.ts.
// Without retries.
import { defineConfig } from '@playwright/test';
import { SCALE } from './scale';

// The same in every short run, so that a red one follows from the change it tests; the long run takes another each time. The
// workers inherit it: titles of tests depend on it.
process.env['COUNTERFOIL_SEED'] ??= '34';

export default defineConfig({
  testDir: '.',
  testMatch: /\.faults\.ts$/,
  outputDir: '../../.cache/faults/playwright',
  // a push has no runs that must lose, and of two rounds that look for the same the harder one
  ...(SCALE === 'push' ? { grepInvert: / control: |@long/ } : {}),
  // each test has its own disks, browser and relay
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  // long, because sales and full disks are slow on a busy machine: the timeout only reports that nothing happens any more
  expect: { timeout: 60_000 },
});
