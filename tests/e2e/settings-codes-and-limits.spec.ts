// Confirmation methods in use; what is only typed in their form is tested in tests/till.
import { readFile } from 'node:fs/promises';
import type { Policy } from '$lib/contract/policy';
import { codeIn } from '../support/demo-phone';
import { expect, test, withService } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import { SettingsPage } from '../support/settings-page';
import { policyRow } from '../support/till-disk';

type DemoMessage = { channel: string; text: string | null; caller: string | null };

test.use({ shop: 'shared' });

let smsru: FakeSmsru;
test.beforeAll(async () => void (smsru = await FakeSmsru.start()));
test.afterAll(() => smsru.stop());

test('each method of the demo confirms a debt with a code of its own @long', async ({
  till,
  page,
  relay,
}) => {
  test.setTimeout(180_000);
  const settings = new SettingsPage(till);
  for (const name of ['Viber', 'WhatsApp', 'Telegram', 'Call', 'SMS']) {
    await settings.open('codes-and-limits');
    await settings.method('Sale on account').getByRole('radio', { name }).check();
    await settings.save();
    await till.goTo('till');
    await till.shortTender('Carrier bag', 'Vera Lugova', '0.01');
    await till.saveAndSend();
    await expect(till.dialog).toContainText(name);
    const reply = await fetch(`${relay.url}/demo-phone/messages`);
    const { messages } = (await reply.json()) as { messages: DemoMessage[] };
    expect(messages[0]?.channel).toBe(name.toLowerCase());
    const code = messages[0]?.caller?.slice(-4) ?? codeIn(messages[0]?.text ?? '');
    await page.keyboard.type(code);
    await till.expectSaved();
    await till.next();
  }
});

test('the order of methods is stored in the policy that the relay signs', async ({
  till,
  page,
}) => {
  const settings = new SettingsPage(till);
  await settings.open('codes-and-limits');
  // the country chosen in the first run
  await expect(page.getByLabel('Numbers that may be written to')).toHaveValue('+44');
  await page
    .getByRole('group', { name: 'Redeeming points: add a method' })
    .getByRole('button', { name: 'Call' })
    .click();
  await page.getByLabel('How long to wait for delivery').selectOption('1 minute');
  await page.getByRole('link', { name: 'Journal' }).click();
  await till.button('Stay').click();
  await settings.save();
  const { jws } = await policyRow(page);
  const kept = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Policy;
  expect(kept.methods['redeem-points']).toEqual({
    chain: ['sms', 'call'],
    threshold: 0,
    nextAfterMs: 60_000,
  });
});

test('with SMS.RU a failed message is followed by a call by itself, and the call’s code closes the sale @long', async ({
  till,
  page,
  relay,
}) => {
  test.setTimeout(120_000);
  await withService(page, relay, smsru);
  const settings = new SettingsPage(till, () => smsru.codes.at(-1) ?? '');
  await settings.open('codes-and-limits');
  const methods = settings.method('Sale on account');
  await expect(methods.getByRole('radio', { name: 'Viber' })).toBeDisabled();
  await expect(methods.getByText('SMS.RU can’t do this')).toHaveCount(3);
  await page
    .getByRole('group', { name: 'Sale on account: add a method' })
    .getByRole('button', { name: 'Call' })
    .click();
  await settings.save();
  smsru.forget();

  await till.goTo('till');
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.give('1');
  await till.newCustomer('Harriet Poole', '07400 123456');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await expect(till.dialog).toContainText('SMS');
  smsru.delivery.set(smsru.lastId, 106);
  await expect(till.dialog).toContainText('The customer gets a call', { timeout: 30_000 });
  // without the messages that notify owners of changed settings
  const sent = smsru.sends.filter(({ fields }) =>
    [fields['to'], fields['phone']].includes('447400123456'),
  );
  expect(sent.map(({ path }) => path)).toEqual(['/sms/send', '/code/call']);
  await page.keyboard.type(String(smsru.callCode));
  await till.expectSaved();

  // the cost, and the table to download
  await settings.open('costs');
  await settings.asOwner(till.button('Show the costs'), page.getByRole('table'));
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await expect(row('Call')).toContainText('0.4');
  await expect(row('SMS.RU').first()).toBeVisible();
  const wait = page.waitForEvent('download');
  await till.button('Download the table (CSV)').click();
  const file = await wait;
  expect(file.suggestedFilename()).toMatch(/^cost-of-codes-.+\.csv$/);
  const csv = await readFile(await file.path(), 'utf8');
  expect(csv).toContain('"Call","SMS.RU",1,0,0.4');
});

test('what the service refused can be read later, without the whole number @long', async ({
  till,
  page,
  relay,
}) => {
  await withService(page, relay, smsru);
  const settings = new SettingsPage(till, () => smsru.codes.at(-1) ?? '');
  await settings.open('messages');
  await till.button('Send a test…').click();
  await till.dialog.getByLabel('To which phone').fill('+447400123789');
  smsru.next({ kind: 'code', code: 201, where: 'number' });
  await settings.asOwner(
    till.dialog.getByRole('button', { name: 'Send' }),
    till.dialog.getByText('There is not enough money on the service’s account'),
  );
  await expect(till.dialog).toContainText('The service’s answer: 201 · ошибка');
  await till.dialog.getByRole('button', { name: 'Close' }).click();
  const history = page.getByRole('region', { name: 'What the service answered' });
  await expect(history).toContainText('There is not enough money on the service’s account');
  await expect(history).toContainText('+44 740 ··· 37 89');
  await expect(history).not.toContainText('123789');
});
