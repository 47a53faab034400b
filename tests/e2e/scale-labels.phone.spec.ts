// Scale labels on a phone, in Russian.
import { expect, test } from '../support/e2e';
import { labelOf } from '../support/scale-label';

test('on a phone in Russian a label adds its weight, and an unknown one nothing @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.giveArticle('Garden apples', '123');
  await till.speak('Русский');
  await till.goTo('till');
  await till.scan(labelOf('123', 412));
  await page.getByRole('button', { name: 'Показать чек целиком' }).tap();
  const lines = page.getByRole('list', { name: 'Чек' }).getByRole('listitem');
  await expect(lines.first()).toContainText('0,412 кг × 1,49');
  await till.scan(labelOf('77', 412));
  await expect(page.getByText('Нет такого товара: PLU 00077')).toBeVisible();
  await expect(lines).toHaveCount(1);

  // the settings show what a label would add
  await till.goTo('settings/scale-labels');
  await expect(page.getByLabel('Проверка: отсканируйте этикетку')).toBeVisible();
  await till.scan(labelOf('123', 1500));
  await expect(page.getByText(/Касса добавит: Яблоки садовые, 1,500\sкг × 1,49/)).toBeVisible();
  await page.getByLabel('Проверка: отсканируйте этикетку').fill(labelOf('77', 5));
  await page.getByRole('button', { name: 'Проверить' }).tap();
  await expect(page.getByText('Ничего не добавится. Нет такого товара')).toBeVisible();
  await page.getByRole('button', { name: /^20–22: вес/ }).tap();
  await expect(till.dialog.getByRole('region', { name: 'Пример' })).toContainText('00123');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});
