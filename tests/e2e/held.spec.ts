// Receipts that are held, cancelled and reopened, also without a network.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/e2e';
import { newRows } from '../support/till-disk';

test.use({ shop: 'shared' });

const lastActs = async (page: Page, count: number) =>
  (await newRows(page, 'journal')).slice(-count).map(({ act, body }) => ({ act, body }));

// first of the file, because it counts what the whole shift has cancelled
test('a receipt that is cleared is in the journal and the shift, and Undo restores it', async ({
  till,
  page,
}) => {
  await till.sellForCash('Carrier bag');
  await till.next();
  await till.ring('Carrier bag', 3);
  await till.button('Clear').click();
  await expect(till.lines).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(till.lines.first()).toContainText('3 × 0.10');
  // removing the last line cancels the receipt with the same act
  await till.removeFirstLine();
  await expect(till.lines).toHaveCount(0);
  await expect
    .poll(() => lastActs(page, 3))
    .toMatchObject([
      { act: 'receipt-cancelled', body: { lines: 1, total: 30, held: { times: 0, longestMs: 0 } } },
      { act: 'receipt-resumed' },
      { act: 'receipt-cancelled', body: { lines: 1, total: 30, held: { times: 0, longestMs: 0 } } },
    ]);
  await till.goTo('shift');
  const main = page.getByRole('main');
  await expect(main).toContainText(/Receipts cancelled · 2\s?0\.60/);
  await expect(main).toContainText(/Of these opened again\s?1/);
  // the journal names the receipt and its total
  await till.goTo('journal');
  await till.button('All entries').click();
  const open = (name: RegExp) =>
    page.getByRole('row', { name }).first().getByRole('button').first().click();
  await open(/opened again/);
  await till.dialog.getByRole('button', { name: /Receipt cancelled/ }).click();
  await expect(till.dialog).toContainText(/Receipt total\s?£0\.30/);
  await expect(till.dialog).not.toContainText('Put on hold');
});

test('a receipt is set aside for one customer, outlives a reload, and is sold after the next one', async ({
  till,
  page,
}) => {
  await till.ring('Carrier bag', 2);
  await till.chooseCustomer('Nina Polevaya');
  await till.button(/^Hold$/).click();
  await expect(page.getByText('Receipt held: Nina Polevaya')).toBeVisible();
  await expect(till.lines).toHaveCount(0);
  await expect(till.button('Held · 1')).toBeVisible();

  await till.sellForCash('Carrier bag');
  await till.next();
  await page.reload();
  await till.signIn();
  // a receipt that is open meanwhile is held in turn
  await till.ring('Carrier bag');
  await till.button('Held · 1').click();
  await till.dialog.getByRole('button', { name: /^Nina Polevaya/ }).click();
  await expect(till.dialog).toHaveCount(0);
  await expect(till.lines).toHaveCount(1);
  await expect(page.getByRole('complementary', { name: 'Receipt' })).toContainText('Nina Polevaya');
  await expect(till.lines.first()).toContainText('2 × 0.10');
  await till.button('Held · 1').click();
  await till.dialog.getByRole('button', { name: /^Cancel the receipt: Carrier bag/ }).click();
  await expect(till.dialog).toContainText('No held receipts');
  await till.dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await till.pay();
  await till.give('1');
  await till.accept();
  await till.expectSaved();
  expect(await lastActs(page, 2)).toMatchObject([
    { act: 'receipt-cancelled', body: { lines: 1, total: 10, held: { times: 1 } } },
    { act: 'sale', body: { total: 20, held: { times: 1 } } },
  ]);
  await till.next();
  await till.goTo('journal');
  await till.button('All entries').click();
  const cancelled = page.getByRole('row', { name: /Receipt cancelled/ }).first();
  await cancelled.getByRole('button').first().click();
  await expect(till.dialog).toContainText(/Put on hold\s?1\stime · at most/);
});

// last of the file, because it changes a price
test('a held receipt says which prices have changed, and sells at the earlier or the new one @long', async ({
  till,
  page,
}) => {
  const hold = async () => {
    await till.ring('Carrier bag');
    await till.button(/^Hold$/).click();
    await expect(till.lines).toHaveCount(0);
  };
  await hold();
  await hold();
  await till.goTo('catalogue');
  await page
    .getByRole('row', { name: /Carrier bag/ })
    .getByRole('button')
    .first()
    .click();
  await till.dialog.getByLabel('Price').fill('0.15');
  await till.button('Save').click();
  await expect(till.dialog).toHaveCount(0);
  await till.goTo('till');
  const open = () =>
    till.dialog
      .getByRole('button', { name: /^Carrier bag/ })
      .first()
      .click();
  await till.button('Held · 2').click();
  await open();
  await expect(till.dialog).toContainText(/0\.10 →\s0\.15/);
  await till.dialog.getByRole('button', { name: 'Earlier prices' }).click();
  await expect(till.lines.first()).toContainText('1 × 0.10');
  await till.button('Held · 1').click();
  await open();
  await till.dialog.getByRole('button', { name: 'New prices' }).click();
  await expect(till.lines.first()).toContainText('1 × 0.15');
});
