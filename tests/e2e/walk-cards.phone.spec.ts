// Cards on a phone in Russian, with a connection and without one: what the other walks do not cover.
// Groups and automatic discounts, customers from a file, authorised persons, a cancelled payment, a merge.
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { expectFits } from '../support/fits';
import { SettingsPage } from '../support/settings-page';
import { rowsOf } from '../support/till-disk';
import type { TillPage } from '../support/till-page';
import { walkOn } from '../support/walk';

test.use({ serviceWorkers: 'allow', actionTimeout: 15_000 });

const HEADER = 'Имя;Телефон;День рождения;Группа;Долг;Баллы';

const chooseFile = (till: TillPage, ...rows: readonly string[]): Promise<void> =>
  till.page.locator('input[type=file]').setInputFiles({
    name: 'список.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from([HEADER, ...rows].join('\r\n')),
  });

/** Vera's card, opened; then her whole debt repaid in cash and this payment opened. */
async function repayVera(till: TillPage, amount: string): Promise<void> {
  const { tap, inDialog } = walkOn(till);
  await till.goTo('customers');
  await till.page.getByText('Vera Lugova').tap();
  await tap('Погасить долг');
  await tap('Весь долг');
  await till.main.tap();
  await expect(till.dialog).toContainText(`принято ${amount}`);
  await tap('Готово');
  await inDialog(/Погашение долга · наличными/);
  await tap('Отменить погашение');
}

