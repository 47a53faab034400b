// 10 000 entries of another till: applied against raw transactions of the same rows; a sale meanwhile.
import { openLab, test } from './bench';
import { interleaved, SAMPLES, STARTS, tell } from './measure';

const ENTRIES = 10_000;

test('entries of another till come down', async ({ till, page }) => {
  await till.open();
  await openLab(page);
  await page.evaluate((count) => window.lab.prepareOrder(count), ENTRIES);
  await page.evaluate(() => window.lab.prepareRawOrder());
  const raw = () => page.evaluate(() => window.lab.writeRawOrder());
  const applied = await interleaved(
    STARTS,
    () => page.evaluate(() => window.lab.applyOrder()),
    raw,
  );
  tell('10 000 entries of another till applied, ms', applied, { atMost: 1.5 });
  const whole = await interleaved(
    STARTS,
    () => page.evaluate(() => window.lab.downloadOrder()),
    raw,
  );
  tell('the same with hashes, cards and signatures checked', whole, { atMost: 3 });
});

test('a sale while they come down', async ({ till, page }) => {
  await till.open();
  await openLab(page);
  await page.evaluate((count) => window.lab.prepareOrder(count), ENTRIES);
  const idle = await page.evaluate((count) => window.lab.sellIdle(count), 10 * SAMPLES);
  const meanwhile = await page.evaluate(() => window.lab.sellMeanwhile());
  const pair = { ours: meanwhile, limit: idle };
  tell('a sale while 10 000 entries come down, vs an idle till, ms', pair, { atMost: 2 });
  tell('the same at p95', pair, { at: 'p95', atMost: 2 });
});
