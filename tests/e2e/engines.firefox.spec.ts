// The till in Firefox: a cold start, a sale, and the same with the relay stopped.
import { existsSync } from 'node:fs';
import { firefoxPath } from '../../browser.config';
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';

test.use({ shop: 'none', serviceWorkers: 'allow' });

test.skip(!existsSync(firefoxPath), `Firefox ESR is not installed (${firefoxPath})`);

// beside another browser its first start took up to twenty seconds
test.slow();

test('in Firefox the till sells from the first start on, and goes on when the relay is gone @long', async ({
  till,
  page,
  relay,
}) => {
  await till.firstRun();
  await till.sellForCash('Carrier bag');
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state ?? null))
    .toBe('activated');

  await relay.kill();
  await till.open();
  await till.signIn();
  await expect(till.chip).toHaveAttribute('data-status', 'offline');
  await till.sellForCash('Carrier bag');
  await till.open();
  await till.signIn();
  const sales = await rowsOf(page, 'sales');
  expect(sales.map(({ number }) => number).sort()).toEqual([1, 2]);

  await relay.start();
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
});
