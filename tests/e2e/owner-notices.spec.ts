// The relay tells owners of weakened rules; a manager sees who was told, and numbers to review.
import { v7 as uuidv7 } from 'uuid';
import { messagesAt } from '../support/demo-phone';
import {
  changePolicy,
  chooseService,
  comeAsOwner,
  expect,
  ownersOtherTill,
  test,
} from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import { FakeTelegramGateway } from '../support/fakes/telegram-gateway';
import { SettingsPage } from '../support/settings-page';
import { policyRow } from '../support/till-disk';
import { OWNER } from '../support/till-page';
import { CARD_SALT } from '../support/till-journal';

test.use({ serviceWorkers: 'allow' });

const PHONE = '+447700900123';
const withPhone = (policy: Parameters<Parameters<typeof changePolicy>[1]>[0]) => ({
  ...policy,
  operators: policy.operators.map((it) => ({ ...it, phone: PHONE })),
});

test('a method set to none: the owner gets a message, and the screen says so', async ({
  till,
  page,
  relay,
}) => {
  await till.openShop();
  await changePolicy(await ownersOtherTill(relay), withPhone);
  await till.open('#/settings/codes-and-limits');
  await till.signIn();
  await expect.poll(async () => (await policyRow(page)).version).toBe(2);
  await page
    .getByRole('group', { name: 'Sale on account' })
    .getByRole('radio', { name: 'Nothing' })
    .check();
  await till.button('Save').last().click();
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);

  const notices = page.getByRole('region', { name: 'Notifications to owners' });
  await expect(notices.getByText('debt without a code')).toBeVisible();
  await expect(notices.getByText('Olga · +44 770 ··· 01 23')).toBeVisible();
  await expect(notices.getByText('sent', { exact: true })).toBeVisible();
  expect(await messagesAt(relay.url)).toEqual([
    {
      phone: PHONE,
      text: 'Corner shop: protection was reduced (Olga): debt without a code. Not you? Check the till’s settings.',
    },
  ]);
});

test('a service that carries only codes: the screens say before and after saving that owners can’t be told', async ({
  till,
  page,
  relay,
}) => {
  await till.openShop();
  const other = await ownersOtherTill(relay);
  const gateway = await new FakeTelegramGateway().listen();
  const settings = new SettingsPage(till, () => gateway.last().code);
  await settings.open('messages');
  const silent = page.getByText('This service can send only codes');
  await settings.chooseService('SMS.RU');
  await expect(silent).toHaveCount(0);
  await settings.chooseService('Telegram Gateway');
  await expect(silent).toBeVisible();

  await chooseService(other, relay, gateway);
  await page.reload();
  await settings.open('codes-and-limits');
  await till.signIn();
  await page
    .getByRole('group', { name: 'Sale on account' })
    .getByRole('radio', { name: 'Nothing' })
    .check();
  await expect(page.getByText('Owners can’t be notified')).toBeVisible();
  await settings.save();
  const notices = page.getByRole('region', { name: 'Notifications to owners' });
  // a code that changes the rules does not open the list
  const failed = notices.getByText('failed', { exact: true });
  await settings.asOwner(till.button('Show the notifications'), failed);
  await expect(notices.getByText('The messaging service carries only codes')).toBeVisible();
  await gateway.stop();
});

test('numbers of the staff and numbers on several cards are shown to operators who manage cards', async ({
  till,
  page,
  relay,
}) => {
  await till.openShop();
  const other = await ownersOtherTill(relay);
  await changePolicy(other, withPhone);
  const trusted = await other.call('POST', '/customers/trusted', {
    contacts: [uuidv7(), uuidv7()].map((customer) => ({
      customer,
      phone: PHONE,
      cardSalt: CARD_SALT,
    })),
  });
  expect(trusted.json.kind).toBe('trusted');
  await till.open('#/customers');
  await till.signIn();
  await till.button('Show the numbers').click();
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
  await expect(till.dialog).toContainText('A number of the staff: Olga +44 770 ··· 01 23');
  await expect(till.dialog).toContainText('One number on 2 cards +44 770 ··· 01 23');
});

test('a pending change of number is shown to operators who manage cards; they can keep the old one, which got a message', async ({
  till,
  page,
  relay,
}) => {
  await till.openShop();
  const other = await ownersOtherTill(relay);
  const customer = uuidv7();
  await other.call('POST', '/customers/trusted', {
    contacts: [{ customer, phone: PHONE, cardSalt: CARD_SALT }],
  });
  const asked = { phone: '+447700900456', challenge: null };
  await other.call('PUT', `/customers/${customer}/phone`, asked);
  await expect
    .poll(() => messagesAt(relay.url))
    .toMatchObject([
      { phone: PHONE, text: expect.stringContaining('is to get another number, *0456') },
    ]);
  await till.open('#/customers');
  await till.signIn();
  await till.button('Show the numbers').click();
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
  await expect(till.dialog).toContainText('A new number is accepted from');
  await expect(till.dialog).toContainText('+44 770 ··· 04 56');
  await expect(till.dialog).toContainText('A message was sent to the old number.');
  await till.button('Keep the old number').click();
  await expect(till.dialog).toContainText('The old number stays.');
  await expect(till.dialog).toContainText('There are no such numbers.');
});

test('a relay killed while a message is sent does not send it twice, and reports that its delivery is unknown', async ({
  till,
  relay,
}) => {
  const smsru = await FakeSmsru.start();
  await till.openShop();
  const other = await ownersOtherTill(relay);
  await changePolicy(other, withPhone);
  await chooseService(other, relay, smsru);
  smsru.next({ kind: 'held' });
  await changePolicy(other, (policy) => ({
    ...policy,
    credit: { ...policy.credit, debtLimit: policy.credit.debtLimit + 1 },
  }));
  await expect.poll(() => smsru.sends.length).toBe(1);
  await relay.kill();
  await relay.start();
  await comeAsOwner(other);
  const notices = async () => (await other.call('GET', '/owner-notices')).json;
  await expect
    .poll(notices)
    .toMatchObject({ changes: [{ recipients: [{ state: 'maybe-sent' }] }] });
  smsru.release();
  // the relay goes on with its rounds, as another change shows
  await changePolicy(other, (policy) => ({
    ...policy,
    credit: { ...policy.credit, debtLimit: policy.credit.debtLimit + 1 },
  }));
  await expect.poll(notices).toMatchObject({
    changes: [{ recipients: [{ state: 'sent' }] }, { recipients: [{ state: 'maybe-sent' }] }],
  });
  expect(smsru.sends).toHaveLength(2);
  await smsru.stop();
});
