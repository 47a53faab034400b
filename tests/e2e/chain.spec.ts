// If a message does not arrive, the next method is used, by the relay or by the cashier.
// The dialogue follows, and a late code still counts.
import { changePolicy, chooseService, expect, follow, ownersOtherTill, test } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';

let smsru: FakeSmsru;
test.beforeEach(async ({ till }) => {
  smsru = await FakeSmsru.start();
  await till.openShop();
});
test.afterEach(() => smsru.stop());

test('after a failed SMS comes the call, and the code of either closes the sale', async ({
  till,
  page,
  relay,
}) => {
  const other = await ownersOtherTill(relay);
  await changePolicy(other, (policy) => ({
    ...policy,
    methods: {
      ...policy.methods,
      'sell-on-account': { chain: ['sms', 'call'], threshold: 0, nextAfterMs: 200_000 },
    },
  }));
  const version = await chooseService(other, relay, smsru);
  await follow(page, version);
  await till.ring('Ground coffee, 250 g');
  await till.newCustomer('Pyotr', '+44 7400 123456');
  await till.pay();
  await till.give('1');
  await till.saveAndSend();
  await expect(till.dialog).toContainText('Otherwise in');
  smsru.delivery.set(smsru.lastId, 104);
  await expect(till.dialog).toContainText('Ask for the last digits of the calling number');
  await expect(till.dialog).toContainText('Did not arrive in time. Its code is still good.');
  const code = smsru.codes[0] ?? '';
  await till.button('The code has 6 digits').click();
  await till.codeField.fill(code);
  await till.expectSaved();
  expect(smsru.sends.map(({ path }) => path)).toEqual(['/sms/send', '/code/call']);
});

test('after a resend and then a call, the cashier types on without touching the field', async ({
  till,
  page,
  relay,
}) => {
  // the relay itself pauses for a minute between two messages
  test.setTimeout(180_000);
  const SOON = { timeout: 40_000 };
  const other = await ownersOtherTill(relay);
  await changePolicy(other, (policy) => ({
    ...policy,
    methods: {
      ...policy.methods,
      'sell-on-account': { chain: ['sms', 'call'], threshold: 0, nextAfterMs: 300_000 },
    },
  }));
  const version = await chooseService(other, relay, smsru);
  await follow(page, version);
  await till.ring('Ground coffee, 250 g');
  await till.newCustomer('Pyotr', '+44 7400 123456');
  await till.pay();
  await till.give('1');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();

  await expect(till.button('Send again')).toBeEnabled(SOON);
  await till.button('Send again').click();
  await expect.poll(() => smsru.sends.length).toBe(2);
  await expect(till.codeField).toBeFocused();
  expect(smsru.codes[1]).toBe(smsru.codes[0]);

  await expect(till.button('Send by Call')).toBeEnabled(SOON);
  await till.button('Send by Call').click();
  await expect(till.dialog).toContainText('The customer gets a call');
  await expect(page.getByLabel('Last digits of the number')).toBeFocused();
  await page.keyboard.type(String(smsru.callCode));
  await till.expectSaved();
});
