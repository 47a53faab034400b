// 10 000 entries of another till: applied against raw transactions of the same rows; a sale meanwhile.
import { openLab, test } from './bench';
import { labScript } from './lab/build';
import { interleaved, SAMPLES, STARTS, tell, tellFigure } from './measure';

const ENTRIES = 10_000;

// the worker's script is not a file of the site
test.use({ bypassCSP: true });

test.beforeEach(async ({ till, page }) => {
  await till.open();
  await openLab(page);
  await page.evaluate((count) => window.lab.prepareOrder(count), ENTRIES);
  await page.evaluate((script) => window.lab.inWorker('recordOrder', script), labScript('order'));
});

test('entries of another till come down', async ({ page }) => {
  const raw = () => page.evaluate(() => window.lab.inWorker('writeRawOrder'));
  const applied = await interleaved(
    STARTS,
    () => page.evaluate(() => window.lab.inWorker('applyOrder')),
    raw,
  );
  tell('10 000 entries of another till applied, ms', applied, { atMost: 1.5 });
  const whole = await interleaved(
    STARTS,
    () => page.evaluate(() => window.lab.inWorker('downloadOrder')),
    raw,
  );
  tell('the same with hashes, cards and signatures checked', whole, { atMost: 3 });
});

test('a sale while they come down', async ({ page }) => {
  const idle = await page.evaluate((count) => window.lab.sellIdle(count), 10 * SAMPLES);
  const meanwhile = await page.evaluate(() => window.lab.sellMeanwhile());
  const pair = { ours: meanwhile, limit: idle };
  tell('a sale while 10 000 entries come down, vs an idle till, ms', pair, { atMost: 2 });
  tell('the same at p95', pair, { at: 'p95', atMost: 2 });
  const blocks: number[] = [];
  for (let time = 0; time < STARTS; time += 1)
    blocks.push(await page.evaluate(() => window.lab.longestBlock()));
  tellFigure('longest block of the page while 10 000 entries come down, ms', blocks, 50);
});
