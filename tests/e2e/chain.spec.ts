// A message that does not arrive: the relay goes on to the call by itself, the dialogue follows, and the late code still counts.
import { changePolicy, chooseSmsru, expect, ownersOtherTill, test } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';

let smsru: FakeSmsru;
test.beforeEach(async ({ till }) => {
  smsru = await FakeSmsru.start();
  await till.firstRun();
});
test.afterEach(() => smsru.stop());

test('after an SMS that failed comes the call, and the code of either opens the sale', async ({
  till,
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
  await chooseSmsru(other, smsru);
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
