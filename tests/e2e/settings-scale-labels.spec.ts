// Scale labels: an owner defines how they are read, tries one, and the till sells by it.
import type { LabelMask } from '$lib/contract/label-mask';
import { labelCode } from '$lib/domain/goods/scale-label';
import { expect, test } from '../support/e2e';
import { labelOf } from '../support/scale-label';
import { SettingsPage } from '../support/settings-page';

const PRICES: LabelMask = {
  prefixes: ['24', '25'],
  value: 'price',
  layout: 'AAAACVVVVV',
  articleHasPrefix: false,
};
const priceLabel = (article: string, amount: number) =>
  labelCode(PRICES, '24', { article, amount }) ?? '';

test('a label with a price is added, tried before it is saved, and sold @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.giveArticle('Semi-hard cheese', '7');
  await page.goto(`${new URL('/', page.url()).href}#/settings/scale-labels`);
  const test = page.getByLabel('Test: scan a label now');
  await expect(page.getByRole('button', { name: /^20–22: weight/ })).toBeVisible();
  await till.scan(priceLabel('7', 370));
  const status = page.getByRole('status').filter({ hasText: 'Nothing would be added' });
  await expect(status).toContainText('No product has the barcode 24');

  await till.button('Add a label').click();
  const save = till.dialog.getByRole('button', { name: 'Save', exact: true });
  await save.click();
  await expect(till.dialog.getByRole('alert')).toHaveText('Choose what the code begins with');
  await expect(till.dialog.getByRole('button', { name: '20' })).toBeDisabled();
  await till.dialog.getByRole('button', { name: '24' }).click();
  await till.dialog.getByRole('button', { name: '25' }).click();
  await till.dialog.getByLabel('What it holds').selectOption('price');
  await till.dialog.getByLabel('The digits after that').selectOption('Another way');
  const pattern = till.dialog.getByLabel('Ten letters in their order');
  await pattern.fill('aaaacvvvv');
  await save.click();
  await expect(till.dialog.getByRole('alert').first()).toContainText('Ten letters A, V, C and X');
  await pattern.fill('aaaa c vvvvv');
  await expect(till.dialog.getByRole('region', { name: 'Example' })).toContainText('0123');
  await till.scan(priceLabel('7', 370));
  await expect(till.dialog.getByRole('status')).toContainText(
    /article 0007, price £3\.70\s*The till would add: Semi-hard cheese, 0\.412\skg × 8\.99 = £3\.70/,
  );
  // labels with the earlier prefixes are still read as before
  await till.scan(labelOf('7', 0));
  await expect(till.dialog.getByRole('status')).toContainText('would ask how much');
  const row = page.getByRole('button', { name: /^24–25: price/ });
  await new SettingsPage(till).asOwner(save, row);
  await expect(row).toContainText('article 4 digits, check digit, price 5 digits');
  await test.fill(priceLabel('7', 741));
  await till.button(/^Check$/).click();
  await expect(page.getByRole('status').filter({ hasText: 'The till would add' })).toBeVisible();

  await till.goTo('till');
  await till.scan(priceLabel('7', 370));
  await expect(till.lines.first()).toContainText('0.412 kg × 8.99');
  await expect(till.lines).toHaveCount(1);

  await till.goTo('settings/scale-labels');
  await row.click();
  await till.dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(till.dialogs).toHaveCount(0);
  await expect(row).toHaveCount(0);
  // the label was scanned while the shop still had a mask for it
  await till.goTo('till');
  await till.pay();
  await till.button('Exact').click();
  await till.main.click();
  await expect(page.getByText('The price of a scale label doesn’t fit')).toBeVisible();
});
