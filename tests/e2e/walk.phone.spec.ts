// A day on a phone in Russian without a connection, from a debt to the Z report.
// Checks words and figures of each act, and that nothing is cut off at the side.
import { closedShift } from '../support/closed-shift';
import { expect, test } from '../support/e2e';
import { expectFits } from '../support/fits';
import { walkOn } from '../support/walk';

test.use({ serviceWorkers: 'allow', actionTimeout: 15_000 });

test('on a phone without a connection: debt, repayment, correction, return, cash out, a held receipt, the Z report @long', async ({
  till,
  page,
  context,
}) => {
  test.setTimeout(120_000);
  const { dialog } = till;
  const { tap, inDialog, shows, ring } = walkOn(till);
  const main = page.getByRole('main');

  await till.openShop();
  await till.speak('Русский');
  await context.setOffline(true);

  // on account without a code, by right
  await till.goTo('till');
  await ring('Кофе молотый');
  await expectFits(page);
  await tap(/^К оплате/);
  await page.getByRole('group', { name: 'Цифры' }).getByRole('button', { name: '1' }).tap();
  await expect(till.main).toHaveText(/Кому записать долг\?\s*не хватает 3,49/);
  await till.main.tap();
  await inDialog(/Vera/);
  await expect(till.main).toContainText('нет связи для кода');
  await shows(page.getByRole('list', { name: 'Расчёт' }), /К оплате\s*4,49/, /Срок долга/);
  await till.main.tap();
  await shows(dialog, 'Код отправить нельзя');
  await dialog.getByRole('radio', { name: 'Нет интернета' }).check();
  await inDialog('Записать долг без кода');
  await shows(till.saved, '3,49 £ в долг · Vera Lugova');
  await tap('Следующий покупатель');

  // a part repaid: everything needed is in sight at once
  await till.goTo('customers');
  await tap(/^С долгом$/);
  await shows(page.getByRole('region', { name: 'Должны всего' }), '97,49');
  await page.getByText('Vera Lugova').tap();
  await shows(dialog, /Долг\s*15,99/, 'Из чего складывается долг');
  await tap('Погасить долг');
  const pad = page.getByRole('group', { name: 'Цифры' });
  await expect(pad.getByRole('button', { name: '0' })).toBeInViewport({ ratio: 1 });
  await expect(till.main).toBeInViewport({ ratio: 1 });
  await pad.getByRole('button', { name: '5' }).tap();
  await shows(dialog, /Останется долг\s*10,99/);
  await expect(page.getByText('Останется долг')).toBeInViewport({ ratio: 1 });
  await till.main.tap();
  await shows(dialog, 'Погашение записано · принято 5,00', /Осталось долга\s*10,99/);
  await tap('Готово');

  // a correction upwards
  await tap('Корректировка');
  await dialog.getByLabel('На сколько').fill('2');
  await dialog.getByLabel('Почему').fill('Не пробили молоко');
  await shows(dialog, /Сейчас 10,99.*, станет 12,99/);
  await tap('Запросить код');
  await dialog.getByRole('radio', { name: 'Нет интернета' }).check();
  await expectFits(page);
  await tap('Продолжить без кода');
  await shows(dialog, /Корректировка: долг.*\+2,00/s, /Погашение долга · наличными.*−5,00/s);
  await tap('Выписка');
  await shows(dialog.locator('[data-slip]'), 'ВЫПИСКА ПО ДОЛГУ', /ДОЛГ\s*12,99/);
  await page.keyboard.press('Escape');

  // points and purchases so far, and a return from the card
  await page.getByRole('tab', { name: 'Баллы' }).tap();
  await shows(dialog, /Начислены за покупку.*\+1.*181/s, /Начальные баллы.*\+180/s);
  await page.getByRole('tab', { name: 'Покупки' }).tap();
  await shows(dialog, /Продажа № 1-000001.*\+4,49/s);
  await inDialog(/Продажа № 1-000001/);
  await tap(/^Возврат$/);
  await tap(/^Всё$/);
  await dialog.getByLabel('Что показал покупатель').selectOption('Покупка на его карточке');
  await dialog.getByLabel('Почему возвращают').selectOption('Брак');
  await shows(dialog, /С долга\s*3,49/, /Наличными\s*1,00/, /Отзываются баллы\s*−1/);
  await till.main.tap();
  await shows(dialog, 'Возврат сохранён', /Отдайте наличными\s*1,00/);
  await tap('Готово');
  await shows(dialog, /Возвращено.*Кофе молотый/s);
  await page.keyboard.press('Escape');
  await shows(dialog, /Возврат по чеку № 1-000001.*−4,49/s);
  await page.getByRole('tab', { name: 'Баллы' }).tap();
  await shows(dialog, /Отозваны: товар вернули.*−1/s);
  await page.keyboard.press('Escape');

  // cash out of the drawer
  await till.goTo('shift');
  await shows(main, /Продажи/, /Погасили · 1\s*−5,00/);
  await main.getByRole('button', { name: 'Изъять' }).tap();
  await dialog.getByLabel('Сколько').fill('1');
  await expectFits(page);
  await inDialog(/^Изъять$/);
  await expect(till.dialogs).toHaveCount(0);

  // a held receipt
  await till.goTo('till');
  await ring('Пакет-майка');
  await tap('Показать чек целиком');
  await expectFits(page);
  await tap(/^Отложить$/);
  // the message covers the button for six seconds
  const said = page.getByRole('region', { name: 'Сообщения кассы' });
  await shows(said, 'Чек отложен');
  await said.getByRole('button', { name: 'Закрыть' }).tap();
  await tap('Отложено · 1');
  await shows(dialog, 'Отложенные чеки');
  await inDialog(/^Пакет-майка/);
  await expect(till.dialogs).toHaveCount(0);
  await tap(/^К оплате/);
  await tap('Без сдачи');
  await till.main.tap();
  await shows(till.saved, 'Продажа сохранена');
  await tap('Следующий покупатель');
  await till.goTo('sales');
  await shows(main, '№ 1-000002', '№ 1-000001');

  // the shift is closed
  await till.goTo('shift');
  await shows(main, /В ящике должно быть/, /Долг увеличен исправлением\s*2,00/);
  await tap('Закрыть смену');
  await tap('Ввести одной суммой');
  // without a reason for the difference nothing is closed, and what is missing comes into view
  await page.getByLabel('Сколько денег в ящике').fill('4');
  await tap(/Закрыть смену/);
  await expect(page.getByText('Выберите, чем объясняется разница')).toBeInViewport({ ratio: 1 });
  await expect(page.getByText('не знаю')).toBeInViewport({ ratio: 1 });
  await page.getByLabel('Сколько денег в ящике').fill('4.10');
  await shows(main, 'Сходится');
  await tap(/Закрыть смену/);
  await shows(
    dialog.locator('[data-slip]').first(),
    ...['Z-отчёт № ', 'Насчитали4,10', 'Изъяли · инкассация−1,00'],
    ...[
      'Погашения наличными5,00',
      'Возвращено наличными−1,00',
      'Баллы отозваны−1',
      'Долг увеличен исправлением2,00',
    ],
  );
  const { entries } = await closedShift(page);
  expect(entries.map(({ act }) => act)).toEqual([
    ...['shift-opened', 'sale', 'repayment', 'balance-corrected', 'return', 'cash-moved'],
    ...['sale', 'drawer-counted', 'shift-closed'],
  ]);
});
