// The search by itself, without screen and worker, against other ways to search.
import { expect, openLab, PRODUCTS, test } from './bench';
import { startEmptySite, type EmptySite } from './empty-site';
import { labScript } from './lab/build';
import { SAMPLES, tell, tellFigure } from './measure';
import { seededGoods, seededKeystrokes } from './seeded';
import { throttle } from './stopwatch';

declare global {
  interface Window {
    minisearch: { open(names: readonly string[]): number; search(query: string): number };
  }
}

const goods = seededGoods(PRODUCTS);
const queries = seededKeystrokes(goods, Math.max(200, SAMPLES));

let site: EmptySite;
test.beforeAll(async () => {
  site = await startEmptySite();
});
test.afterAll(() => site.close());

test.beforeEach(async ({ page }) => {
  await page.goto(site.url);
  await openLab(page);
});

test('a search among 100 000 goods, against MiniSearch', async ({ page }) => {
  await page.evaluate((count) => window.lab.openCatalogue(count), PRODUCTS);
  await page.evaluate(labScript('minisearch'));
  await page.evaluate(
    (names) => window.minisearch.open(names),
    goods.map(({ name }) => name),
  );
  for (const rate of [1, 6]) {
    await throttle(page, rate);
    const pair = await page.evaluate(
      (all) => ({
        ours: all.map((query) => window.lab.searchCatalogue(query)),
        limit: all.map((query) => window.minisearch.search(query)),
      }),
      queries,
    );
    const what = `search, 100 000 products${rate === 1 ? '' : ` (${rate}× slower)`}, vs MiniSearch`;
    tell(what, pair, { at: 'p95', atMost: 0.02 });
  }
});

test('a search among 100 000 goods, against a filter over rows', async ({ page }) => {
  await page.evaluate((count) => window.lab.openCatalogue(count), PRODUCTS);
  await page.evaluate((count) => window.lab.fillDexie(count), PRODUCTS);
  const pair = await page.evaluate(
    async (all) => {
      const limit: number[] = [];
      for (const query of all) limit.push(await window.lab.filterByDexie(query));
      return { ours: all.map((query) => window.lab.searchCatalogue(query)), limit };
    },
    queries.slice(0, SAMPLES),
  );
  tell('search, 100 000 products, vs a Dexie filter', pair, { at: 'p95', atMost: 0.02 });
});

test('a search among a million goods', async ({ page }) => {
  await page.evaluate(() => window.lab.openCatalogue(1_000_000));
  const took = await page.evaluate(
    (all) => all.map((query) => window.lab.searchCatalogue(query)),
    queries,
  );
  expect(took.length).toBe(queries.length);
  tellFigure('search, 1 000 000 products, ms', took, 16);
});
