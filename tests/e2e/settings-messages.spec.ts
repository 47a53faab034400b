// A manager sets up messages: the service, the texts, tests before use, and reasons for refusals.
import { messagesAt } from '../support/demo-phone';
import { v7 as uuidv7 } from 'uuid';
import { ask, debtRequest } from '../support/challenge-requests';
import { expect, giveOwnerPhone, ownersOtherTill, test, withService } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import { SettingsPage } from '../support/settings-page';
import { everythingStored } from '../support/till-disk';
import { SHOP } from '../support/till-page';

test.use({ shop: 'shared' });

test('each text has its preview beside it, and none is saved without the code', async ({
  till,
  page,
}) => {
  const settings = new SettingsPage(till);
  await settings.open('messages');
  for (const [text, preview] of [
    [settings.text('sale on account'), settings.preview('sell-on-account')],
    [settings.text('redeeming points'), settings.preview('redeem-points')],
  ] as const) {
    await text.scrollIntoViewIfNeeded();
    const [left, right] = [await text.boundingBox(), await preview.boundingBox()];
    if (!left || !right) throw new Error('not on the screen');
    expect(right.x).toBeGreaterThanOrEqual(left.x + left.width);
    expect(Math.abs(right.y - left.y)).toBeLessThan(40);
  }
  await expect(settings.preview('sell-on-account')).toHaveText(
    `${SHOP}: on account £540.00. Code ······`,
  );
  const text = settings.text('sale on account');
  await text.fill('{shop}: {action}. Tell it');
  await expect(page.getByText('The text has no {amount}')).toBeVisible();
  await expect(till.button('Save')).toBeDisabled();
  await till.button('Insert').first().click();
  await expect(till.button('Save')).toBeEnabled();
});

test('typed text is not lost by a tap on the navigation', async ({ till, page }) => {
  const settings = new SettingsPage(till);
  await settings.open('messages');
  const text = settings.text('redeeming points');
  await text.fill('{shop} {amount} {code}!');
  await page.goBack();
  await expect(page.getByRole('alertdialog')).toContainText('Leave without saving?');
  await till.button('Stay').click();
  await expect(text).toHaveValue('{shop} {amount} {code}!');
  await page.getByRole('link', { name: 'Codes and limits' }).click();
  await till.button('Stay').click();
  await expect(text).toHaveValue('{shop} {amount} {code}!');

  await page.getByRole('link', { name: 'Codes and limits' }).click();
  await till.button('Leave them').click();
  await expect(page.getByRole('heading', { name: 'Codes and limits', exact: true })).toBeVisible();
  await settings.open('messages');
  await expect(text).toHaveValue('{shop}: {action} {amount}. Code {code}');

  await text.fill('{code} {amount} {shop}');
  await settings.save();
  await page.getByRole('link', { name: 'Codes and limits' }).click();
  await expect(page.getByRole('heading', { name: 'Codes and limits', exact: true })).toBeVisible();
});

test('a test uses every channel of the demo, and a dry run sends nothing @long', async ({
  till,
  page,
  relay,
}) => {
  const settings = new SettingsPage(till);
  await settings.open('messages');
  await till.button('Send a test…').click();
  await till.dialog.getByLabel('To which phone').fill('+70000000101');
  await till.dialog.getByRole('radio', { name: 'Test mode' }).check();
  await settings.asOwner(
    till.dialog.getByRole('button', { name: 'Send' }),
    page.getByText('The service would take this message'),
  );
  expect(await messagesAt(relay.url)).toEqual([]);

  await till.dialog.getByRole('radio', { name: 'For real' }).check();
  for (const channel of ['SMS', 'Viber', 'WhatsApp', 'Telegram', 'Call']) {
    await till.dialog.getByRole('radio', { name: channel }).check();
    await till.dialog.getByRole('button', { name: 'Send' }).click();
    const sent = channel === 'Call' ? 'Calling +7' : `Sent: ${channel} to +7`;
    await expect(page.getByText(`${sent} 000 000 01 01. Look at the phone.`)).toBeVisible();
  }
  await expect(till.dialog.getByRole('radio', { name: 'Test mode' })).toHaveCount(0);
  const phone = await page.context().newPage();
  await phone.goto(`${relay.url}/demo-phone`);
  await expect(phone.locator('.message .from span')).toHaveText([
    'Incoming call',
    'Telegram',
    'WhatsApp',
    'Viber',
    'SMS',
  ]);
});

