// The owner's second factor on screen: his phone is proven right after a real service is saved, and then opens the settings with him.
import type { Page } from '@playwright/test';
import { expect, ownersOtherTill, test } from '../support/e2e';
import { FakeSmsru } from '../support/fake-smsru';
import type { RelayProcess } from '../support/relay-process';
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

/** From another till, so that this one has shown nobody's PIN yet. */
async function giveOwnerPhone(relay: RelayProcess): Promise<void> {
  const other = await ownersOtherTill(relay);
  const policy = await other.policy();
  const operators = policy.operators.map((it) => ({ ...it, phone: PHONE }));
  const reply = await other.putPolicy(policy.version, { ...policy, operators });
  if (reply.json.kind !== 'policy') throw new Error(JSON.stringify(reply.json));
}

const goTo = (page: Page, screen: string) =>
  page.goto(`${new URL('/', page.url()).href}#/${screen}`);

/** Saves SMS.RU on the screen; the PIN is asked for where it wasn't shown yet. */
async function saveSmsru(till: TillPage, page: Page): Promise<void> {
  await till.open('#/settings/messages');
  await till.signIn();
  await page.getByLabel('Messaging service').selectOption({ label: 'SMS.RU' });
  await page.getByLabel('API token (api_id)').fill(smsru.apiId);
  const address = page.getByLabel('Another address of the service');
  if (!(await address.isVisible())) await page.locator('summary').first().click();
  await address.fill(smsru.url);
  await till.button('Save').last().click();
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
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

/** Asks for what the relay wants a person for, as far as the code. */
async function askForTills(till: TillPage, page: Page): Promise<void> {
  await goTo(page, 'settings/tills');
  await till.button('Show the tills').click();
  await expect(till.dialog).toContainText('Olga, enter your PIN to see the tills.');
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
}

test('a real service saved, the owner proves his phone; from then on the settings take PIN and code', async ({
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

test('who puts the proof off is reminded, and his PIN alone still opens', async ({
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

test('on the day the service is broken a token printed by the relay opens the settings', async ({
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

test('the dialogue closed, nothing is opened and nothing is kept of the PIN', async ({
  till,
  page,
}) => {
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
  // one size wherever a PIN is typed
  expect((await pad.boundingBox())?.width).toBe(widthAtTheLock);
});
