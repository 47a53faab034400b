// A price list imported through the screen: encoding and separator detected, columns assigned.
// Wrong rows are listed one by one, and the goods can be sold.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '../support/e2e';
import { newRows, rowsOf } from '../support/till-disk';

/** Encodes Windows-1251: ASCII, Russian letters and the no-break space. */
function cp1251(text: string): Buffer {
  return Buffer.from(
    [...text].map((letter) => {
      const code = letter.codePointAt(0) ?? 0;
      if (code < 0x80) return code;
      if (code >= 0x410 && code <= 0x44f) return code - 0x410 + 0xc0;
      if (code === 0xa0) return 0xa0;
      throw new Error(`${letter} is not in this small table`);
    }),
  );
}

const LIST = [
  'Штрихкод;Наименование;Цена;Ед. изм.;Остаток',
  '4607163091591;Сок яблочный;79,50;шт;67',
  '4610008490152;Гематоген;1\u00a0299,90;шт;110',
  '4610008490152;Гематоген второй раз;10,00;шт;1',
  ';Без цены;;шт;3',
  '4640010207097;Крабовые палочки;тридцать;шт;57',
].join('\r\n');

test.use({ shop: 'shared' });

test.beforeEach(({ till }) => till.goTo('import'));

test('a Windows-1251 list is read correctly, its wrong rows are named, and its goods are sold', async ({
  till,
  page,
}) => {
  await page.locator('input[type=file]').setInputFiles({
    name: 'price.csv',
    mimeType: 'text/csv',
    buffer: cp1251(LIST),
  });
  await expect(page.getByLabel('Encoding')).toHaveValue('windows-1251');
  await expect(page.getByLabel('Separator')).toHaveValue(';');
  await expect(page.getByLabel('What column 2 holds')).toHaveValue('name');
  await expect(page.getByRole('cell', { name: 'Сок яблочный' })).toBeVisible();
  await till.button('Read the file').click();

  await expect(page.getByText('Row 4', { exact: true })).toBeVisible();
  await expect(page.getByText('this barcode was in row 3 already')).toBeVisible();
  await expect(page.getByText('there is no price')).toBeVisible();
  await expect(page.getByText('this is not a price')).toBeVisible();
  await till.button('Import 2 good rows').click();
  await expect(page.getByText('Goods imported')).toBeVisible();
  await till.button('To the till').click();

  await till.ring('Гематоген');
  await expect(till.lines.first()).toContainText('1,299.90');
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  expect(await newRows(page, 'sales')).toMatchObject([{ total: 129_990 }]);
});

test('a long list shows its progress, and cancelling leaves the goods as they were @long', async ({
  till,
  page,
}) => {
  const rows = Array.from({ length: 250_000 }, (_, n) => `${n};Goods number ${n};${n % 900}.50`);
  const before = await rowsOf(page, 'addedProducts');
  await page.locator('input[type=file]').setInputFiles({
    name: 'long.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`SKU;Name;Price\n${rows.join('\n')}`),
  });
  await till.button('Read the file').click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await till.button('Cancel').click();
  await expect(page.getByText('Reading was stopped. Nothing has changed.')).toBeVisible();
  expect(await rowsOf(page, 'addedProducts')).toEqual(before);
  // the assigned columns are kept: the list can still be read
  await expect(till.button('Read the file')).toBeVisible();
});

test('columns can be assigned by hand; a file that is not a list changes nothing @long', async ({
  till,
  page,
}) => {
  const file = page.locator('input[type=file]');
  await file.setInputFiles({ name: 'e.csv', mimeType: 'text/csv', buffer: Buffer.alloc(0) });
  await expect(page.getByText('The file is empty')).toBeVisible();
  await file.setInputFiles({
    name: 'goods.xlsx.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 8, 0, 0, 0, 1, 2, 0, 255]),
  });
  await expect(page.getByText('This is not text')).toBeVisible();

  await file.setInputFiles({
    name: 'plain.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('a,b\nGreen kettle,"1 299,90 ₽"\n"Broken,5.00\n'),
  });
  // a wrong guess of the till can be corrected
  await page.getByLabel('What column 1 holds').selectOption({ label: 'Not needed' });
  await expect(page.getByText('Say which column holds: name')).toBeVisible();
  await expect(till.button('Read the file')).toBeDisabled();
  await page.getByLabel('What column 1 holds').selectOption('name');
  await page.getByLabel('What column 2 holds').selectOption('price');
  await till.button('Read the file').click();
  await expect(page.getByText('a quote is opened and not closed')).toBeVisible();
  await till.button('Don’t import').click();
  expect(await newRows(page, 'journal')).toEqual([]);
});

test('a million rows are refused in a clear sentence, and nothing is lost @long', async ({
  till,
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-list-'));
  const path = join(folder, 'million.csv');
  const thousand = (n: number) =>
    Array.from({ length: 1_000 }, (_, i) => `Nut number ${n * 1_000 + i};1.00;pcs\n`).join('');
  const rows = Array.from({ length: 1_000 }, (_, n) => thousand(n)).join('');
  writeFileSync(path, `Name;Price;Unit\n${rows}`);
  await page.locator('input[type=file]').setInputFiles(path);
  await expect(page.getByText('more than 300,000 rows, too many for a till')).toBeVisible();
  rmSync(folder, { recursive: true });
  // another file is read as usual afterwards
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: cp1251(LIST) });
  await expect(page.getByLabel('What column 2 holds')).toHaveValue('name');
  expect(await newRows(page, 'journal')).toEqual([]);
  await till.goTo('till');
  await till.sellForCash('Carrier bag');
});

/** A shop's real list, which is not part of the project. */
const REAL_LIST =
  process.env['COUNTERFOIL_PRICE_LIST'] ?? resolve('../shared/data/price-list-ru-cp1251.csv');

test('a shop’s real Windows-1251 list of thousands is imported as a whole and sold from @long', async ({
  till,
  page,
}) => {
  test.skip(!existsSync(REAL_LIST), 'no real price list beside the checkout');
  await page.locator('input[type=file]').setInputFiles(REAL_LIST);
  await expect(page.getByLabel('Encoding')).toHaveValue('windows-1251');
  await expect(page.getByLabel('Separator')).toHaveValue(';');
  await till.button('Read the file').click();
  await till.button(/^Import 2,256 /).click();
  await expect(page.getByText('Goods imported')).toBeVisible();
  await till.button('To the till').click();
  // found by a part of its name, and by the scanner
  await till.ring('Гематоген Русский');
  await expect(till.lines.first()).toContainText('89.90');
  await till.scan('4607163091591');
  await expect(till.lines).toHaveCount(2);
  await expect(till.lines.nth(1)).toContainText('79.50');
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  expect(await newRows(page, 'sales')).toMatchObject([{ total: 16_940 }]);
});