test('on a phone: a group and its discount, customers from a file, an authorised person, a cancelled repayment, a merge @long', async ({
  till,
  page,
  relay,
}) => {
  test.setTimeout(120_000);
  const { dialog } = till;
  const { tap, inDialog, shows, ring } = walkOn(till);
  const settings = new SettingsPage(till);
  const main = page.getByRole('main');
  const codeField = page.getByLabel(/^Код из сообщения/);
  const typeCode = async (text: string) => {
    await expect(codeField).toBeFocused();
    await expectFits(page);
    const [asked] = await messagesAt(relay.url);
    expect(asked?.text).toContain(text);
    await codeField.fill(codeIn(asked?.text ?? ''));
  };

  await till.openShop();
  await till.speak('Русский');

  // a group; the PIN names what is saved
  await till.goTo('settings/shop');
  await tap('Добавить группу');
  await page.getByLabel('Название группы 1').fill('Постоянные');
  await tap('Сохранить');
  await shows(dialog, 'чтобы сохранить настройки магазина, введите свой PIN');
  await page.keyboard.type('135790');
  await expect(page.getByText(/^Сохранено/)).toBeVisible();

  // an automatic discount: an example in the open receipt, and the row says for whom it is
  await till.goTo('till');
  await ring('Кофе молотый');
  await till.goTo('settings/discounts');
  await shows(main, 'Автоскидок пока нет');
  await tap('Добавить автоскидку');
  await inDialog(/^Сохранить$/);
  await shows(dialog, 'Заполните это поле');
  await dialog.getByLabel('Название', { exact: true }).fill('Своим');
  await expect(dialog).not.toContainText('Заполните это поле');
  await dialog.getByLabel('Когда даётся').selectOption('Группе покупателей');
  await dialog.getByLabel('Скидка, %').fill('10');
  await shows(dialog.getByRole('region', { name: 'Пример' }), /стоил бы 4,04.* вместо 4,49/);
  const days = await Promise.all(
    ['пн', 'вс'].map((day) => dialog.getByRole('button', { name: day }).boundingBox()),
  );
  expect(days[0]?.y, 'the days of a week in one row').toBe(days[1]?.y);
  const rule = main.getByRole('button', { name: /^Своим/ });
  await settings.asOwner(dialog.getByRole('button', { name: 'Сохранить' }), rule);
  await shows(rule, '−10 % · На все товары · Группа покупателей: Постоянные');

  // customers from a file, with mistakes row by row
  await till.goTo('customers');
  await tap('Загрузить из файла');
  await chooseFile(
    till,
    'Ольга Маршева;+7 925 000-04-61;29.02;Постоянные;12,50;30',
    'Съеденный номер;4,47701E+11;;;;',
    'Завтра родится;;31.12.2199;;;',
    'Ольга ещё раз;+79250000461;;;;',
  );
  await shows(dialog, 'Добавим 1 покупателя.', /запишем долги на 12,50.*и 30.баллов/);
  await shows(dialog, 'Excel округлил номер', 'ещё не наступил', 'уже был в строке 2');
  const added = page.getByText('Добавлено: 1.');
  await settings.asOwner(dialog.getByRole('button', { name: 'Добавить 1 покупателя' }), added);
  await dialog.getByRole('button', { name: 'Закрыть' }).last().tap();

  // a new number confirms little at first, and the words are those of a card
  await page.getByText('Ольга Маршева').tap();
  await shows(dialog, '29.02', 'Постоянные', /Долг\s*12,50/, 'номер новый');
  await tap('Добавить доверенное лицо');
  await dialog.getByLabel('Имя').fill('Анна, дочь');
  await dialog.getByLabel('Телефон').fill('+447400123456');
  await tap('Запросить код');
  await shows(dialog, 'Код не отправлен', 'Подтвердить такое кодом с него можно будет после');
  await expect(dialog).not.toContainText('Примите деньги');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  // the card gets a group, and an authorised person by code
  await page.getByText('Vera Lugova').tap();
  await tap('Изменить');
  await dialog.getByLabel('Группа').selectOption('Постоянные');
  await expectFits(page);
  await inDialog('Сохранить');
  await shows(dialog, /Группа\s*Постоянные/);
  await tap('Добавить доверенное лицо');
  await dialog.getByLabel('Имя').fill('Анна, дочь');
  await dialog.getByLabel('Телефон').fill('+447400123456');
  await tap('Запросить код');
  await typeCode('Анна, дочь');
  await shows(page.locator('[data-persons]'), 'Анна, дочь');
  await page.keyboard.press('Escape');

  // on account by that person's code, with the discount
  await till.goTo('till');
  await tap('Показать чек целиком');
  await tap('Выбрать покупателя');
  await inDialog(/Vera/);
  await shows(page.getByRole('list', { name: 'Чек', exact: true }), /Автоскидка «Своим»\s*−0,45/);
  await tap(/^К оплате/);
  await tap(/^В долг/);
  await till.main.tap();
  await shows(dialog, 'Кому отправить код?');
  await dialog.getByRole('radio', { name: 'Анна, дочь' }).check();
  await tap('Отправить код');
  await shows(dialog, 'Анна, дочь, доверенное лицо');
  await typeCode('4.04');
  await shows(till.saved, '4,04');
  await tap('Следующий покупатель');

  // a repayment cancelled by code: a reason is needed, and it is clear which button does nothing
  await repayVera(till, '16,54');
  await shows(dialog, /Покупатель снова будет должен 16,54/, /Верните из ящика 16,54/);
  await expect(dialog.getByRole('button', { name: 'Отменить', exact: true })).toHaveCount(0);
  await tap('Запросить код');
  await shows(dialog, 'Напишите почему');
  await dialog.getByLabel('Почему').fill('Это другой покупатель');
  await tap('Запросить код');
  await typeCode('16.54');
  await shows(dialog, 'Это погашение отменено.', /Отдайте из ящика\s*16,54/);
  await tap('Готово');
  await page.keyboard.press('Escape');
  await shows(dialog, /Погашение долга отменено.*\+16,54/s);

  // a merge with two codes
  await tap('Объединить');
  await dialog.getByLabel('С какой карточкой').fill('timur');
  await dialog.getByText('Timur Sadykov').tap();
  await shows(dialog, /На неё перейдёт\s*долг 16,54.*180.баллов/, 'Карточки станут одной');
  await tap('Запросить коды');
  for (const name of ['Vera Lugova', 'Timur Sadykov']) {
    await shows(dialog, `Код покупателя: ${name}`);
    await typeCode('16.54');
  }
  await expect(page.getByText('Vera Lugova')).toHaveCount(0);
  await shows(main.getByRole('listitem').filter({ hasText: 'Timur' }), '16,54', /820.баллов/);

  // the import is undone
  await tap('Загрузить из файла');
  await tap('Отменить загрузку');
  await shows(dialog, 'Уберём 1 карточку.', /Снимем и то, что записала загрузка: долги 12,50/);
  const undone = page.getByText('Карточек убрано: 1.');
  await settings.asOwner(dialog.getByRole('button', { name: 'Отменить загрузку' }), undone);
  await dialog.getByRole('button', { name: 'Закрыть' }).last().tap();
  await expect(page.getByText('Ольга Маршева')).toHaveCount(0);
  const acts = (await rowsOf(page, 'journal')).map(({ act }) => act);
  for (const act of ['repayment-cancelled', 'customers-merged', 'import-undone'])
    expect(acts).toContain(act);
});

