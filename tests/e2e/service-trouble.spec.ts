// Warnings about the messaging service: a low balance, and codes stopped by the fraud guard.
import type { Page } from '@playwright/test';
import { v7 as uuidv7 } from 'uuid';
import {
  changePolicy,
  chooseService,
  expect,
  newOperator,
  OWNERS_NUMBER,
  ownersOtherTill,
  test,
} from '../support/e2e';
import { debtRequest } from '../support/challenge-requests';
import { FakeSmsru } from '../support/fake-smsru';
import { SettingsPage } from '../support/settings-page';
import { signedHeadOn } from '../support/till-disk';

let smsru: FakeSmsru;
test.beforeEach(async ({ till }) => {
  smsru = await FakeSmsru.start();
  await till.openShop();
});
test.afterEach(() => smsru.stop());

test('little money is shown on the chip while codes are still sent, and not after a top-up', async ({
  till,
  page,
  relay,
}) => {
  await chooseService(await ownersOtherTill(relay), relay, smsru);
  const settings = new SettingsPage(till, () => smsru.last().code);
  await settings.open('messages');
  const low = page.getByText('Little is left on the service’s account');
  const threshold = page.getByLabel('Warn when less than');
  await threshold.fill('a lot');
  await till.button('Save').last().click();
  await expect(threshold).toBeFocused();
  await threshold.fill('100,50');
  await settings.save();
  await expect(till.chip).toContainText('Codes can be sent');
  await expect(low).toHaveCount(0);

  // the balance is queried when the settings are saved, besides once a minute
  smsru.balance = '100.49';
  await settings.save();
  await expect(low).toBeVisible();
  await expect(till.chip).toContainText('Codes go out · little money');

  // codes are still sent, and the chip says what to do
  await till.goTo('till');
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.give('1');
  await till.newCustomer('Harriet Poole', '07400 123456');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(smsru.codes.at(-1) ?? '');
  await till.expectSaved();
  await till.next();
  await till.chip.click();
  await expect(till.dialog).toContainText('Tell the manager to top it up');
  await page.keyboard.press('Escape');

  smsru.balance = '100.50';
  await till.goTo('settings/messages');
  await settings.showMessages();
  await till.button('Check balance').click();
  await expect(low).toHaveCount(0);
  await expect(till.chip).toContainText('Codes can be sent');
  await till.button('Check balance').click();
  await expect(page.getByText('The messaging service can be asked once a minute.')).toBeVisible();
});

/** Requests codes to numbers of one block without entering any, as a thief with the tablet would. */
async function pump(
  page: Page,
  url: string,
  { bearer, operator }: { bearer: string; operator: string },
): Promise<void> {
  for (let n = 0; n < 8; n += 1) {
    const request = debtRequest({
      operator,
      customer: { id: uuidv7(), phone: `+44740012000${n}` },
      amount: { minor: 100, currency: 'GBP' },
    });
    const headSigned = await signedHeadOn(page, request.journalHead);
    const reply = await page.request.put(`${url}/api/v1/challenges/${uuidv7()}`, {
      headers: { Authorization: bearer, 'Counterfoil-Contract': '1' },
      data: { ...request, headSigned },
    });
    expect(reply.status(), await reply.text()).toBe(201);
  }
}

test('pumped codes stop the till: the cashier reads why, the manager lifts the stop, and the next code is sent', async ({
  till,
  page,
  relay,
}) => {
  const owner = await ownersOtherTill(relay);
  const kirill = newOperator('Kirill', 'cashier', '2580');
  await changePolicy(owner, (policy) => ({ ...policy, operators: [...policy.operators, kirill] }));
  await chooseService(owner, relay, smsru);
  let bearer = '';
  page.on('request', (request) => (bearer = request.headers()['authorization'] ?? bearer));
  await till.open();
  await till.signIn('Kirill', '2580');
  await expect(till.chip).toContainText('Codes can be sent');
  await pump(page, relay.url, { bearer, operator: kirill.id });

  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.give('1');
  await till.newCustomer('Harriet Poole', '07500 123456');
  await till.saveAndSend();
  await expect(till.dialog).toContainText('the shop server stopped sending');
  await expect(till.dialog).toContainText('The manager can lift the stop');
  await expect(till.dialog).toContainText('nothing is lost');
  expect(smsru.sends).toHaveLength(8);
  await till.button('Back to payment').click();
  await expect(till.chip).toContainText('Codes can’t be sent');
  await till.toReceipt();
  await till.lock();

  await till.signIn();
  const settings = new SettingsPage(till, () => smsru.last().code);
  await settings.open('messages');
  await expect(page.getByText('The service is not sending now')).toBeVisible();
  await expect(page.getByText('Find out who asked for them')).toBeVisible();
  await expect(page.getByText('It ends by itself')).toBeVisible();
  await settings.asOwner(till.button('Lift the stop'), page.getByText('codes go out again'));
  await expect(page.getByText('The service is not sending now')).toHaveCount(0);
  await expect(till.chip).toContainText('Codes can be sent');
  await till.lock();

  // the receipt is still open
  await till.signIn('Kirill', '2580');
  await till.goTo('till');
  await till.pay();
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(smsru.codes.at(-1) ?? '');
  await till.expectSaved();
  // without the owner's codes, which opened the settings and lifted the stop
  const toCustomers = smsru.messages.filter(({ to }) => to !== OWNERS_NUMBER.slice(1));
  expect(toCustomers).toHaveLength(9);
});
