// The customer reads the deal and types the code on their own phone, opened by a QR code.
// The till continues automatically.
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import type { TillPage } from '../support/till-page';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

/** Makes a sale on account until the code is awaited; returns the address in the QR code. */
async function showQr(till: TillPage, page: Page, customer: string): Promise<string> {
  await till.shortTender('Ground coffee, 250 g', customer);
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await till.otherWay('On the customer’s phone');
  await expect(
    page.getByRole('img', { name: 'QR code: opens the confirmation on the customer’s phone' }),
  ).toBeVisible();
  return (
    (await page.getByRole('link', { name: 'Open it here, to try' }).getAttribute('href')) ?? ''
  );
}

/** Another phone: a browser context that shares nothing with the till's. */
async function phoneAt(browser: Browser, url: string, locale: string): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width: 390, height: 844 } });
  const phone = await context.newPage();
  await phone.goto(url);
  return phone;
}

const codeOf = async (origin: string): Promise<string> =>
  codeIn((await messagesAt(origin))[0]?.text ?? '');

test('the customer sees the deal on their phone and types the code there, and the till saves the sale', async ({
  till,
  page,
  relay,
  browser,
}) => {
  const url = await showQr(till, page, 'Vera Lugova');
  const phone = await phoneAt(browser, url, 'ru-RU');
  await expect(phone.getByRole('heading', { name: 'Corner shop' })).toBeVisible();
  await expect(phone.getByText('Записать в долг')).toBeVisible();
  await phone.getByRole('link', { name: 'English' }).click();
  await expect(phone.getByText('Put on your account')).toBeVisible();
  await expect(phone.getByText('£3.49')).toBeVisible();

  expect((await new AxeBuilder({ page: phone }).analyze()).violations).toEqual([]);

  const code = await codeOf(relay.url);
  await phone.getByLabel('Code').fill(code === '111111' ? '222222' : '111111');
  await phone.getByRole('button', { name: 'I agree' }).click();
  await expect(phone.getByRole('status')).toHaveText('That code is not right. Tries left: 4.');
  await expect(phone.getByLabel('Code')).toBeFocused();
  await phone.getByLabel('Code').fill(code);
  await phone.getByRole('button', { name: 'I agree' }).click();
  await expect(phone.getByRole('status')).toHaveText('Confirmed. The till knows already.');
  await till.expectSaved();

  const another = await phoneAt(browser, url, 'ru-RU');
  await expect(another.getByRole('status')).toContainText('Уже подтверждено');
  await expect(another.getByLabel('Код')).toBeHidden();
  await another.context().close();
  await phone.reload();
  await expect(phone.getByRole('status')).toContainText('Confirmed already');
  await expect(phone.getByLabel('Code')).toBeHidden();
  await phone.context().close();
});

test('the worker that serves the till offline leaves the customer’s page to the relay; after it is closed, the cashier can still type the code @long', async ({
  till,
  page,
  relay,
  browser,
}) => {
  const url = await showQr(till, page, 'Timur Sadykov');
  await page.evaluate(() => navigator.serviceWorker.ready);
  const here = await page.context().newPage();
  await here.goto(url);
  await expect(here.getByText('Put on your account')).toBeVisible();
  await here.close();

  const phone = await phoneAt(browser, url, 'en-GB');
  await expect(phone.getByLabel('Code')).toBeFocused();
  await phone.context().close();
  await till.button('Back to the code').click();
  await till.codeField.fill(await codeOf(relay.url));
  await till.expectSaved();
});
