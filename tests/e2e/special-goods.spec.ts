// Goods that are not simply added: packs of several pieces, goods with an age limit, marked goods.
import { checkDigit } from '$lib/domain/goods/product';
import { expect, test } from '../support/e2e';
import { newRows } from '../support/till-disk';
import { barcodeOf, OWNER, type TillPage } from '../support/till-page';

test.use({ shop: 'shared' });

const LEMON = 'Lemon';
const PACK = `460000099001${checkDigit('460000099001')}`;

/** Changes a product on its form; ends at the till. */
async function change(till: TillPage, name: string, fill: () => Promise<void>): Promise<void> {
  await till.goTo('catalogue');
  await till.page.getByRole('button', { name, exact: true }).click();
  await fill();
  await till.button('Save').click();
  await expect(till.dialog).toHaveCount(0);
  await till.goTo('till');
}

/** Fields of the product's form: sold only to customers aged 18 or over, and with marking codes. */
const fromEighteen = async ({ dialog }: TillPage): Promise<void> => {
  await dialog.getByLabel('Sold to').selectOption('those aged 18 or over');
};
const marked = ({ dialog }: TillPage): Promise<void> =>
  dialog.getByText('Goods with marking codes').click();

/** A marking code of the product as a scanner sends it. */
const codeOf = (name: string, serial: string) =>
  `]d2010${barcodeOf(name)}21${serial.padEnd(13, 'x')}\x1d93dGVz`;

