// SMS.RU and SMSC from set-up to the customer's code: configured, tested, used, and refusing.
import {
  expect,
  follow,
  giveOwnerPhone,
  ownersOtherTill,
  OWNERS_NUMBER,
  test,
} from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import { FakeSmsc } from '../support/fakes/smsc';
import { SettingsPage } from '../support/settings-page';
import { rowsOf } from '../support/till-disk';
import type { TillPage } from '../support/till-page';

test.beforeEach(async ({ till, page, relay }) => {
  await till.openShop();
  await follow(page, await giveOwnerPhone(await ownersOtherTill(relay)));
});

/** Pays one penny of a carrier bag; the rest needs the customer's code. */
async function owe(till: TillPage, customer: () => Promise<void>): Promise<void> {
  await till.goTo('till');
  await till.ring('Carrier bag');
  await till.pay();
  await till.give('0.01');
  await customer();
  await till.saveAndSend();
}

const otherThan = (code: string): string => (code[0] === '1' ? '2' : '1') + code.slice(1);

test('SMS.RU: set up and tested, it confirms a debt, reports the delivery, and its refusal is shown at the till and in settings @long', async ({
  till,
  page,
}) => {
  test.setTimeout(120_000);
  const smsru = await FakeSmsru.start();
  try {
    const settings = new SettingsPage(till, () => smsru.codes.at(-1) ?? '');
    await settings.open('messages');
    await settings.chooseService('SMS.RU');
    await page.getByLabel('API token (api_id)').fill(smsru.apiId);
    await settings.setAddress(smsru.url);
    await settings.save();
    expect(smsru.messages).toMatchObject([{ channel: 'sms', to: OWNERS_NUMBER.slice(1) }]);

    await till.button('Send a test…').click();
    await till.dialog.getByLabel('To which phone').fill('+447400123456');
    await till.dialog.getByRole('radio', { name: 'SMS' }).check();
    await settings.asOwner(
      till.dialog.getByRole('button', { name: 'Send' }),
      till.dialog.getByText(/^Sent: SMS to/),
    );
    expect(smsru.messages.at(-1)).toMatchObject({ channel: 'sms', to: '447400123456' });
    await till.dialog.getByRole('button', { name: 'Close' }).click();

    await owe(till, () => till.newCustomer('Harriet Poole', '07400 123456'));
    await expect(till.codeField).toBeFocused();
    await expect(till.dialog).toContainText('SMS to +44 740 ··· 34 56');
    smsru.delivery.set(smsru.lastId, 103);
    await expect(till.dialog).toContainText('✓ Delivered', { timeout: 20_000 });
    const code = smsru.codes.at(-1) ?? '';
    await page.keyboard.type(otherThan(code));
    await expect(till.dialog).toContainText('That code is not right');
    await expect(till.dialog).toContainText('4 tries left');
    await page.keyboard.type(code);
    await till.expectSaved();
    await expect(till.saved).toContainText('Code · SMS, verified');
    await till.next();

    smsru.next({ kind: 'code', code: 201, where: 'number' });
    await owe(till, () => till.chooseCustomer('Harriet Poole'));
    await expect(till.dialog).toContainText('The code can’t be sent');
    await expect(till.dialog).toContainText('money');
    await till.button('Back to payment').click();
    expect(await rowsOf(page, 'sales')).toHaveLength(1);

    await settings.open('messages');
    const history = page.getByRole('region', { name: 'What the service answered' });
    if (await till.button('Show').isVisible()) await till.button('Show').click();
    await expect(history).toContainText('There is not enough money on the service’s account');
    await expect(history).toContainText('201');
  } finally {
    await smsru.stop();
  }
});

test('SMSC: set up on screen, it confirms a debt by each of its channels and reports each delivery @long', async ({
  till,
  page,
}) => {
  test.setTimeout(240_000);
  const smsc = await FakeSmsc.start();
  try {
    const settings = new SettingsPage(till, () => smsc.last().code);
    await settings.open('messages');
    await settings.chooseService('SMSC');
    await expect(page.getByText('WhatsApp — switched on by: WhatsApp bot')).toBeVisible();
    await page.getByLabel('Login').fill(smsc.login);
    await page.getByLabel('Password').fill('WRONG');
    await page.getByLabel('WhatsApp bot').fill(smsc.waBot);
    await expect(page.getByText('WhatsApp — switched on by: WhatsApp bot')).toHaveCount(0);
    await settings.setAddress(smsc.url);
    await settings.save('The service did not accept the key or password');
    await expect(page.getByText('The service’s answer: 2 · authorise error')).toBeVisible();
    await page.getByLabel('Password').fill(smsc.password);
    await settings.save();
    const balance = page.getByRole('region', { name: 'Balance' });
    await settings.asOwner(till.button('Check balance'), balance.getByText('286.50'));

    for (const name of ['SMS', 'Viber', 'WhatsApp', 'Call']) {
      await settings.open('codes-and-limits');
      await settings
        .method('Sale on account')
        .getByRole('radio', { name: new RegExp(`^${name}`) })
        .check();
      if (name !== 'SMS') await settings.save();
      await owe(till, () =>
        name === 'SMS'
          ? till.newCustomer('Harriet Poole', '07400 123456')
          : till.chooseCustomer('Harriet Poole'),
      );
      await expect(till.dialog).toContainText(name);
      await expect.poll(() => smsc.messages.at(-1)?.channel).toBe(name.toLowerCase());
      const message = smsc.messages.at(-1)!;
      expect(message.to).toBe('+447400123456');
      smsc.delivery.set(message.id, 1);
      await expect(till.dialog).toContainText('✓ Delivered', { timeout: 20_000 });
      await page.keyboard.type(otherThan(message.code));
      await expect(till.dialog).toContainText('That code is not right');
      await page.keyboard.type(message.code);
      await till.expectSaved();
      await till.next();
    }
  } finally {
    await smsc.stop();
  }
});
