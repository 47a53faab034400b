// Marked goods: each piece is sold by its own code, and only once until it comes back.
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';
import { barcodeOf, type TillPage } from '../support/till-page';

const COFFEE = 'Ground coffee, 250 g';
/** A marking code of the coffee as a scanner sends it. */
const codeOf = (serial: string) =>
  `]d2010${barcodeOf(COFFEE)}21${serial.padEnd(13, 'x')}\x1d93dGVz`;

async function mark(till: TillPage): Promise<void> {
  await till.goTo('catalogue');
  await till.page.getByRole('button', { name: COFFEE }).click();
  await till.dialog.getByText('Goods with marking codes').click();
  await till.button('Save').click();
  await expect(till.dialog).toHaveCount(0);
  await till.goTo('till');
}

test('a piece is sold by its code, not twice, and again after its return', async ({
  till,
  page,
}) => {
  await till.openShop();
  await mark(till);
  await till.scan(codeOf('A'));
  await till.scan(codeOf('B'));
  await expect(till.lines).toHaveCount(2);
  await expect(till.lines.first()).toContainText('code Axxxxxxxxxxxx');
  await till.scan(codeOf('A'));
  await expect(page.getByText('This piece is in the receipt already')).toBeVisible();
  await expect(till.lines).toHaveCount(2);

  // added by its usual barcode or by hand, it asks for the marking code
  await till.scan(barcodeOf(COFFEE));
  await expect(till.dialog).toContainText('Scan the marking code');
  await till.scan(codeOf('C'));
  await expect(till.dialog).toHaveCount(0);
  await expect(till.lines).toHaveCount(3);
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  const { lines } = (await rowsOf(page, 'journal')).at(-1)!.body as { lines: object[] };
  expect(lines).toMatchObject(['A', 'B', 'C'].map((each) => ({ mark: codeOf(each).slice(3) })));

  await till.scan(codeOf('B'));
  await expect(page.getByText(/^This piece is sold: receipt 1-000001/)).toBeVisible();
  await till.next();
  await expect(till.lines).toHaveCount(0);

  await till.goTo('sales');
  const rows = page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
  await rows.first().getByRole('button').click();
  await till.button(/^Return$/).click();
  await expect(till.dialog.getByRole('textbox').nth(1)).toBeVisible();
  // the scan chooses which of the pieces is returned
  await till.scan(codeOf('B'));
  await expect(till.dialog.getByRole('textbox').nth(1)).toHaveValue('1');
  await till.dialog.locator('[data-main-act]').getByRole('button').click();
  await expect.poll(async () => (await rowsOf(page, 'journal')).at(-1)?.act).toBe('return');
  expect((await rowsOf(page, 'journal')).at(-1)?.body).toMatchObject({
    lines: [{ line: 1, mark: codeOf('B').slice(3) }],
  });
  await page.keyboard.press('Escape');
  await till.goTo('till');
  await till.scan(codeOf('A'));
  await expect(page.getByText(/^This piece is sold/)).toBeVisible();
  await till.scan(codeOf('B'));
  await expect(till.lines).toHaveCount(1);
});

test('in Russian, found by name, with the age asked as well', async ({ till, page }) => {
  await till.openShop();
  await till.goTo('catalogue');
  await page.getByRole('button', { name: COFFEE }).click();
  await till.dialog.getByLabel('Sold to').selectOption('18');
  await till.dialog.getByText('Goods with marking codes').click();
  await till.button('Save').click();
  await expect(till.dialog).toHaveCount(0);
  await till.speak('Русский');
  await till.goTo('till');
  await page.getByLabel('Найти товар').fill('кофе молотый');
  await page.keyboard.press('Enter');
  await expect(till.dialog).toContainText('Отсканируйте код маркировки');
  await till.scan(codeOf('A'));
  await expect(till.dialog).toContainText('Покупателю есть 18 лет?');
  await till.dialog.getByRole('button', { name: 'Да, есть' }).click();
  const lines = page.getByRole('list', { name: 'Чек' }).getByRole('listitem');
  await expect(lines).toHaveCount(1);
  await expect(lines.first()).toContainText('код Axxxxxxxxxxxx');
});