test('on a phone without a connection: what cards allow, and what the rest waits for @long', async ({
  till,
  page,
  context,
}) => {
  test.setTimeout(120_000);
  const { dialog } = till;
  const { tap, shows } = walkOn(till);
  const main = page.getByRole('main');
  const closeLast = () => dialog.getByRole('button', { name: 'Закрыть' }).last().tap();
  await till.openShop();
  await till.speak('Русский');
  await context.setOffline(true);

  // automatic discounts can only be read
  await till.goTo('settings/discounts');
  await shows(main, 'Для этого нужна связь с сервером магазина');
  await expect(till.button('Добавить автоскидку')).toBeDisabled();

  // a list without debts and points is imported, one with them is not
  await till.goTo('customers');
  await tap('Загрузить из файла');
  await chooseFile(till, 'Ольга Маршева;+7 925 000-04-61;29.02;;;');
  await tap('Добавить 1 покупателя');
  await shows(dialog, 'Добавлено: 1.');
  await closeLast();
  await tap('Загрузить из файла');
  await chooseFile(till, 'Пётр Дальний;+7 925 000-04-62;;;12,50;');
  await tap('Добавить 1 покупателя');
  await shows(dialog, 'Покупатели НЕ сохранены', 'Попробуйте, когда связь вернётся');
  await closeLast();
  await expect(page.getByText('Пётр Дальний')).toHaveCount(0);

  // a repayment cancelled by right
  await repayVera(till, '12,50');
  await dialog.getByLabel('Почему').fill('Это другой покупатель');
  await tap('Запросить код');
  await shows(dialog, 'Код отправить нельзя');
  await dialog.getByRole('radio', { name: 'Нет интернета' }).check();
  await tap('Продолжить без кода');
  await shows(dialog, 'Это погашение отменено.');
  await tap('Готово');
  await page.keyboard.press('Escape');

  // no authorised person without a code
  await tap('Добавить доверенное лицо');
  await dialog.getByLabel('Имя').fill('Анна, дочь');
  await dialog.getByLabel('Телефон').fill('+447400123456');
  await tap('Запросить код');
  await shows(dialog, 'Код отправить нельзя', 'Касса не видит сервер магазина');
  await shows(dialog, 'Без кода покупателя добавить доверенное лицо нельзя');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  // who owes is not forgotten, and the button promises no cancelling
  await page.getByText('Gleb Zarechny').tap();
  await tap('Забыть');
  await shows(dialog, 'Сейчас забыть нельзя', /За покупателем долг 34,50/);
  await expect(dialog.getByRole('button', { name: 'Отменить', exact: true })).toHaveCount(0);
  await closeLast();
  await page.keyboard.press('Escape');

  // the drawer opened without a sale
  await till.goTo('shift');
  await shows(main, /Погашения отменены · 1\s*12,50/);
  await main.getByRole('button', { name: 'Ящик' }).tap();
  await shows(dialog, 'Открыть ящик без продажи');
  await tap('Записать');
  await expect(till.dialogs).toHaveCount(0);
  await shows(main, /Ящик открыт без продажи\s*1/);

  // the import is undone once the server accepts that
  await till.goTo('customers');
  await tap('Загрузить из файла');
  await tap('Отменить загрузку');
  await shows(dialog, 'Уберём 1 карточку.');
  await dialog.getByRole('button', { name: 'Отменить загрузку' }).tap();
  await shows(dialog, 'Отмена ждёт сервера магазина.');
  await expect(page.getByText('Ольга Маршева')).toHaveCount(0);
  await context.setOffline(false);
  await expect(dialog).toContainText('Отменена.', { timeout: 40_000 });
});
