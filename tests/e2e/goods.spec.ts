// Goods changed by hand at one till, and sold at another.
import { demoGoods } from '$lib/domain/demo/goods';
import {
  changePolicy,
  expect,
  expectSent,
  newOperator,
  ownersOtherTill,
  test,
} from '../support/e2e';
import { installed } from '../support/releases';
import type { TillPage } from '../support/till-page';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

test('a price changed and a product added at one till are sold at the other @long', async ({
  till,
  second,
}) => {
  const search = second.page.getByLabel('Find a product');
  const tile = second.page.locator('.tiles').getByRole('button', { name: 'Ground coffee, 250 g' });
  await search.fill('coffee');
  await expect(tile).toBeVisible();

  await till.goTo('catalogue');
  const { dialog, page } = till;
  await page.getByRole('button', { name: 'Ground coffee, 250 g' }).click();
  await dialog.getByLabel('Price').fill('no');
  await till.button('Save').click();
  await expect(dialog).toContainText('That does not look like an amount');
  await dialog.getByLabel('Price').fill('7.77');
  await dialog.getByLabel('In stock, as counted').fill('12');
  await till.button('Save').click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('row', { name: /Ground coffee, 250 g/ })).toContainText('£7.77');
  await expect(page.getByRole('row', { name: /Ground coffee, 250 g/ })).toContainText('12 pcs');

  await till.button('Add a product').click();
  await dialog.getByLabel('Name').fill('Paper bag');
  await dialog.getByLabel('Price').fill('0.30');
  await dialog.getByLabel('Barcodes').fill('4006381333930');
  await till.button('Save').click();
  await expect(dialog).toContainText('The check digit of 4006381333930 is wrong');
  await dialog.getByLabel('Barcodes').fill('4006381333931');
  await till.button('Save').click();
  await expect(dialog).toHaveCount(0);

  await till.button('Add a product').click();
  await dialog.getByLabel('Name').fill('Another bag');
  await dialog.getByLabel('Price').fill('0.50');
  await dialog.getByLabel('Barcodes').fill('4006381333931');
  await till.button('Save').click();
  await expect(dialog).toContainText('4006381333931 is already the barcode of “Paper bag”');
  await till.button('Cancel').click();

  // it appears at the other till within a moment, without anybody touching its screen
  await expect(tile).toContainText('7.77');
  await search.fill('');
  await second.scan('4006381333931');
  await expect(second.page.getByText('Paper bag').first()).toBeVisible();
  await second.sellForCash('Ground coffee, 250 g');

  await expect(page.getByRole('row', { name: /Ground coffee, 250 g/ })).toContainText('11 pcs');
  await till.goTo('journal');
  await till.button('All entries').click();
  await expect(page.getByText('Goods: 1 new')).toBeVisible();
  await page.getByText('Goods: 1 changed, 1 counted').click();
  await expect(dialog).toContainText('price £7.77');
});

test('a price changed at both tills while one is offline waits for a decision @long', async ({
  till,
  second,
}) => {
  const change = async (at: TillPage, price: string) => {
    await at.goTo('catalogue');
    await at.page.getByRole('button', { name: 'Apple juice, 1 l' }).click();
    await at.dialog.getByLabel('Price').fill(price);
    await at.button('Save').click();
    await expect(at.dialog).toHaveCount(0);
  };
  const row = (at: TillPage) => at.page.getByRole('row', { name: /Apple juice, 1 l/ });
  await second.goTo('catalogue');
  await expect(row(second)).toBeVisible();
  await second.page.context().setOffline(true);
  await change(second, '5.55');
  await change(till, '6.66');
  await expectSent(till);
  await till.goTo('catalogue');
  await expect(row(second)).toContainText('£5.55');
  await second.page.context().setOffline(false);
  await expect(row(second)).toContainText('£6.66', { timeout: 45_000 });
  await second.goTo('to-settle');
  await expect(second.page.getByRole('listitem').first()).toContainText(
    'Apple juice, 1 l: price £5.55, and now £6.66',
  );
  await second.button('Apply these values').click();
  await expect(second.page.getByText('Nothing to settle')).toBeVisible();
  await expect(row(till)).toContainText('£5.55');
});

