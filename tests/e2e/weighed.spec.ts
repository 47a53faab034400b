// Goods sold by weight: price, line and printed receipt name the unit.
import { expect, test } from '../support/e2e';

test('a price by weight names its unit, on the tile and in the receipt', async ({ till, page }) => {
  await till.openShop();
  await page.getByLabel('Find a product').fill('Garden apples');
  const tile = page.locator('.tiles').getByRole('button', { name: 'Garden apples' });
  await expect(tile).toContainText('1.49/kg');
  await tile.click();
  await page.keyboard.type('0.35');
  await till.dialog.getByRole('button', { name: 'Done' }).click();
  await expect(till.lines.first()).toContainText('0.350 kg × 1.49');
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.button('Show or print the receipt').click();
  await expect(till.dialog.locator('[data-slip]')).toContainText('0.350 kg × 1.49');
});
