// The relay answers but its messaging service does not: debts are allowed by right and uploaded.
// The customer gets the notice once, when the service works again.
import { chooseService, expect, OWNERS_NUMBER, ownersOtherTill, test } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import { salesAt } from '../support/relay-store';
import { rowsOf } from '../support/till-disk';

let smsru: FakeSmsru;
test.beforeEach(async ({ till }) => {
  smsru = await FakeSmsru.start();
  await till.openShop();
});
test.afterEach(() => smsru.stop());

test('an unavailable service is distinguished from no internet; the act is uploaded at once, and its notice is sent once, later', async ({
  till,
  page,
  relay,
}) => {
  // the relay retries a notice after half a minute
  test.setTimeout(120_000);
  await chooseService(await ownersOtherTill(relay), relay, smsru);
  await till.open();
  await till.signIn();
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
  await smsru.goDark();

  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.give('1');
  await till.newCustomer('Harriet Poole', '07400 123456');
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

  const [sale] = await rowsOf(page, 'sales');
  await expect.poll(() => salesAt(relay)).toEqual([sale?.['id']]);
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
  expect(noticed('447400123456')).toMatchObject([{ text: expect.stringContaining('3.49') }]);
  // the relay also notifies the operator who allowed it by their right, here the owner
  expect(noticed(OWNERS_NUMBER.slice(1))).toHaveLength(1);
});
