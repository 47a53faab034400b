// The address for delivery reports: only a manager can read it, and a signed report shows at once.
import {
  changePolicy,
  chooseService,
  expect,
  newOperator,
  ownersOtherTill,
  test,
} from '../support/e2e';
import { FakeTwilio } from '../support/fakes/twilio';
import { SettingsPage } from '../support/settings-page';
import type { TillClient } from '../support/till-client';

const PUBLIC = 'https://till.example';
test.use({ relayEnv: { COUNTERFOIL_URL: PUBLIC } });

let twilio: FakeTwilio;
let other: TillClient;
test.beforeEach(async ({ till, relay }) => {
  twilio = await FakeTwilio.start();
  await till.openShop();
  other = await ownersOtherTill(relay);
  // the relay has a public address and is on another machine, so a token and the service's first code are needed
  await chooseService(other, relay, twilio);
});
test.afterEach(() => twilio.stop());

test('a manager copies the address after entering PIN and code, and a signed report shows at the till at once @long', async ({
  till,
  page,
  context,
  relay,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const settings = new SettingsPage(till, () => twilio.last().code);
  // a new session, in which neither has been given to the relay
  await till.open();
  await till.signIn();
  const field = page.getByLabel('Address for delivery reports');
  await settings.open('messages');
  await expect(field).toBeVisible();
  await till.button('Copy').click();
  await expect(till.button('Copied')).toBeVisible();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  expect(address).toMatch(/^https:\/\/till\.example\/api\/v1\/callbacks\/twilio\/[0-9a-f]{40}$/);
  await expect(field).toHaveValue(address);

  await till.goTo('till');
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.give('1');
  await till.newCustomer('Harriet Poole', '07400 123456');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await expect(till.dialog).not.toContainText('Delivered');
  await page.keyboard.type('12');

  /** Sends the report as the server in front of the relay passes it on. */
  const report = async (signature: string, body: string) => {
    const reply = await fetch(address.replace(PUBLIC, relay.url), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Twilio-Signature': signature,
      },
      body,
    });
    return reply.status;
  };
  const { id, code } = twilio.last();
  const { body, signature } = twilio.report(address, id, 'delivered');
  expect(await report('forged', body)).toBe(403);
  expect(await report(signature, body)).toBe(204);
  await expect(till.dialog).toContainText('✓ Delivered');

  // the digits typed meanwhile are unchanged
  await expect(till.codeField).toHaveValue('12');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await page.keyboard.type(code);
  await till.expectSaved();
});

test('who may not change settings sees neither the address nor the screen @long', async ({
  till,
  page,
}) => {
  const kirill = newOperator('Kirill', 'cashier', '2580');
  await changePolicy(other, (policy) => ({ ...policy, operators: [...policy.operators, kirill] }));
  await till.open();
  await till.signIn('Kirill', '2580');
  await till.goTo('settings/messages');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You can’t open this section');
  await expect(till.button('Show the settings')).toHaveCount(0);
  await page.getByRole('link', { name: 'To the till' }).click();
  const rail = page.getByRole('navigation', { name: 'Sections' });
  await expect(rail.getByRole('link', { name: 'Goods' })).toBeVisible();
  await rail.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Messages' })).toHaveCount(0);
});
