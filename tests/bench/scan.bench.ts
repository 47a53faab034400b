// From the scanner's last key to the painted line, against one row added by hand.
import { FREE_FRAMES, expect, importGoods, PRODUCTS, test } from './bench';
import { interleaved, SAMPLES, tell } from './measure';
import { handmadeReceipt } from './peers';
import { seededGoods } from './seeded';
import { idle, throttle, timedKey } from './stopwatch';

test.use({ launchOptions: FREE_FRAMES });

test('a barcode scanned to its line painted, 100 000 products', async ({ till, page }) => {
  await importGoods(till);
  const goods = seededGoods(PRODUCTS);
  const byHand = await handmadeReceipt(page);
  let next = 0;
  for (const rate of [1, 6]) {
    await throttle(page, rate);
    const pair = await interleaved(
      SAMPLES,
      async () => {
        const { barcode = '', name = '' } = goods[(next += 997)] ?? {};
        await byHand.blur();
        await idle(page);
        await page.evaluate(() => window.stopwatch.arm('keydown', 'Enter', 'till:scan'));
        await till.scan(barcode);
        const took = await page.evaluate(() => window.stopwatch.taken);
        await expect(till.lines.last()).toContainText(name);
        return took;
      },
      async () => {
        await byHand.focus();
        await idle(page);
        return await timedKey(page, 'Enter', 'event');
      },
    );
    const slower = rate === 1 ? '' : ` (${rate}× slower)`;
    tell(`scan → line painted, 100 000 products${slower}`, pair, { atMost: 1.5 });
  }
});
