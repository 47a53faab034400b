// Trouble with the messaging service: little money, no answer, codes stopped by the fraud guard.
import type { Page } from '@playwright/test';
import { v7 as uuidv7 } from 'uuid';
import {
  changePolicy,
  expect,
  newOperator,
  OWNERS_NUMBER,
  test,
  withService,
} from '../support/e2e';
import { debtRequest } from '../support/challenge-requests';
import { FakeSmsru } from '../support/fake-smsru';
import { salesAt } from '../support/relay-store';
import { SettingsPage } from '../support/settings-page';
import { newRows, signedHeadOn } from '../support/till-disk';

test.use({ shop: 'shared' });

let smsru: FakeSmsru;
test.beforeAll(async () => void (smsru = await FakeSmsru.start()));
test.afterAll(() => smsru.stop());

test('little money is shown on the chip while codes are still sent, and not after a top-up @long', async ({
  till,
  page,
  relay,
}) => {
  await withService(page, relay, smsru);
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

// the act is uploaded at once, and the customer's notice is sent once, when the service works again
test('an unavailable service is distinguished from no internet; the act is uploaded at once, and its notice is sent once, later @long', async ({
  till,
  page,
  relay,
}) => {
  // the relay retries a notice after half a minute
  test.setTimeout(120_000);
  await withService(page, relay, smsru);
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
  await smsru.goDark();

  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.give('1');
  await till.newCustomer('Pyotr', '07400 654321');
  await till.saveAndSend();
  await expect(till.dialog).toContainText('but the messaging service does not answer');
  await till.goOnWithoutCode('Service failed');
  await till.expectSaved();
  await till.next();
  await expect(till.chip).toContainText('Codes can’t be sent');
  await till.chip.click();
  await expect(till.dialog).toContainText(
    'The shop server answers, the messaging service does not',
  );
  await page.keyboard.press('Escape');

  const [sale] = await newRows(page, 'sales');
  await expect.poll(() => salesAt(relay)).toContain(sale?.['id']);
  await till.goTo('unconfirmed');
  const act = page.getByRole('main').getByRole('listitem').first();
  await expect(act).toContainText('service did not send · allowed by Olga');
  await expect(act).toContainText('Customer’s message is waiting to be sent');
  await expect
    .poll(() => relay.output)
    .toMatch(/"notice-sent".*"operator":null,"tries":1,.*"outcome":"waiting"/);

  await smsru.comeBack();
  await expect(act).toContainText('Customer notified', { timeout: 60_000 });
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
  const noticed = (number: string) =>
    smsru.messages.filter(({ to, text }) => to === number && text?.includes('without a code'));
  expect(noticed('447400654321')).toMatchObject([{ text: expect.stringContaining('3.49') }]);
  // the relay also notifies the operator who allowed it by their right, here the owner
  expect(noticed(OWNERS_NUMBER.slice(1))).toHaveLength(1);
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

test('pumped codes stop the till: the cashier reads why, the manager lifts the stop, and the next code is sent @long', async ({
  till,
  page,
  relay,
}) => {
  const owner = await withService(page, relay, smsru);
  const kirill = newOperator('Kirill', 'cashier', '2580');
  await changePolicy(owner, (policy) => ({ ...policy, operators: [...policy.operators, kirill] }));
  let bearer = '';
  page.on('request', (request) => (bearer = request.headers()['authorization'] ?? bearer));
  await till.open();
  await till.signIn('Kirill', '2580');
  await expect(till.chip).toContainText('Codes can be sent');
  // without the owner's codes, which open the settings and lift the stop
  const toCustomers = () => smsru.messages.filter(({ to }) => to !== OWNERS_NUMBER.slice(1));
  await pump(page, relay.url, { bearer, operator: kirill.id });

  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.give('1');
  await till.newCustomer('Harriet Poole', '07500 123456');
  await till.saveAndSend();
  await expect(till.dialog).toContainText('the shop server stopped sending');
  await expect(till.dialog).toContainText('The manager can lift the stop');
  await expect(till.dialog).toContainText('nothing is lost');
  expect(toCustomers()).toHaveLength(8);
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
  await till.give('1');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(smsru.codes.at(-1) ?? '');
  await till.expectSaved();
  expect(toCustomers()).toHaveLength(9);
});
