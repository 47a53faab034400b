// The owner's second factor: the first code of the first real service proves their phone.
// From then on the settings require PIN and code.
import type { Page } from '@playwright/test';
import {
  changePolicy,
  expect,
  giveOwnerPhone,
  ownersOtherTill,
  test,
  tokensOf,
} from '../support/e2e';
import { check } from '../support/axe';
import { FakeSmsru } from '../support/fake-smsru';
import { SettingsPage } from '../support/settings-page';
import type { RelayProcess } from '../support/relay-process';
import type { TillClient } from '../support/till-client';
import { OWNER, type TillPage } from '../support/till-page';

test.use({ shop: 'shared' });

let smsru: FakeSmsru;
test.beforeAll(async () => void (smsru = await FakeSmsru.start()));
test.afterAll(() => smsru.stop());

/** The owner's session at another till, so that the till of the story has no elevation yet. */
let other: TillClient;
let relayOfOther: RelayProcess | null = null;
let isSaved = false;
test.beforeEach(async ({ relay }) => {
  if (relayOfOther === relay) return;
  relayOfOther = relay;
  isSaved = false;
  other = await ownersOtherTill(relay);
  await giveOwnerPhone(other);
});

const lastCode = (): string => smsru.codes.at(-1) ?? '';

const goTo = (page: Page, screen: string) =>
  page.goto(`${new URL('/', page.url()).href}#/${screen}`);

/** Enters SMS.RU on the screen, until the code to the owner is awaited. */
async function enterSmsru(till: TillPage, page: Page): Promise<void> {
  const settings = new SettingsPage(till);
  await till.open('#/settings/messages');
  await till.signIn();
  await settings.showMessages();
  await settings.chooseService('SMS.RU');
  await page.getByLabel('API token (api_id)').fill(smsru.apiId);
  await settings.setAddress(smsru.url);
  await till.button('Save').last().click();
  await expect(till.dialog).toContainText('To save the messaging service, type the code');
  await expect(till.dialog).toContainText('SMS to +44 770 ··· 01 23');
  await expect(till.codeField).toBeFocused();
}

/** Saves the service with that code, unless an earlier story has; the owner signs in without an elevation. */
async function saveSmsru(till: TillPage, page: Page): Promise<void> {
  if (isSaved) {
    await till.lock();
    return till.signIn();
  }
  await enterSmsru(till, page);
  await page.keyboard.type(lastCode());
  await expect(till.dialogs).toHaveCount(0);
  await expect(page.getByText(/^Saved/).first()).toBeVisible();
  isSaved = true;
}

/** Starts an act that needs an elevation, until the code is awaited. */
async function askForTills(till: TillPage, page: Page): Promise<void> {
  await goTo(page, 'settings/tills');
  await till.button('Show the tills').click();
  await expect(till.dialog).toContainText('Olga, enter your PIN to see the tills.');
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
}

test('a real service is not saved without its code @long', async ({ till, page }) => {
  await enterSmsru(till, page);
  await page.keyboard.press('Escape');
  await expect(page.getByText('No owner confirmed this, so nothing was changed.')).toBeVisible();
  const { json } = await other.call('GET', '/provider');
  expect(json).toMatchObject({ id: 'demo', demo: true });
});

test('the first code of a real service proves the owner’s phone; from then on the settings need PIN and code @long', async ({
  till,
  page,
}) => {
  await saveSmsru(till, page);
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

test('closing the dialogue opens nothing and discards the PIN @long', async ({ till, page }) => {
  await saveSmsru(till, page);
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
  // PIN fields have the same size everywhere
  expect((await pad.boundingBox())?.width).toBe(widthAtTheLock);
});

test('an owner’s code makes one change, and its dialogue can be read by everybody @long', async ({
  till,
  page,
}) => {
  await saveSmsru(till, page);
  await till.lock();
  await till.signIn();
  await goTo(page, 'settings/codes-and-limits');
  const limit = page.getByLabel('Debt limit of a customer');
  await limit.fill('77777');
  await till.button('Save').last().click();
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await check(page, 'PIN');
  await page.keyboard.type(OWNER.pin);

  await expect(till.dialog.getByRole('heading')).toHaveText('An owner’s confirmation');
  await expect(till.dialog).toContainText('SMS to +44 770 ··· 01 23');
  await expect(till.codeField).toBeFocused();
  expect(smsru.sends.at(-1)?.fields['msg']).toContain('77,777');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await check(page, `code, ${colorScheme}`);
  }
  const code = lastCode();
  await page.keyboard.type(code === '111111' ? '222222' : '111111');
  await expect(till.dialog).toContainText('4 tries left');
  await check(page, 'wrong code');
  await till.button('Type a one-time token from the shop server').click();
  await expect(till.dialog.getByLabel('Token, 10 characters')).toBeFocused();
  await check(page, 'token');
  await till.button('Type the code').click();
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(code);
  await expect(till.dialogs).toHaveCount(0);
  await expect(page.getByText(/^Saved/).first()).toBeVisible();
  expect((await other.policy()).credit.debtLimit).toBe(7_777_700);
});

test('an owner whose new number is not confirmed is reminded, and the PIN alone opens nothing @long', async ({
  till,
  page,
  relay,
}) => {
  await saveSmsru(till, page);
  other.tokens = tokensOf(relay);
  await changePolicy(other, (policy) => ({
    ...policy,
    operators: policy.operators.map((it) => ({ ...it, phone: '+447700900456' })),
  }));
  smsru.forget();

  await till.open('#/settings/messages');
  await till.signIn();
  await expect(page.getByText('+44 770 ··· 04 56 is not confirmed')).toBeVisible();
  await askForTills(till, page);
  await expect(till.dialog).toContainText('Your phone is not confirmed');
  await expect(till.dialog.getByLabel('Token, 10 characters')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(till.button('Show the tills')).toBeVisible();
  await expect(page.getByText('last seen')).toHaveCount(0);
  expect(smsru.codes).toEqual([]);

  await goTo(page, 'settings/messages');
  await till.button('Confirm the phone').click();
  await expect(till.dialog).toContainText('A code will go to +44 770 ··· 04 56');
  await till.button('Send the code').click();
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(lastCode());
  await expect(page.getByText('Phone confirmed.')).toBeVisible();
  await expect(till.dialogs).toHaveCount(0);
});

test('while the service is broken, a token printed by the relay opens the settings @long', async ({
  till,
  page,
  relay,
}) => {
  await saveSmsru(till, page);
  await smsru.goDark();
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