test('a list imported at both tills while one is offline waits as one entry: some prices by name, and how many more @long', async ({
  till,
  second,
}) => {
  const goods = demoGoods({ code: 'GBP', digits: 2 }, 'en').slice(0, 7);
  const importAt = async (at: TillPage, price: string) => {
    const rows = goods.map(({ sku, name }) => `${sku};"${name}";${price}`);
    const buffer = Buffer.from(`SKU;Name;Price\n${rows.join('\n')}`);
    await at.goTo('import');
    const file = { name: 'list.csv', mimeType: 'text/csv', buffer };
    await at.page.locator('input[type=file]').setInputFiles(file);
    await at.button('Read the file').click();
    await at.button('Import 7 products').click();
    await expect(at.page.getByText('Goods imported')).toBeVisible();
  };
  const rowOf = (at: TillPage, name: string) => at.page.getByRole('row', { name });
  await installed(second.page);
  await second.page.context().setOffline(true);
  await importAt(second, '5.55');
  await importAt(till, '6.66');
  await expectSent(till);
  await second.page.context().setOffline(false);
  for (const at of [till, second]) {
    await at.goTo('to-settle');
    const list = at.page.getByRole('main');
    await expect(list).toContainText('1 entry waits for a decision', { timeout: 45_000 });
    await expect(list).toContainText(/Not applied\s*Goods: 7 changed\s*Till 2/);
    await expect(list).toContainText(/Kept\s*Goods: 7 changed\s*Till 1/);
    const prices = list.getByText('price £5.55, and now £6.66');
    await expect(prices).toHaveText(
      goods.slice(0, 5).map(({ name }) => `${name}: price £5.55, and now £6.66`),
    );
    await expect(list).toContainText('and 2 more');
  }
  // also those that are not listed by name
  await second.button('Apply these values').click();
  await expect(second.page.getByText('Nothing to settle')).toBeVisible();
  await expect(till.page.getByText('Nothing to settle')).toBeVisible({ timeout: 45_000 });
  await till.goTo('catalogue');
  for (const { name } of goods) await expect(rowOf(till, name)).toContainText('£5.55');
});

test('a form that was open while another till changed the price does not put the old one back @long', async ({
  till,
  second,
}) => {
  const row = (at: TillPage) => at.page.getByRole('row', { name: /Black leaf tea|Assam/ });
  for (const at of [till, second]) {
    await at.goTo('catalogue');
    await at.page.getByRole('button', { name: 'Black leaf tea, 100 g' }).click();
  }
  await second.dialog.getByLabel('Price').fill('6.66');
  await second.button('Save').click();
  await expect(row(till)).toContainText('£6.66');
  await till.dialog.getByLabel('Name').fill('Assam');
  await till.button('Save').click();
  for (const at of [till, second]) {
    await expect(at.dialog).toHaveCount(0);
    await expect(row(at)).toContainText('Assam');
    await expect(row(at)).toContainText('£6.66');
  }
  // both tills ask about the same field
  for (const at of [till, second]) await at.page.getByRole('button', { name: 'Assam' }).click();
  await second.dialog.getByLabel('Price').fill('7.77');
  await second.button('Save').click();
  await expect(row(till)).toContainText('£7.77');
  await till.dialog.getByLabel('Price').fill('8.88');
  await till.button('Save').click();
  await expect(till.dialog).toContainText('Another till has changed this product meanwhile');
  await till.button('Cancel').click();
  await expect(row(till)).toContainText('£7.77');
});

test('more than is usual of a product, as set in its form, is asked about at the till', async ({
  till,
  page,
}) => {
  const { dialog } = till;
  await till.goTo('catalogue');
  await page.getByRole('button', { name: 'Semi-hard cheese' }).click();
  await dialog.getByLabel('Usually at most').fill('0');
  await till.button('Save').click();
  await expect(dialog).toContainText('The most must be above zero');
  await dialog.getByLabel('Usually at most').fill('5');
  await till.button('Save').click();
  await expect(dialog).toHaveCount(0);

  await till.goTo('till');
  await till.ring('Semi-hard cheese');
  await page.keyboard.type('5.5');
  await page.keyboard.press('Enter');
  const doubt = page.getByRole('alertdialog');
  await doubt.getByRole('button', { name: 'Correct it' }).click();
  await page.keyboard.press('Escape');
  await till.ring('Semi-hard cheese');
  await page.keyboard.type('4.5');
  await page.keyboard.press('Enter');
  await expect(till.lines).toHaveCount(1);
});

// last: the cashier stays signed in
test('who may not change goods sees them without a form', async ({ till, page, relay }) => {
  const owner = await ownersOtherTill(relay);
  const kirill = newOperator('Kirill', 'cashier', '258025');
  await till.goTo('catalogue');
  await expect(till.button('Add a product')).toBeVisible();
  await changePolicy(owner, (policy) => ({ ...policy, operators: [...policy.operators, kirill] }));
  // a start fetches the newest policy
  await till.open();
  await till.signIn('Kirill', '258025');
  await till.goTo('catalogue');
  await expect(page.getByText('Ground coffee, 250 g')).toBeVisible();
  await expect(till.button('Add a product')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Ground coffee, 250 g' })).toHaveCount(0);
});
