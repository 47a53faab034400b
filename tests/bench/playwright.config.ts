// Benchmarks in a real browser: files named *.bench.ts, one after another, each once.
// `npm run bench -- search` runs one of them.
import { defineConfig, devices } from '@playwright/test';
import { chromiumLaunch } from '../../browser.config.ts';

export default defineConfig({
  testDir: '.',
  testMatch: /\.bench\.ts$/,
  globalSetup: './lab/build.ts',
  outputDir: '../../.cache/bench/playwright',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  reporter: [['list']],
  timeout: 900_000,
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1280, height: 800 },
    hasTouch: true,
    serviceWorkers: 'allow',
    actionTimeout: 30_000,
    launchOptions: chromiumLaunch,
  },
});
