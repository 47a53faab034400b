// Script time of one more line in a receipt of a hundred, against the same row added by hand.
import { expect, importGoods, test } from './bench';
import { interleaved, SAMPLES, tell } from './measure';
import { handmadeReceipt } from './peers';
import { idle } from './stopwatch';

const LINES = 100;

test('add a line to a receipt of a hundred lines', async ({ till, page }) => {
  await importGoods(till);
  await handmadeReceipt(page);
  await till.button('No category').click();
  // seeded goods only: some of the demo's ask for their weight
  const tiles = page.locator('.tiles button', { hasText: '№' });
  // more goods are read on scroll
  await expect
    .poll(async () => {
      // without waiting for it to be stable: the list is rendered again as more is read
      await tiles.last().evaluate((tile) => tile.scrollIntoView());
      return tiles.count();
    })
    .toBeGreaterThan(LINES + SAMPLES + 20);
  await page.evaluate(() => {
    window.seededTiles = () =>
      [...document.querySelectorAll<HTMLElement>('.tiles button')].filter((tile) =>
        tile.textContent.includes('№'),
      );
  });
  let next = await page.evaluate(async (lines) => {
    const list = () => document.querySelectorAll('ul[aria-label=Receipt] > li').length;
    const tiles = window.seededTiles();
    let place = 0;
    while (list() < lines) {
      tiles[place++]?.click();
      window.addByHand();
      await window.stopwatch.painted();
    }
    return place;
  }, LINES);
  await expect(till.lines).toHaveCount(LINES);
  const pair = await interleaved(
    SAMPLES,
    async () => {
      await idle(page);
      return await page.evaluate(async (place) => {
        const tile = window.seededTiles()[place];
        const list = document.querySelector('ul[aria-label=Receipt]') ?? document.body;
        const changed = new Promise((resolve) =>
          new MutationObserver(resolve).observe(list, { childList: true }),
        );
        const since = performance.now();
        tile?.click();
        await changed;
        return performance.now() - since;
      }, next++);
    },
    async () => {
      await idle(page);
      return await page.evaluate(() => {
        const since = performance.now();
        window.addByHand();
        return performance.now() - since;
      });
    },
  );
  tell('add a line to a receipt of 100 (script)', pair, { atMost: 2 });
});

declare global {
  interface Window {
    seededTiles: () => HTMLElement[];
  }
}
