// The owner's second factor: their phone is proven after a real service is saved.
// From then on the settings need PIN and code.
import type { Page } from '@playwright/test';
import { expect, ownersOtherTill, test } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import type { RelayProcess } from '../support/relay-process';
import { SettingsPage } from '../support/settings-page';
import { OWNER, type TillPage } from '../support/till-page';

let smsru: FakeSmsru;
test.beforeEach(async ({ till, relay }) => {
  smsru = await FakeSmsru.start();
  await till.openShop();
  await giveOwnerPhone(relay);
});
test.afterEach(() => smsru.stop());

const PHONE = '+447700900123';
const lastCode = (): string => smsru.codes.at(-1) ?? '';

/** From another till, so that this one has no elevation yet. */
async function giveOwnerPhone(relay: RelayProcess): Promise<void> {
  const other = await ownersOtherTill(relay);
  const policy = await other.policy();
  const operators = policy.operators.map((it) => ({ ...it, phone: PHONE }));
  const reply = await other.putPolicy(policy.version, { ...policy, operators });
  if (reply.json.kind !== 'policy') throw new Error(JSON.stringify(reply.json));
}

const goTo = (page: Page, screen: string) =>
  page.goto(`${new URL('/', page.url()).href}#/${screen}`);

/** Saves SMS.RU on the screen; gives the PIN that shows the settings. */
async function saveSmsru(till: TillPage, page: Page): Promise<void> {
  await till.open('#/settings/messages');
  await till.signIn();
  await new SettingsPage(till).showMessages();
  await page.getByLabel('Messaging service').selectOption({ label: 'SMS.RU' });
  await page.getByLabel('API token (api_id)').fill(smsru.apiId);
  const address = page.getByLabel('Another address of the service');
  if (!(await address.isVisible())) await page.locator('summary').first().click();
  await address.fill(smsru.url);
  await till.button('Save').last().click();
}

/** Proves the phone in the dialogue that opens by itself. */
async function prove(till: TillPage, page: Page): Promise<void> {
  await expect(till.dialog).toContainText('A code will go to +44 770 ··· 01 23');
  await till.button('Send the code').click();
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(lastCode());
  await expect(page.getByText('Phone confirmed.')).toBeVisible();
  await expect(till.dialogs).toHaveCount(0);
}

/** Starts an act that needs elevation, up to the code. */
async function askForTills(till: TillPage, page: Page): Promise<void> {
  await goTo(page, 'settings/tills');
  await till.button('Show the tills').click();
  await expect(till.dialog).toContainText('Olga, enter your PIN to see the tills.');
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
}

test('after a real service is saved the owner proves their phone; from then on the settings need PIN and code', async ({
  till,
  page,
}) => {
  await saveSmsru(till, page);
  await prove(till, page);
  await expect(page.getByText('is not confirmed')).toHaveCount(0);

  await till.lock();
  await till.signIn();
  await askForTills(till, page);
  await expect(till.dialog).toContainText('One more step to see the tills');
  await expect(till.dialog).toContainText('SMS to +44 770 ··· 01 23');
  await expect(till.codeField).toBeFocused();
  const code = lastCode();
  await page.keyboard.type(code === '111111' ? '222222' : '111111');
  await expect(till.dialog).toContainText('4 tries left');
  await page.keyboard.type(code);
  await expect(till.dialogs).toHaveCount(0);
  await expect(page.getByText('last seen').first()).toBeVisible();
});

test('an owner who postpones the proof is reminded, and the PIN alone still opens the settings', async ({
  till,
  page,
}) => {
  await saveSmsru(till, page);
  await till.button('Later').click();
  await expect(page.getByText('+44 770 ··· 01 23 is not confirmed')).toBeVisible();
  await till.lock();
  await till.signIn();
  await askForTills(till, page);
  await expect(till.dialogs).toHaveCount(0);
  await expect(page.getByText('last seen').first()).toBeVisible();
  expect(smsru.sends).toHaveLength(0);
});

test('while the service is broken, a token printed by the relay opens the settings', async ({
  till,
  page,
  relay,
}) => {
  await saveSmsru(till, page);
  await prove(till, page);
  await smsru.stop();
  await till.lock();
  await till.signIn();
  await askForTills(till, page);
  await expect(till.dialog).toContainText('The code was not sent.');
  await till.button('Type a one-time token from the shop server').click();
  await till.dialog.getByLabel('Token, 10 characters').fill('ABCDEFGHJK');
  await till.button('Confirm').click();
  await expect(till.dialog).toContainText('That token is not right');
  const token = /\b([0-9A-HJKMNP-TV-Z]{10})\b/.exec(await relay.word('elevate'))?.[1] ?? '';
  await till.dialog.getByLabel('Token, 10 characters').fill(token.toLowerCase());
  await till.button('Confirm').click();
  await expect(till.dialogs).toHaveCount(0);
  await expect(page.getByText('last seen').first()).toBeVisible();
});

test('closing the dialogue opens nothing and discards the PIN', async ({ till, page }) => {
  await saveSmsru(till, page);
  await prove(till, page);
  await till.lock();
  const pad = page.getByRole('group', { name: 'PIN' });
  const widthAtTheLock = (await pad.boundingBox())?.width;
  await till.signIn();
  await askForTills(till, page);
  await expect(till.codeField).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(till.dialogs).toHaveCount(0);
  await till.button('Show the tills').click();
  await expect(till.dialog).toContainText('Olga, enter your PIN to see the tills.');
  await expect(pad).toBeVisible();
  // the PIN fields have one size everywhere
  expect((await pad.boundingBox())?.width).toBe(widthAtTheLock);
});
