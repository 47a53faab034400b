// Labels of scales on a phone, in Russian.
import { expect, test } from '../support/e2e';
import { labelOf } from '../support/scale-label';

test('on a phone in Russian a label adds its weight, and an unknown one nothing', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.goTo('catalogue');
  await page.getByRole('button', { name: 'Garden apples' }).tap();
  await till.dialog.getByLabel('SKU').fill('123');
  await till.button('Save').tap();
  await expect(till.dialog).toHaveCount(0);
  await till.speak('Русский');
  await till.goTo('till');
  await till.scan(labelOf('123', 412));
  await page.getByRole('button', { name: 'Показать чек целиком' }).tap();
  const lines = page.getByRole('list', { name: 'Чек' }).getByRole('listitem');
  await expect(lines.first()).toContainText('0,412 кг × 1,49');
  await till.scan(labelOf('77', 412));
  await expect(page.getByText('Нет такого товара: PLU 00077')).toBeVisible();
  await expect(lines).toHaveCount(1);
});
