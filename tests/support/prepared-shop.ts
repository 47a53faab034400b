// Prepares one shop per run through the real first run; most stories begin from a copy of it.
import { chromium, expect } from '@playwright/test';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { shellLaunch } from '../../browser.config';
import { makeKeysReadable, readDisk } from './page-disk';
import { FOLDER, keepPreparedDisk, PREPARED_RELAY } from './prepared-disk';
import { RelayProcess } from './relay-process';
import { rowsOf } from './till-disk';
import { TillPage } from './till-page';

/** Playwright's global setup. Needs the build. */
export default async function prepareShop(): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const relay = new RelayProcess();
  const browser = await chromium.launch(shellLaunch);
  try {
    await relay.start();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    await makeKeysReadable(page);
    await new TillPage(page, () => relay.url).firstRun();
    await expect(async () => {
      const mark = (await rowsOf(page, 'meta')).find(({ key }) => key === 'watermark');
      const { seq } = (mark?.['value'] ?? { seq: 0 }) as { seq: number };
      expect(seq).toBe((await rowsOf(page, 'journal')).length);
    }, 'the journal is uploaded').toPass({ timeout: 15_000 });
    await page.goto(`${relay.url}/icons/icon.svg`);
    keepPreparedDisk(await readDisk(page));
    await relay.kill();
    cpSync(relay.dataDir, PREPARED_RELAY, { recursive: true });
  } finally {
    await browser.close();
    await relay.dispose();
  }
}
