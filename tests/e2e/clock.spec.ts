// A tablet with a wrong clock, or one that is changed: the till uses the relay's time, offline too.
import type { BrowserContext, Page } from '@playwright/test';
import { expect, test } from '../support/e2e';
import { installed } from '../support/releases';
import { rowsOf } from '../support/till-disk';

test.use({ shop: 'none', serviceWorkers: 'allow' });

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
/** Far less than any clock change in these tests, far more than a sale takes on a slow machine. */
const SOON = 10 * 60_000;

/** Shifts the device's clock, from the next page on. */
const setClock = (context: BrowserContext, byMs: number) =>
  context.addInitScript((shift) => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + shift;
  }, byMs);

async function saleTimes(page: Page): Promise<number[]> {
  const sales = await rowsOf(page, 'sales');
  return sales.map((sale) => Number(sale['at'])).sort((a, b) => a - b);
}

for (const { name, by, said } of [
  { name: 'two years slow', by: -2 * YEAR, said: /clock is 7(?:29|30) days slow/ },
  { name: 'two years fast', by: 2 * YEAR, said: /clock is 7(?:29|30) days fast/ },
]) {
  test(`a tablet ${name} sells by the relay’s time, also after an offline start @long`, async ({
    till,
    page,
    context,
  }) => {
    await setClock(context, by);
    await till.firstRun();
    await till.sellForCash('Carrier bag');
    await expect(page.getByText(said)).toBeVisible();
    await installed(page);
    await context.setOffline(true);
    await till.open();
    await till.signIn();
    await expect(page.getByText(said)).toBeVisible();
    await till.sellForCash('Carrier bag');
    const times = await saleTimes(page);
    expect(times).toHaveLength(2);
    for (const at of times) expect(Math.abs(at - Date.now())).toBeLessThan(SOON);
  });
}

test.describe('in a shop that is open', () => {
  test.use({ shop: 'prepared' });

  test('after its clock is set back a till’s time does not go back, and a clock set forward resets no cap @long', async ({
    till,
    page,
    context,
  }) => {
    await till.openShop();
    await till.sellForCash('Carrier bag');
    await till.next();
    await installed(page);
    await context.setOffline(true);
    const cheese = async (kilograms: string) => {
      await till.ring('Semi-hard cheese');
      await page.keyboard.type(kilograms);
      await till.dialog.getByRole('button', { name: 'Done' }).click();
      await till.pay();
      await till.give('1');
      await till.chooseCustomer('Timur Sadykov');
      await till.saveAndSend();
    };
    // 3 kg at 8.99 with one pound paid leaves 25.97 on account, of the 30 pounds allowed in a day
    await cheese('3');
    await till.goOnWithoutCode('No internet');
    await till.expectSaved();

    await setClock(context, -2 * YEAR);
    await till.open();
    await till.signIn();
    // the act without a code is shown first, so leave that screen
    await till.goTo('till');
    await till.sellForCash('Carrier bag');
    const times = await saleTimes(page);
    expect(times).toHaveLength(3);
    for (const at of times) expect(Math.abs(at - Date.now())).toBeLessThan(SOON);
    await till.next();

    await setClock(context, 4 * YEAR);
    await till.open();
    await till.signIn();
    await till.goTo('till');
    await cheese('1');
    await expect(till.dialog).toContainText('This customer can have another £4.03 without a code');
  });
});
