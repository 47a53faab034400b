// A day on an upright tablet in Russian, offline: what the walk on a phone does not cover.
// Discounts, an emptied receipt, a price list, cards, a return without a receipt, cash in, the X report.
import { expect, test } from '../support/e2e';
import { expectFits } from '../support/fits';
import { rowsOf } from '../support/till-disk';
import { walkOn } from '../support/walk';

test.use({
  viewport: { width: 800, height: 1280 },
  serviceWorkers: 'allow',
  actionTimeout: 15_000,
});

const LIST = [
  'Штрихкод;Наименование;Цена;Ед. изм.;Остаток',
  '4607163091591;Чурчхела виноградная;1,50;шт;67',
];

test('on a tablet without a connection: discounts, a cancelled receipt, the price list, cards, a return without a receipt, cash in, the X report @long', async ({
  till,
  page,
  context,
}) => {
  test.setTimeout(120_000);
  const { dialog } = till;
  const { tap, inDialog, shows, ring } = walkOn(till);
  const said = page.getByRole('region', { name: 'Сообщения кассы' });
  const main = page.getByRole('main');
  const lines = page.getByRole('list', { name: 'Чек', exact: true }).getByRole('listitem');

  await till.openShop();
  await till.speak('Русский');
  await context.setOffline(true);

  // a discount on a line and on the receipt
  await till.goTo('till');
  await ring('Кофе молотый');
  await tap(/^Скидка/);
  await dialog.getByRole('textbox', { name: 'Скидка, %' }).fill('10');
  await expectFits(page);
  await inDialog('Готово');
  await shows(lines.first(), '4,04');
  await tap('Скидка на чек');
  await dialog.getByLabel('Скидка суммой').fill('1');
  await expectFits(page);
  await inDialog('Готово');
  await tap(/^К оплате/);
  await tap(/^Карта/);
  await shows(till.saved, 'Продажа сохранена', '3,04');
  await tap('Следующий покупатель');

  // the receipt is cancelled and taken back
  await ring('Пакет-майка');
  await tap('Очистить');
  await shows(said, 'Чек отменён');
  await said.getByRole('button', { name: 'Вернуть' }).tap();
  await expect(lines).toHaveCount(1);
  await tap(/^К оплате/);
  await tap('Без сдачи');
  await till.main.tap();
  await expect(till.saved).toBeVisible();
  await tap('Следующий покупатель');

  // the price list: what will change, then the import
  await page.goto(`${new URL('/', page.url()).href}#/import`);
  await page.locator('input[type=file]').setInputFiles({
    name: 'price.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(LIST.join('\r\n')),
  });
  await tap('Прочитать файл');
  await shows(main, 'Что изменится', /Новых\s*1/);
  await tap(/^Загрузить/);
  await shows(main, 'Товары загружены');

  // a new customer is forgotten; cards cannot be merged without a connection
  await till.goTo('customers');
  await tap('Новый покупатель');
  await dialog.getByLabel('Имя').fill('Ольга Забытая');
  await expectFits(page);
  await inDialog('Сохранить');
  await tap('Забыть');
  await shows(dialog.last(), 'Забыть этого покупателя?');
  await dialog.last().getByRole('button', { name: 'Забыть', exact: true }).tap();
  await expect(page.getByText('Карточка скрыта и сотрётся через сутки')).toBeVisible();
  await page.getByText('Vera Lugova').tap();
  await tap('Объединить');
  await dialog.getByLabel('С какой карточкой').fill('timur');
  await dialog.getByText('Timur Sadykov').tap();
  await shows(dialog, /На неё перейдёт\s*долг 12,50/, 'Без обоих кодов объединить нельзя');
  await tap('Запросить коды');
  await shows(dialog, 'Нет кода — нет объединения');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  // a return without a receipt: the debt goes down first
  await till.goTo('sales');
  await tap('Возврат без чека');
  await dialog.getByLabel('Найти товар').fill('чурч');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Покупатель, если он известен').fill('Vera');
  await page.keyboard.press('Enter');
  await shows(dialog, /С долга\s*1,50/, 'Владельцы увидят это в итогах дня');
  await dialog.getByLabel('Почему возвращают').selectOption('Брак');
  await till.main.tap();
  await shows(dialog, 'Возврат сохранён', 'Денег отдавать не нужно');
  await inDialog('Готово');

  // a copy of the receipt
  await page.getByRole('list', { name: 'Продажи' }).getByRole('button').first().tap();
  await inDialog('Показать или напечатать чек');
  await shows(dialog.locator('[data-slip]').last(), 'КОПИЯ');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  // cash in, and the X report
  await till.goTo('shift');
  await main.getByRole('button', { name: 'Внести' }).tap();
  await dialog.getByLabel('Сколько').fill('20');
  await inDialog(/^Внести$/);
  await expect(till.dialogs).toHaveCount(0);
  await shows(said, 'Записано');
  const [message, close] = [
    await said.boundingBox(),
    await till.button('Закрыть смену').boundingBox(),
  ];
  expect(message?.y, 'the message lies over the main button').toBeLessThan(
    (close?.y ?? 0) - (message?.height ?? 0),
  );
  await shows(main, /В ящике должно быть\s*20,10/, /Скидки\s*−1,45/);
  await tap('X-отчёт');
  await shows(
    dialog.locator('[data-slip]').first(),
    ...['X-отчёт', 'Продажи3,14', 'Скидки на позиции−0,45', 'Скидки на чек−1,00'],
    ...['Списано с долга возвратами−1,50', 'Отменено чеков · 10,10', 'Внесли · размен20,00'],
    'В ящике должно быть20,10',
  );

  const acts = (await rowsOf(page, 'journal')).map(({ act }) => act);
  for (const act of ['receipt-cancelled', 'receipt-resumed', 'customer-forgotten', 'cash-moved'])
    expect(acts).toContain(act);
});
