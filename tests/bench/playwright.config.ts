// Measurements in a real browser: files named *.bench.ts, one after another, each once.
import { defineConfig, devices } from '@playwright/test';
import { chromiumLaunch } from '../../browser.config.ts';

export default defineConfig({
  testDir: '.',
  testMatch: /\.bench\.ts$/,
  outputDir: '../../.cache/bench',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  reporter: [['list']],
  timeout: 600_000,
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1280, height: 800 },
    hasTouch: true,
    serviceWorkers: 'allow',
    launchOptions: chromiumLaunch,
  },
});
