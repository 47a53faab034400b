// A price list of 100 000 rows from file to goods on sale, the longest block, and a sale meanwhile.
import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { RelayProcess } from '../support/relay-process';
import { TillPage } from '../support/till-page';
import { importGoods, openLab, PRODUCTS, test } from './bench';
import { interleaved, SAMPLES, STARTS, tell, tellFigure } from './measure';
import { priceList, seededGoods } from './seeded';
import { installStopwatch } from './stopwatch';

const own = process.env['COUNTERFOIL_BENCH_PRICE_LIST'];
const LIST = own === undefined ? priceList(seededGoods(PRODUCTS)) : readFileSync(own, 'utf8');

/** The whole import with immediate clicks; ms, and the longest block of the page, ms (0: none of 50). */
async function timedImport(page: Page): Promise<{ took: number; block: number }> {
  await page.evaluate(() => (location.hash = '#/import'));
  await page.locator('input[type=file]').waitFor({ state: 'attached' });
  return await page.evaluate(async () => {
    let block = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) block = Math.max(block, duration);
    });
    const button = async (text: RegExp): Promise<HTMLElement> => {
      for (;;) {
        const found = [...document.querySelectorAll<HTMLButtonElement>('main button')].find(
          (each) => text.test(each.textContent.trim()) && !each.disabled,
        );
        if (found) return found;
        await new Promise(requestAnimationFrame);
      }
    };
    const input = document.querySelector<HTMLInputElement>('input[type=file]');
    const files = new DataTransfer();
    files.items.add(new File([window.priceList], 'price.csv', { type: 'text/csv' }));
    if (input) input.files = files.files;
    observer.observe({ type: 'longtask' });
    const since = performance.now();
    input?.dispatchEvent(new Event('change', { bubbles: true }));
    (await button(/^Read the file/)).click();
    (await button(/^Import (?!nothing)/)).click();
    await button(/^To the till/);
    const took = performance.now() - since;
    await window.stopwatch.painted();
    for (const { duration } of observer.takeRecords()) block = Math.max(block, duration);
    observer.disconnect();
    return { took, block };
  });
}

/** A shop that has only the demo's goods: those of an import cannot be taken back. */
async function withNewTill<T>(browser: Browser, work: (page: Page) => Promise<T>): Promise<T> {
  const relay = new RelayProcess();
  await relay.start();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(installStopwatch);
    await new TillPage(page, () => relay.url).firstRun();
    await prepare(page);
    return await work(page);
  } finally {
    await context.close();
    await relay.dispose();
  }
}

async function prepare(page: Page): Promise<void> {
  await openLab(page);
  await page.evaluate((text) => (window.priceList = text), LIST);
}

test('import a price list of 100 000 rows', async ({ till, page, browser }) => {
  await importGoods(till, Buffer.from(LIST));
  await prepare(page);
  const blocks: number[] = [];
  const pair = await interleaved(
    STARTS,
    async () => {
      const { took, block } = await withNewTill(browser, timedImport);
      blocks.push(block);
      return took;
    },
    async () => {
      await page.evaluate(() => window.lab.prepareStore(window.priceList));
      return await page.evaluate(() => window.lab.parseAndStore());
    },
  );
  tell('import of 100 000 rows, chosen → sellable', pair, { atMost: 3 });
  tellFigure('longest block of the page during the import, ms', blocks, 50);
});

test('a sale while a price list is read and stored', async ({ till, page, browser }) => {
  await importGoods(till, Buffer.from(LIST));
  await prepare(page);
  const idle: number[] = [];
  for (let n = 0; n < SAMPLES; n += 1) idle.push(await page.evaluate(() => window.lab.sell()));
  const meanwhile: number[] = [];
  while (meanwhile.length < SAMPLES)
    await withNewTill(browser, async (other) => {
      let importing = true;
      const imported = timedImport(other).finally(() => (importing = false));
      while (importing) meanwhile.push(await other.evaluate(() => window.lab.sell()));
      await imported;
    });
  tell('a sale during an import, vs an idle till', { ours: meanwhile, limit: idle }, { atMost: 2 });
});

declare global {
  interface Window {
    priceList: string;
  }
}
