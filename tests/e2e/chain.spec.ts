// If a message does not arrive, the next method is used, by the relay or by the cashier.
// The dialogue follows, and a late code still counts.
import type { Page } from '@playwright/test';
import { changePolicy, expect, follow, test, withService } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import type { RelayProcess } from '../support/relay-process';

test.use({ shop: 'shared' });

let smsru: FakeSmsru;
test.beforeAll(async () => void (smsru = await FakeSmsru.start()));
test.afterAll(() => smsru.stop());

/** The shop's debts are confirmed by SMS, and after this time by a call. */
async function smsThenCall(page: Page, relay: RelayProcess, nextAfterMs: number): Promise<void> {
  const owner = await withService(page, relay, smsru);
  const version = await changePolicy(owner, (policy) => ({
    ...policy,
    methods: {
      ...policy.methods,
      'sell-on-account': { chain: ['sms', 'call'], threshold: 0, nextAfterMs },
    },
  }));
  await follow(page, version);
}

/** The codes sent to this number; owners get messages about the change of the rules, too. */
const sentTo = (number: string) => smsru.messages.filter(({ to }) => to === number);

test('after a failed SMS comes the call, and the code of either closes the sale', async ({
  till,
  page,
  relay,
}) => {
  await smsThenCall(page, relay, 200_000);
  await till.ring('Ground coffee, 250 g');
  await till.newCustomer('Pyotr', '+44 7400 123456');
  await till.pay();
  await till.give('1');
  await till.saveAndSend();
  await expect(till.dialog).toContainText('Otherwise in');
  smsru.delivery.set(sentTo('447400123456')[0]?.id ?? '', 104);
  await expect(till.dialog).toContainText('Ask for the last digits of the calling number');
  await expect(till.dialog).toContainText('Did not arrive in time. Its code is still good.');
  const code = sentTo('447400123456')[0]?.code ?? '';
  await till.button('The code has 6 digits').click();
  await till.codeField.fill(code);
  await till.expectSaved();
  expect(sentTo('447400123456').map(({ channel }) => channel)).toEqual(['sms', 'call']);
});

test('after a resend and then a call, the cashier types on without touching the field @long', async ({
  till,
  page,
  relay,
}) => {
  // the relay itself pauses for a minute between two messages
  const SOON = { timeout: 40_000 };
  await smsThenCall(page, relay, 300_000);
  await till.ring('Ground coffee, 250 g');
  await till.newCustomer('Harriet Poole', '+44 7500 123456');
  await till.pay();
  await till.give('1');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();

  await expect(till.button('Send again')).toBeEnabled(SOON);
  await till.button('Send again').click();
  await expect.poll(() => sentTo('447500123456').length).toBe(2);
  await expect(till.codeField).toBeFocused();
  const [first, second] = sentTo('447500123456');
  expect(second?.code).toBe(first?.code);

  await till.button('Something else…').click();
  await expect(till.button('Send by Call')).toBeEnabled(SOON);
  await till.button('Send by Call').click();
  await expect(till.dialog).toContainText('The customer gets a call');
  await expect(page.getByLabel('Last digits of the number')).toBeFocused();
  await page.keyboard.type(String(smsru.callCode));
  await till.expectSaved();
});