test('an invalid description of a service is reported with the place and the mistake @long', async ({
  till,
  page,
}) => {
  const settings = new SettingsPage(till);
  await settings.open('messages');
  await settings.chooseService('Another service: describe the request yourself');
  const spec = page.getByLabel('Description of the request (JSON)');
  await spec.fill('{ "channel": "sms", ');
  await settings.save(/Line \d+, character \d+\. This is not JSON\. Check quotes/);
  await expect(spec).toBeFocused();
  await spec.fill(
    JSON.stringify({
      channel: 'sms',
      codeOrigin: 'ours',
      send: { method: 'POST', url: 'http://sms.example/send' },
    }),
  );
  await settings.save('At “send.url”. The address must begin with https://.');
});

test('a till stopped for pumped codes is shown at the manager’s till, and released from there @long', async ({
  till,
  page,
  relay,
}) => {
  const smsru = await FakeSmsru.start();
  try {
    const other = await withService(page, relay, smsru);
    const askCode = (end: number) =>
      ask(
        other,
        debtRequest({
          customer: { id: uuidv7(), phone: `+4474001234${end}` },
          amount: { minor: 1_000, currency: 'GBP' },
        }),
      );
    for (let n = 10; n < 19; n += 1) await askCode(n);
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await expect(page.getByText('Codes are stopped: Касса 1')).toBeVisible();
    await page.getByRole('link', { name: 'Look' }).click();
    await expect(page.getByText('“Касса 1”: sending is stopped')).toBeVisible();
    const settings = new SettingsPage(till, () => smsru.codes.at(-1) ?? '');
    await settings.asOwner(
      till.button('Lift the stop of “Касса 1”'),
      page.getByText('The stop is lifted'),
    );
    await expect(page.getByText('sending is stopped')).toHaveCount(0);
    expect((await askCode(19)).json.kind).toBe('awaiting-code');
  } finally {
    await smsru.stop();
  }
});

test.describe('a service chosen on the screen', () => {
  test.use({ shop: 'prepared' });

  test('a wrong key is refused in words with the service’s own code; the right one is stored, shows only its end, and is sent to no other address @long', async ({
    till,
    page,
    relay,
  }) => {
    const smsru = await FakeSmsru.start();
    try {
      await till.openShop();
      await giveOwnerPhone(await ownersOtherTill(relay));
      const settings = new SettingsPage(till, () => smsru.codes.at(-1) ?? '');
      await settings.open('messages');
      await settings.chooseService('SMS.RU');
      await expect(page.getByText('Viber — not offered')).toBeVisible();
      await expect(page.getByText('Call: the service makes the code, 4 digits')).toBeVisible();
      await expect(page.getByText('Saving ends the demo')).toBeVisible();
      const key = page.getByLabel('API token (api_id)');

      await settings.save('Fill in this field');
      await expect(key).toBeFocused();

      await key.fill('not the key');
      await settings.save('Only Latin letters, digits and signs');
      await expect(key).toBeFocused();

      await key.fill('WRONG-KEY');
      await settings.setAddress(smsru.url);
      await settings.save('The service did not accept the key or password');
      await expect(page.getByText('The service’s answer: 200 · Неправильный api_id')).toBeVisible();

      await key.fill(smsru.apiId);
      await settings.save();
      await expect(page.getByLabel('API token (api_id)')).toHaveValue('•••• 6789');
      await expect(page.getByText('Demo mode: codes are not sent to phones')).toHaveCount(0);
      expect(await everythingStored(page)).not.toContain(smsru.apiId);

      // saving has asked for the balance already; this asks again
      smsru.balance = '17.5';
      const balance = page.getByRole('region', { name: 'Balance' });
      await settings.asOwner(till.button('Check balance'), balance.getByText('17.50'));

      // a stored key is sent nowhere else: with another address it must be typed again
      await settings.setAddress('https://sms.example');
      await expect(
        page.getByText('The address has changed, so the key must be entered'),
      ).toBeVisible();
      await expect(key).toHaveValue('');
    } finally {
      await smsru.stop();
    }
  });
});
