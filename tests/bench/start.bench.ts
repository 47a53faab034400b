// A cold start offline: a new browser, 100 000 products on the disk, to the sign-in and to goods.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, test as base, type Page } from '@playwright/test';
import { RelayProcess } from '../support/relay-process';
import { TillPage } from '../support/till-page';
import { expect, importGoods } from './bench';
import { startEmptySite } from './empty-site';
import { interleaved, STARTS, tell } from './measure';
import { installStopwatch, throttle } from './stopwatch';

base('cold start offline, 100 000 products', async ({ launchOptions }) => {
  const profile = mkdtempSync(join(tmpdir(), 'counterfoil-start-'));
  const relay = new RelayProcess();
  const empty = await startEmptySite();

  /** Opens a new browser on the same profile; returns what a page measures there. */
  async function inBrowser<T>(work: (page: Page) => Promise<T>): Promise<T> {
    const viewport = { width: 1280, height: 800 };
    const context = await chromium.launchPersistentContext(profile, { ...launchOptions, viewport });
    const page = context.pages()[0] ?? (await context.newPage());
    await page.addInitScript(installStopwatch);
    const result = await work(page);
    await context.close();
    return result;
  }

  try {
    await relay.start();
    await inBrowser(async (page) => {
      const till = new TillPage(page, () => relay.url);
      await till.firstRun();
      await importGoods(till);
      await expect
        .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state))
        .toBe('activated');
    });
    await relay.kill();
    for (const rate of [1, 4]) {
      const started = (url: string, what: 'ready' | 'goods' | 'shown') =>
        inBrowser(async (page) => {
          await throttle(page, rate);
          await page.goto(url);
          return await page.evaluate((which) => window.stopwatch[which], what);
        });
      const slower = rate === 1 ? '' : ` (${rate}× slower)`;
      for (const [until, name] of [
        ['ready', 'the sign-in'],
        ['goods', 'goods to ring up'],
      ] as const) {
        const pair = await interleaved(
          STARTS,
          () => started(relay.url, until),
          () => started(empty.url, 'shown'),
        );
        tell(`cold start offline, 100 000 products, ${name}${slower}`, pair, { atMost: 3.5 });
      }
    }
  } finally {
    await empty.close();
    await relay.dispose();
    rmSync(profile, { recursive: true, force: true });
  }
});
