// Scale labels: the till adds what a label says, and refuses audibly what is ambiguous.
import type { LabelMask } from '$lib/contract/label-mask';
import type { Policy } from '$lib/contract/policy';
import { labelCode } from '$lib/domain/goods/scale-label';
import { changePolicy, expect, follow, ownersOtherTill, test } from '../support/e2e';
import { labelOf } from '../support/scale-label';
import { newRows } from '../support/till-disk';

test.use({ shop: 'shared' });

test('each label is a line with its weight, and stays in the sale', async ({ till, page }) => {
  await till.giveArticle('Garden apples', '123');
  await till.scan(labelOf('123', 412));
  await till.scan(labelOf('123', 350));
  await expect(till.lines).toHaveCount(2);
  await expect(till.lines.nth(0)).toContainText('0.412 kg × 1.49');
  await expect(till.lines.nth(1)).toContainText('0.350 kg × 1.49');
  // typed from the label if the scanner cannot read it
  await page.getByLabel('Find a product').fill(labelOf('123', 1500));
  await page.keyboard.press('Enter');
  await expect(till.lines).toHaveCount(3);
  await page.keyboard.press('Control+z');
  await expect(till.lines).toHaveCount(2);
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  const { body } = (await newRows(page, 'journal')).at(-1)!;
  expect(body).toMatchObject({
    lines: [412, 350].map((grams) => ({ quantity: grams, barcode: labelOf('123', grams) })),
    stock: [{ delta: -762 }],
  });
});

test('a label without weight asks for it; what is not sure is refused', async ({ till, page }) => {
  await till.giveArticle('Garden apples', '123');
  await till.scan(labelOf('123', 0));
  await expect(till.dialog).toContainText('Garden apples');
  await page.keyboard.type('0.2');
  await till.dialog.getByRole('button', { name: 'Done' }).click();
  await expect(till.lines.first()).toContainText('0.200 kg');

  await till.scan(labelOf('777', 412));
  await expect(page.getByText('No such product: PLU 00777')).toBeVisible();
  const code = labelOf('123', 412);
  const misread = code.slice(0, 12) + String((Number(code[12]) + 1) % 10);
  await till.scan(misread);
  await expect(page.getByText(`The barcode ${misread} was misread`)).toBeVisible();
  // these prefixes belong to ordinary codes
  await till.scan(labelOf('123', 412, '25'));
  await expect(page.getByText(/^No product has the barcode 25/)).toBeVisible();
  await till.giveArticle('Lemon', '00123');
  await till.scan(code);
  await expect(page.getByText(/^Several products have the PLU 00123: /)).toBeVisible();
  await till.giveArticle('Lemon', '5');
  await till.scan(labelOf('5', 412));
  await expect(page.getByText('The label says a weight, but “Lemon” isn’t sold')).toBeVisible();
  await page.getByLabel('Find a product').fill('3*');
  await till.scan(code);
  await expect(page.getByText('Scan the labels of scales one by one')).toBeVisible();
  await expect(till.lines).toHaveCount(1);
});

test('a whole code of the catalogue beats the mask @long', async ({ till, page }) => {
  await till.giveArticle('Garden apples', '123');
  await till.goTo('catalogue');
  await page.getByRole('button', { name: 'Lemon', exact: true }).click();
  // other stories scan other weights
  await till.dialog.getByLabel('Barcodes').fill(labelOf('123', 777));
  await till.button('Save').click();
  await expect(till.dialog).toHaveCount(0);
  await till.goTo('till');
  await till.scan(labelOf('123', 777));
  await expect(till.lines.first()).toContainText('Lemon');
  await till.scan(labelOf('123', 778));
  await expect(till.lines.nth(1)).toContainText('0.778 kg');
});

test('a package that comes back is found by its label @long', async ({ till, page }) => {
  await till.giveArticle('Garden apples', '123');
  for (const grams of [412, 1350]) await till.scan(labelOf('123', grams));
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  await till.next();
  await till.goTo('sales');
  const rows = page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
  await rows.first().getByRole('button').click();
  await till.button(/^Return$/).click();
  await expect(till.dialog.getByRole('textbox').nth(1)).toBeVisible();
  await till.scan(labelOf('123', 1350));
  await expect(till.dialog.getByRole('textbox').nth(1)).toHaveValue('1.35');
  await expect(till.dialog.getByRole('textbox').nth(0)).toHaveValue('');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await till.button('Return without a receipt').click();
  await till.scan(labelOf('123', 300));
  await till.scan(labelOf('123', 412));
  await expect(till.dialog.getByLabel('How much came back: Garden apples')).toHaveValue('0.712');
});

test('the price of a label is what is paid for it, discounts are for the rest @long', async ({
  till,
  page,
  relay,
}) => {
  await till.giveArticle('Semi-hard cheese', '7');
  const prices: LabelMask = {
    prefixes: ['24'],
    value: 'price',
    layout: 'AAAAAVVVVV',
    articleHasPrefix: false,
  };
  const owner = await ownersOtherTill(relay);
  const change = (policy: Policy) => ({ ...policy, labelMasks: [...policy.labelMasks, prices] });
  await follow(page, await changePolicy(owner, change));
  const labelAt = (pence: number) => labelCode(prices, '24', { article: '7', amount: pence }) ?? '';
  // 0.412 kg at 8.99
  await till.scan(labelAt(370));
  await expect(till.lines.first()).toContainText('3.70');
  await expect(till.lines.first()).toContainText('label price');
  await expect(till.lines.first().getByRole('button', { name: 'Discount' })).toHaveCount(0);
  await expect(
    till.lines.first().getByRole('button', { name: /^Change the quantity/ }),
  ).toHaveCount(0);
  await till.ring('Carrier bag');
  await page.getByRole('button', { name: 'Discount' }).last().click();
  await expect(till.dialog).toContainText('not change the prices of scale labels');
  await till.dialog.getByRole('textbox', { name: 'Discount, %' }).fill('50');
  await till.dialog.getByRole('button', { name: 'Done' }).click();
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  const { body } = (await newRows(page, 'journal')).at(-1)!;
  expect(body).toMatchObject({
    lines: [
      { priceFrom: 'scale', total: 370, quantity: 412, discounts: [], barcode: labelAt(370) },
      {},
    ],
  });
  await till.button('Show or print the receipt').click();
  await expect(till.dialog.locator('[data-slip]')).toContainText('Label price');
});
