// The relay writes to owners about weakened rules; a manager sees who got it, and numbers to check.
import type { OwnerChange } from '$lib/contract/owner-notice';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import { check } from '../support/axe';
import { messagesAt } from '../support/demo-phone';
import {
  changePolicy,
  chooseService,
  comeAsOwner,
  expect,
  follow,
  ownersOtherTill,
  test,
  withService,
} from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import { FakeTelegramGateway } from '../support/fakes/telegram-gateway';
import { SettingsPage } from '../support/settings-page';
import { OWNER } from '../support/till-page';
import { CARD_SALT, onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

test.use({ shop: 'shared' });

const PHONE = '+447700900123';
const CUSTOMERS = '+447700900321';
const withPhone = (policy: Parameters<Parameters<typeof changePolicy>[1]>[0]) => ({
  ...policy,
  operators: policy.operators.map((it) => ({ ...it, phone: PHONE })),
});

test('a method set to none: the owner gets a message, and the screen says so @long', async ({
  till,
  page,
  relay,
}) => {
  const version = await changePolicy(await ownersOtherTill(relay), withPhone);
  await follow(page, version);
  await till.goTo('settings/codes-and-limits');
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

// before the story that leaves numbers in the list
test('a pending change of number is shown to operators who manage cards; they can reject it, and the old one got a message @long', async ({
  till,
  page,
  relay,
}) => {
  const other = await ownersOtherTill(relay);
  const customer = uuidv7();
  await other.call('POST', '/customers/trusted', {
    contacts: [{ customer, phone: CUSTOMERS, cardSalt: CARD_SALT }],
  });
  const asked = { phone: '+447700900456', challenge: null };
  await other.call('PUT', `/customers/${customer}/phone`, asked);
  await expect
    .poll(async () => (await messagesAt(relay.url)).filter(({ phone }) => phone === CUSTOMERS))
    .toMatchObject([{ text: expect.stringContaining('is to get another number, *0456') }]);
  await till.open('#/customers');
  await till.signIn();
  await till.button('Check numbers').click();
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
  await expect(till.dialog).toContainText('A new number is accepted from');
  await expect(till.dialog).toContainText('+44 770 ··· 04 56');
  await expect(till.dialog).toContainText('A message was sent to the old number.');
  await till.button('Reject the new number').click();
  await expect(till.dialog).toContainText('The new number is rejected.');
  await expect(till.dialog).toContainText('There are no such numbers.');
});

test('numbers of the staff and numbers on several cards are shown to operators who manage cards @long', async ({
  till,
  page,
  relay,
}) => {
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
  await till.button('Check numbers').click();
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
  await expect(till.dialog).toContainText('A number of the staff: Olga +44 770 ··· 01 23');
  await expect(till.dialog).toContainText('One number on 2 cards +44 770 ··· 01 23');
});

test('a number that waits because the old one gets no messages is accepted by an owner’s code @long', async ({
  till,
  page,
  relay,
}) => {
  const smsru = await FakeSmsru.start();
  const other = await withService(page, relay, smsru);
  const customer = uuidv7();
  const trusted = await other.call('POST', '/customers/trusted', {
    contacts: [{ customer, phone: '+447700900789', cardSalt: CARD_SALT }],
  });
  expect(trusted.json.kind).toBe('trusted');
  smsru.next({ kind: 'code', code: 202, where: 'number' });
  await other.call('PUT', `/customers/${customer}/phone`, {
    phone: '+447700900456',
    challenge: null,
  });
  await expect.poll(() => smsru.sends.length).toBe(1);

  await till.open('#/customers');
  await till.signIn();
  await till.button('Check numbers').click();
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(smsru.codes.at(-1) ?? '');
  await expect(till.dialog).toContainText('A new number waits for an owner');
  await check(page, 'numbers');
  await till.button('Accept the new number').click();
  await expect(till.dialogs.last()).toContainText('An owner’s confirmation');
  await expect(till.codeField).toBeFocused();
  expect(smsru.sends.at(-1)?.fields['msg']).toContain('customers’ new numbers: +44 770 ··· 04 56');
  await page.keyboard.type(smsru.codes.at(-1) ?? '');
  await expect(till.dialog).toContainText('The new number is accepted.');
  await expect(till.button('Accept the new number')).toHaveCount(0);
  await smsru.stop();
});

test.describe('in a shop of its own', () => {
  test.use({ shop: 'prepared' });

  test('a service that carries only codes: the screens say before and after saving that owners can’t be notified @long', async ({
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
    // a code for changing the rules does not open the list; there is more than one message
    const failed = notices.getByText('failed', { exact: true }).first();
    await settings.asOwner(till.button('Show the notifications'), failed);
    await expect(
      notices.getByText('The messaging service carries only codes').first(),
    ).toBeVisible();
    await gateway.stop();
  });

  test(
    'a relay killed while a message is sent does not send it twice, and reports that its delivery is unknown @long',
    { tag: '@service-worker' },
    async ({ till, relay }) => {
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
      // the notice of the further till is older
      const notices = async () => {
        const { changes } = (await other.call('GET', '/owner-notices')).json;
        const told = changes as readonly OwnerChange[];
        return { changes: told.filter(({ weakenings }) => weakenings[0]?.kind !== 'till-named') };
      };
      await expect
        .poll(notices)
        .toMatchObject({ changes: [{ recipients: [{ state: 'maybe-sent' }] }] });
      smsru.release();
      // another change shows that the relay continues its rounds
      await changePolicy(other, (policy) => ({
        ...policy,
        credit: { ...policy.credit, debtLimit: policy.credit.debtLimit + 1 },
      }));
      await expect.poll(notices).toMatchObject({
        changes: [{ recipients: [{ state: 'sent' }] }, { recipients: [{ state: 'maybe-sent' }] }],
      });
      expect(smsru.sends).toHaveLength(2);
      await smsru.stop();
    },
  );

  test('the owners’ summary of a day is on the screen: what was done by right, red where nobody else checks it @long', async ({
    till,
    page,
    relay,
  }) => {
    await till.openShop();
    const other = await ownersOtherTill(relay);
    const { operators } = await other.policy();
    const operator = operators[0]!.id;
    const journal = new TillJournal(other, Date.now);
    await journal.enrolled();
    const customer = uuidv7();
    const [first, second] = [12_000, 3_000].map((onAccount) =>
      onAccountSale({ customer, onAccount }, overrideBy(operator, onAccount)),
    );
    await journal.sale({ ...first!, currency: 'GBP' }, { operator });
    await journal.sale({ ...second!, currency: 'GBP' }, { operator });
    await journal.upload();
    const db = new Sqlite(join(relay.dataDir, 'relay.db'));
    db.prepare('UPDATE summary_items SET at = at - ?').run(2 * 24 * 3_600_000);
    db.close();
    await relay.restart();

    // summaries are made only after the tills that were in contact have shown that the relay was not restored
    await comeAsOwner(other);
    await till.open('#/settings/staff');
    await till.signIn();
    const notices = async () => (await other.call('GET', '/owner-notices')).json['summaries'];
    await expect.poll(notices).toHaveLength(1);
    await till.button('Show the notifications').click();
    await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
    await page.keyboard.type(OWNER.pin);
    const day = page.getByRole('region', { name: 'Summary of the day' });
    await expect(day).toContainText('Olga is the only operator');
    await expect(day).toContainText('Phone not confirmed');
    await expect(day.getByText('Olga: sale without a code')).toBeVisible();
    await expect(day.getByText('2 · £150.00')).toBeVisible();
    await expect(day).toContainText('Sent to nobody');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await check(page, `summary, ${colorScheme}`);
    }
  });
});
