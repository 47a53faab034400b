// A barcode that stands for several pieces: typed on the product’s form, scanned at the till.
import { checkDigit } from '$lib/domain/goods/product';
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';
import { barcodeOf } from '../support/till-page';

const LEMON = 'Lemon';
const PACK = `460000099001${checkDigit('460000099001')}`;

test('the code of a pack adds all its pieces, and takes them back', async ({ till, page }) => {
  await till.openShop();
  await till.goTo('catalogue');
  await page.getByRole('button', { name: LEMON, exact: true }).click();
  const codes = till.dialog.getByLabel('Barcodes');
  await codes.fill(`${barcodeOf(LEMON)}\n6*${PACK}`);
  await till.button('Save').click();
  await expect(till.dialog).toHaveCount(0);
  await page.getByRole('button', { name: LEMON, exact: true }).click();
  await expect(codes).toHaveValue(`${barcodeOf(LEMON)}\n6*${PACK}`);
  await page.keyboard.press('Escape');

  await till.goTo('till');
  await till.scan(PACK);
  await expect(till.lines.first()).toContainText('6 × 0.35');
  await till.scan(barcodeOf(LEMON));
  await expect(till.lines.first()).toContainText('7 × 0.35');
  await page.keyboard.press('Control+z');
  await expect(till.lines.first()).toContainText('6 × 0.35');
  await page.getByLabel('Find a product').fill('3*');
  await till.scan(PACK);
  await expect(till.lines.first()).toContainText('24 × 0.35');
  await page.getByLabel('Find a product').fill(PACK);
  await page.keyboard.press('Enter');
  await expect(till.lines.first()).toContainText('30 × 0.35');
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  const journal = await rowsOf(page, 'journal');
  expect(journal.at(-1)?.body).toMatchObject({ stock: [{ delta: -30_000 }] });

  // a returned pack counts as several pieces
  await till.next();
  await till.goTo('sales');
  const rows = page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
  await rows.first().getByRole('button').click();
  await till.button(/^Return$/).click();
  await expect(till.dialog.getByRole('textbox').first()).toBeVisible();
  await till.scan(PACK);
  await expect(till.dialog.getByRole('textbox').first()).toHaveValue('6');
});

test('in Russian the form says how a pack is typed, and refuses a code of another product', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.speak('Русский');
  await till.goTo('catalogue');
  await page.getByRole('button', { name: 'Лимон', exact: true }).click();
  await expect(till.dialog).toContainText('Упаковка: 6*4600000000017');
  await till.dialog.getByLabel('Штрихкоды').fill(`6*${barcodeOf('Carrier bag')}`);
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await expect(till.dialog).toContainText('уже у товара «');
});
