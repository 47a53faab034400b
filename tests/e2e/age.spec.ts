// Goods with an age limit: the till asks once per receipt whether the customer is old enough.
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';
import { barcodeOf, OWNER, type TillPage } from '../support/till-page';

const COFFEE = 'Ground coffee, 250 g';

/** Sells the coffee only to customers aged 18 or over from now on. */
async function askForAge(till: TillPage): Promise<void> {
  await till.goTo('catalogue');
  await till.page.getByRole('button', { name: COFFEE }).click();
  await till.dialog.getByLabel('Sold to').selectOption('those aged 18 or over');
  await till.button('Save').click();
  await expect(till.dialog).toHaveCount(0);
  await till.goTo('till');
}

test('the age is asked once, scans meanwhile are kept, and the journal says who confirmed it', async ({
  till,
  page,
}) => {
  await till.openShop();
  await askForAge(till);
  await till.scan(barcodeOf(COFFEE));
  await expect(till.dialog).toContainText('Is the customer 18 or over?');
  await expect(till.lines).toHaveCount(0);
  // the cashier goes on scanning, and no scanned code answers the question
  await till.scan(barcodeOf('Carrier bag'));
  await till.scan(barcodeOf(COFFEE));
  await till.scan('4600');
  await expect(till.lines).toHaveCount(1);
  // right after a scan, an Enter may be the scanner's second one and is ignored
  await expect(async () => {
    await page.keyboard.press('Enter');
    await expect(till.dialog).toHaveCount(0, { timeout: 300 });
  }).toPass();
  await expect(till.lines).toHaveCount(2);
  await expect(till.lines.nth(1)).toContainText('2 ×');
  await till.scan(barcodeOf(COFFEE));
  await expect(till.lines.nth(1)).toContainText('3 ×');
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  expect((await rowsOf(page, 'journal')).at(-1)?.body).toMatchObject({
    ageConfirmed: { age: 18 },
  });

  // the next receipt belongs to somebody else
  await till.scan(barcodeOf(COFFEE));
  await page.keyboard.press('Escape');
  await expect(page.getByText(`Not added: ${COFFEE}`)).toBeVisible();
  await expect(till.dialog).toHaveCount(0);
  await expect(till.lines).toHaveCount(0);

  await till.goTo('journal');
  await till.button('All entries').click();
  await page.getByRole('main').getByText(/^Sale/).first().click();
  await expect(till.dialog).toContainText(`Age confirmed 18 or over, ${OWNER.name}`);
});

test('in Russian, for goods found by name', async ({ till, page }) => {
  await till.openShop();
  await askForAge(till);
  await till.speak('Русский');
  await till.goTo('till');
  await page.getByLabel('Найти товар').fill('кофе молотый');
  await page.keyboard.press('Enter');
  await expect(till.dialog).toContainText('Покупателю есть 18 лет?');
  await till.dialog.getByRole('button', { name: 'Не продавать' }).click();
  await expect(page.getByText(/^Не добавлено: Кофе/)).toBeVisible();
  await page.getByLabel('Найти товар').fill('кофе молотый');
  await page.keyboard.press('Enter');
  await till.dialog.getByRole('button', { name: 'Да, есть' }).click();
  await expect(page.getByRole('list', { name: 'Чек' }).getByRole('listitem')).toHaveCount(1);
});
