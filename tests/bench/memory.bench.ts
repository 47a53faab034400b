// Growth of memory over a day: the page's heap after a thousand sales against that after ten.
// Garbage is collected before each.
import type { Page } from '@playwright/test';
import { test } from './bench';
import { SAMPLES, tell } from './measure';

const MANY = SAMPLES < 30 ? 100 : 1_000;
const FEW = 10;

/** Sells the first tile for cash, again and again, through the screen. */
async function sell(page: Page, count: number): Promise<void> {
  await page.evaluate(async (sales) => {
    const find = (text: RegExp, within: string) =>
      [...document.querySelectorAll<HTMLButtonElement>(`${within} button`)].find(
        (each) => text.test(each.textContent.trim()) && !each.disabled,
      );
    const press = async (text: RegExp, within = 'body') => {
      for (;;) {
        const found = find(text, within);
        if (found) return found.click();
        await new Promise(requestAnimationFrame);
      }
    };
    for (let n = 0; n < sales; n += 1) {
      await press(/./, '.tiles');
      await press(/^Pay/);
      await press(/^Exact/);
      await press(/^Accept/);
      await press(/^Next customer/);
    }
  }, count);
}

async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 2 ** 20;
}

test('memory after many sales', async ({ till, page }) => {
  await till.sellForCash('Carrier bag');
  await till.next();
  await sell(page, FEW);
  const few = await heap(page);
  await sell(page, MANY);
  const many = await heap(page);
  tell(
    `heap after ${MANY} sales, MB, vs after ${FEW}`,
    { ours: [many], limit: [few] },
    { atMost: 1.1 },
  );
});
