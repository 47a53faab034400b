// The first minutes: from nothing to the first sale, and a second till enrolled by a token.
import { connectionCode, expect, test } from '../support/e2e';
import { breakDisk, mendDisk, rowsOf } from '../support/till-disk';
import { OWNER, SHOP, TillPage } from '../support/till-page';

test.use({ shop: 'none' });

/** Fills in the first run up to the owner's page, without submitting it. */
async function asOwner(till: TillPage) {
  const { page } = till;
  await till.open();
  await till.button('English').click();
  await page.getByLabel('Name', { exact: true }).fill(SHOP);
  await page.getByLabel('Country').selectOption('GB');
  await till.button('Next').click();
  await page.getByLabel('Your name').fill(OWNER.name);
  await page.getByLabel('PIN, 6 digits').fill(OWNER.pin);
  await page.getByLabel('PIN once more').fill(OWNER.pin);
}

test('a newcomer sells within a minute of the first start', async ({ till, page }) => {
  const begun = Date.now();
  await till.firstRun();
  await till.sellForCash('Sliced white loaf, 400 g');
  expect(Date.now() - begun).toBeLessThan(60_000);
  expect(await rowsOf(page, 'sales')).toMatchObject([{ number: 1, onAccount: 0 }]);
  expect((await rowsOf(page, 'customers')).length).toBe(6);
  expect((await rowsOf(page, 'journal')).map((entry) => entry['act'])).toEqual([
    'till-enrolled',
    'products-changed',
    'customers-imported',
    'shift-opened',
    'sale',
  ]);
});

test('a first run in Russian stays in Russian to the end @long', async ({ till, page }) => {
  await till.open();
  await till.button('Русский').click();
  await page.getByLabel('Название').fill('Лавка на Садовой');
  await page.getByLabel('Страна').selectOption('RU');
  await page.getByLabel('Часовой пояс').selectOption('Europe/Moscow');
  await till.button('Дальше').click();
  await page.getByLabel('Ваше имя').fill('Ольга');
  await page.getByLabel('PIN-код, 6 цифр').fill('135790');
  await page.getByLabel('PIN-код ещё раз').fill('135790');
  await till.button('Дальше').click();
  await till.button(/учебные/).click();
  await page.locator('.tiles button').first().click();
  await expect(till.button(/^К оплате/)).toBeVisible();
  await expect(page.getByText(/^Итого\s*[\d,]+\s₽$/)).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ru');
});

test('a shop in yen takes money in whole yen and in its own notes @long', async ({
  till,
  page,
}) => {
  await till.open();
  await till.button('English').click();
  await page.getByLabel('Name', { exact: true }).fill(SHOP);
  await page.getByLabel('Country').selectOption('JP');
  await till.button('Next').click();
  await page.getByLabel('Your name').fill(OWNER.name);
  await page.getByLabel('PIN, 6 digits').fill(OWNER.pin);
  await page.getByLabel('PIN once more').fill(OWNER.pin);
  await till.button('Next').click();
  await till.button('Load demo goods').click();
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  const pad = page.getByRole('region', { name: 'Digits' });
  await expect(pad.getByRole('button', { name: '0', exact: true })).toBeVisible();
  await expect(pad.getByRole('button', { name: /comma|point/i })).toHaveCount(0);
  await expect(pad.getByRole('button', { name: '1,000', exact: true })).toBeVisible();
  await till.give('10.00');
  await expect(pad.locator('output')).toHaveText('1,000');
});