test('the code of a pack adds all its pieces, and takes them back @long', async ({
  till,
  page,
}) => {
  const codes = till.dialog.getByLabel('Barcodes');
  await change(till, LEMON, () => codes.fill(`${barcodeOf(LEMON)}\n6*${PACK}`));
  await till.goTo('catalogue');
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
  const journal = await newRows(page, 'journal');
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

test('the age is asked once, scans meanwhile are kept, and the journal says who confirmed it', async ({
  till,
  page,
}) => {
  const coffee = 'Ground coffee, 250 g';
  await change(till, coffee, () => fromEighteen(till));
  await till.scan(barcodeOf(coffee));
  await expect(till.dialog).toContainText('Is the customer 18 or over?');
  await expect(till.lines).toHaveCount(0);
  // the cashier goes on scanning, and no scanned code answers the question
  await till.scan(barcodeOf('Carrier bag'));
  await till.scan(barcodeOf(coffee));
  await till.scan('4600');
  await expect(till.lines).toHaveCount(1);
  // right after a scan, an Enter may be the scanner's second one and is ignored
  await expect(async () => {
    await page.keyboard.press('Enter');
    await expect(till.dialog).toHaveCount(0, { timeout: 300 });
  }).toPass();
  await expect(till.lines).toHaveCount(2);
  await expect(till.lines.nth(1)).toContainText('2 ×');
  await till.scan(barcodeOf(coffee));
  await expect(till.lines.nth(1)).toContainText('3 ×');
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  expect((await newRows(page, 'journal')).at(-1)?.body).toMatchObject({
    ageConfirmed: { age: 18 },
  });

  // the next receipt belongs to somebody else
  await till.scan(barcodeOf(coffee));
  await expect(till.dialog).toContainText('Is the customer 18 or over?');
  await page.keyboard.press('Escape');
  await expect(page.getByText(`Not added: ${coffee}`)).toBeVisible();
  await expect(till.dialog).toHaveCount(0);
  await expect(till.lines).toHaveCount(0);

  await till.goTo('journal');
  await till.button('All entries').click();
  await page.getByRole('main').getByText(/^Sale/).first().click();
  await expect(till.dialog).toContainText(`Age confirmed 18 or over, ${OWNER.name}`);
});

test('a marked piece is sold by its code, not twice, and again after its return @long', async ({
  till,
  page,
}) => {
  const batteries = 'AA batteries, 4 pcs';
  const code = (serial: string) => codeOf(batteries, serial);
  await change(till, batteries, () => marked(till));
  await till.scan(code('A'));
  await till.scan(code('B'));
  await expect(till.lines).toHaveCount(2);
  await expect(till.lines.first()).toContainText('code Axxxxxxxxxxxx');
  await till.scan(code('A'));
  await expect(page.getByText('This piece is in the receipt already')).toBeVisible();
  await expect(till.lines).toHaveCount(2);

  // added by its usual barcode or by hand, it asks for the marking code
  await till.scan(barcodeOf(batteries));
  await expect(till.dialog).toContainText('Scan the marking code');
  await till.scan(code('C'));
  await expect(till.dialog).toHaveCount(0);
  await expect(till.lines).toHaveCount(3);
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  const { lines, number } = (await newRows(page, 'journal')).at(-1)!.body as {
    lines: object[];
    number: number;
  };
  expect(lines).toMatchObject(['A', 'B', 'C'].map((each) => ({ mark: code(each).slice(3) })));

  await till.scan(code('B'));
  const receipt = `1-${String(number).padStart(6, '0')}`;
  await expect(page.getByText(`This piece is sold: receipt ${receipt}`)).toBeVisible();
  await till.next();
  await expect(till.lines).toHaveCount(0);

  await till.goTo('sales');
  const rows = page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
  await rows.first().getByRole('button').click();
  await till.button(/^Return$/).click();
  await expect(till.dialog.getByRole('textbox').nth(1)).toBeVisible();
  // the scan chooses which of the pieces is returned
  await till.scan(code('B'));
  await expect(till.dialog.getByRole('textbox').nth(1)).toHaveValue('1');
  await till.sayReturn('Nothing');
  await till.dialog.locator('[data-main-act]').getByRole('button').click();
  await expect.poll(async () => (await newRows(page, 'journal')).at(-1)?.act).toBe('return');
  expect((await newRows(page, 'journal')).at(-1)?.body).toMatchObject({
    lines: [{ line: 1, mark: code('B').slice(3) }],
  });
  await page.keyboard.press('Escape');
  await till.goTo('till');
  await till.scan(code('A'));
  await expect(page.getByText(/^This piece is sold/)).toBeVisible();
  await till.scan(code('B'));
  await expect(till.lines).toHaveCount(1);
});

test('in Russian the form explains packs; goods found by name ask for age and marking code @long', async ({
  till,
  page,
}) => {
  await change(till, 'Apple juice, 1 l', () => fromEighteen(till));
  await change(till, 'LED lamp, 9 W', async () => {
    await fromEighteen(till);
    await marked(till);
  });
  await till.speak('Русский');

  await till.goTo('catalogue');
  await page.getByRole('button', { name: 'Лимон', exact: true }).click();
  await expect(till.dialog).toContainText('Упаковка: 6*4600000000017');
  await till.dialog.getByLabel('Штрихкоды').fill(`6*${barcodeOf('Carrier bag')}`);
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await expect(till.dialog).toContainText('уже у товара «');
  await till.dialog.getByRole('button', { name: 'Отменить' }).click();
  await expect(till.dialogs).toHaveCount(0);

  await till.goTo('till');
  const find = async (words: string) => {
    await page.getByLabel('Найти товар').fill(words);
    await page.keyboard.press('Enter');
  };
  const lines = page.getByRole('list', { name: 'Чек' }).getByRole('listitem');
  await find('сок яблочный');
  await expect(till.dialog).toContainText('Покупателю есть 18 лет?');
  await till.dialog.getByRole('button', { name: 'Не продавать' }).click();
  await expect(page.getByText(/^Не добавлено: Сок/)).toBeVisible();
  await find('лампа светодиодная');
  await expect(till.dialog).toContainText('Отсканируйте код маркировки');
  await till.scan(codeOf('LED lamp, 9 W', 'A'));
  await expect(till.dialog).toContainText('Покупателю есть 18 лет?');
  await till.dialog.getByRole('button', { name: 'Да, есть' }).click();
  await expect(lines).toHaveCount(1);
  await expect(lines.first()).toContainText('код Axxxxxxxxxxxx');
  // asked once for the receipt
  await find('сок яблочный');
  await expect(lines).toHaveCount(2);
});
