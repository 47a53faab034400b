// Which browsers the tests drive, and how: shared by Vitest and Playwright.
import { existsSync } from 'node:fs';

const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Debian's Chromium without windows, tabs and menus; `CHROMIUM_PATH` takes its place, too. */
const shell = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium-headless-shell';

/** Debian's; the stories in it are skipped where there is none. */
export const firefoxPath = process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr';

export const chromiumLaunch = {
  ...(existsSync(chromium) ? { executablePath: chromium } : {}),
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), // Chromium refuses to start as root without it
    '--disable-gpu',
    '--disable-quic',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/**
 * The same engine without the browser around it, where it is installed: a third less work for each page.
 * Not for what the browser itself does, such as installing the till.
 */
export const shellLaunch = existsSync(shell)
  ? { ...chromiumLaunch, executablePath: shell }
  : chromiumLaunch;