test('a first run reloaded at any step goes on, and does not ask again for what the relay has @long', async ({
  till,
  page,
}) => {
  const name = page.getByLabel('Name', { exact: true });
  await till.open();
  await till.button('English').click();
  await expect(name).toBeVisible();

  // the device is enrolled, but the shop has no owner yet
  await till.open();
  await till.button('English').click();
  await name.fill(SHOP);
  await page.getByLabel('Country').selectOption('GB');
  await till.button('Next').click();
  await expect(page.getByLabel('Your name')).toBeVisible();
  await asOwner(till);
  await till.button('Next').click();
  await expect(till.button('Load demo goods')).toBeVisible();

  // the shop is set up, so its owner signs in; demo goods can still be loaded
  await till.open();
  await till.signIn();
  await expect(page.getByText('No goods yet')).toBeVisible();
  expect((await rowsOf(page, 'journal')).map((entry) => entry['act'])).toEqual(['till-enrolled']);
});

test('a shop whose set-up lost the relay’s reply is set up once @long', async ({ till, page }) => {
  await asOwner(till);
  await page.route('**/api/v1/policy', async (route) => {
    await route.fetch();
    await route.abort('connectionclosed');
  });
  await till.button('Next').click();
  await expect(page.getByText('The till can’t reach the shop server')).toBeVisible();
  await expect(page.getByLabel('Your name')).toHaveValue(OWNER.name);

  await page.unroute('**/api/v1/policy');
  await till.button('Next').click();
  await expect(page.getByText('The shop is already set up')).toBeVisible();
  await till.signIn();
  await expect(page.getByText('No goods yet')).toBeVisible();
});

test('demo goods that find the disk full are not half stored, and can be loaded again @long', async ({
  till,
  page,
}) => {
  await asOwner(till);
  await till.button('Next').click();
  await expect(till.button('Load demo goods')).toBeVisible();
  await breakDisk(page, 'writing');
  await till.button('Load demo goods').click();
  await expect(page.getByRole('alert')).toContainText('nothing was saved');
  await mendDisk(page);
  await till.button('Load demo goods').click();
  await expect(till.button('Often bought')).toBeVisible();
});

test('a page without a secure context explains itself and does nothing else', async ({
  till,
  page,
}) => {
  await page.addInitScript(() =>
    Object.defineProperty(window, 'isSecureContext', { value: false }),
  );
  await till.open();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    /A secure address is needed|Нужен защищённый адрес/,
  );
  await expect(page.getByRole('button')).toHaveCount(0);
});

test.describe('beside a shop', () => {
  test.use({ shop: 'prepared' });

  test('a second browser is enrolled as a second till by a token, which works once', async ({
    relay,
    browser,
  }) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const second = new TillPage(await context.newPage(), () => relay.url);
    await second.open();
    await second.button('English').click();
    const code = second.page.getByLabel('Connection code, 10 characters');
    await expect(code).toBeVisible();
    // those are the steps of a new shop
    await expect(second.page.getByText(/^Step \d/)).toHaveCount(0);

    await code.fill('abc');
    await second.button('Connect').click();
    await expect(second.page.getByText('does not look like a connection code')).toBeVisible();
    await code.fill('0123456789');
    await second.button('Connect').click();
    await expect(second.page.getByText('The shop server does not know this code')).toBeVisible();

    const token = await connectionCode(relay);
    await code.fill(token);
    await expect(second.page.getByText('Goods and stock, customers')).toBeVisible();
    // "Till 1" is taken: the relay names the second till
    await expect(second.page.getByLabel('Name of this till')).toHaveValue('');
    await expect(second.page.getByText('it gets a free name, such as Till 2')).toBeVisible();
    await second.button('Connect').click();
    await second.signIn();
    // the first till's goods
    await expect(second.page.getByText('Ground coffee, 250 g').first()).toBeVisible();
    await second.goTo('settings/device');
    await expect(second.page.getByText('Till 2', { exact: true })).toBeVisible();
    await context.close();

    const third = await browser.newContext();
    const late = new TillPage(await third.newPage(), () => relay.url);
    await late.open();
    await late.button('English').click();
    await late.page.getByLabel('Connection code, 10 characters').fill(token);
    await late.button('Connect').click();
    await expect(late.page.getByText('This code has been used')).toBeVisible();
    await third.close();
  });
});
