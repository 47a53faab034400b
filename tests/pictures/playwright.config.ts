// Pictures for people, not tests: `npm run pictures` makes those of the README and the install dialog,
// `npm run pictures -- screens` every screen in five sizes, both themes and languages, in .cache/pictures.
import { defineConfig, devices } from '@playwright/test';
import { chromiumLaunch } from '../../browser.config.ts';

export default defineConfig({
  testDir: '.',
  testMatch: /\.pictures\.ts$/,
  outputDir: '../../.cache/pictures/playwright',
  workers: 2,
  retries: 0,
  reporter: [['list']],
  timeout: 600_000,
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1280, height: 800 },
    hasTouch: true,
    // guessed at the first run: Russia has several
    timezoneId: 'Europe/Moscow',
    // for a step that cannot be done; the pictures themselves need more time
    actionTimeout: 20_000,
    serviceWorkers: 'block',
    launchOptions: chromiumLaunch,
  },
});
