// End-to-end tests. There is no webServer: each test starts the relay it needs through tests/support.
import { defineConfig, devices } from '@playwright/test';
import { firefoxPath, shellLaunch } from './browser.config.ts';

const phone = /\.phone\.spec\.ts$/;
const firefox = /\.firefox\.spec\.ts$/;
const webkit = /\.webkit\.spec\.ts$/;

export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/support/prepared-shop.ts',
  outputDir: '.cache/e2e',
  fullyParallel: false,
  // each story has a relay and a browser of its own; it computes less than two of the seven seconds that it takes
  workers: 4,
  // they share the cores: what comes through only at its second try is named at the end of `npm test`, and is a bug
  // to be found; it does not hold up everyone's work
  retries: process.env.CI ? 1 : 0,
  // stories tagged `@long` are played by the long run
  ...(process.env.COUNTERFOIL_SCALE === 'long' ? {} : { grepInvert: /@long/ }),
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  // a busy machine makes a story slow, not wrong: the limit only reports that nothing happens any more
  timeout: 180_000,
  expect: { timeout: 15_000 },
  use: {
    // filling its cache is nearly half the work of opening a till: stories that need it are tagged `@service-worker`,
    // or their file says `serviceWorkers: 'allow'`
    serviceWorkers: 'block',
    // recording costs a quarter of a story's time
    trace: 'on-first-retry',
    launchOptions: shellLaunch,
  },
  projects: [
    {
      name: 'tablet',
      testIgnore: [phone, firefox, webkit],
      use: {
        ...devices['Desktop Chrome'],
        viewport: { width: 1280, height: 800 },
        hasTouch: true,
      },
    },
    {
      name: 'phone',
      testMatch: phone,
      use: { ...devices['Pixel 7'], viewport: { width: 390, height: 844 } },
    },
    {
      name: 'firefox',
      testMatch: firefox,
      use: {
        browserName: 'firefox',
        channel: 'moz-firefox', // an unpatched Firefox, over WebDriver BiDi
        viewport: { width: 1280, height: 800 },
        launchOptions: { executablePath: firefoxPath, args: [] },
      },
    },
    // has a driver of its own: tests/support/webkit.ts
    { name: 'webkit', testMatch: webkit },
  ],
});
