// A changed number on a card counts after a code to the old number, or a day later.
// A cashier's word alone is not enough.
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import type { TillPage } from '../support/till-page';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

/** Changes the number on the customer's card and saves it. */
async function changeNumber(till: TillPage, name: string, number: string): Promise<void> {
  const { page } = till;
  await page.goto(`${new URL('/', page.url()).href}#/customers`);
  await till.button(new RegExp(name)).click();
  await till.dialog.getByRole('button', { name: 'Edit' }).click();
  // as people write it, not as it is stored
  await expect(till.dialog.getByLabel('Phone')).toHaveValue(/^\+?\d+ \d/);
  await till.dialog.getByLabel('Phone').fill(number);
  await till.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(till.dialog).toContainText('The new number will be accepted in 24 hours');
}

/** Messages with a code, newest first, without the notices to the old number. */
const codesAt = async (relay: string) =>
  (await messagesAt(relay)).filter(({ text }) => text.includes('Code'));

async function sellOnAccount(till: TillPage, name: string): Promise<void> {
  const { page } = till;
  await page.goto(`${new URL('/', page.url()).href}#/till`);
  await till.shortTender('Ground coffee, 250 g', name);
}

test('a code to the old number makes the new one count at once', async ({ till, page, relay }) => {
  const number = '+447500123456';
  await changeNumber(till, 'Vera Lugova', number);
  await till.button('Send a code to the old number now').click();
  await expect(till.codeField).toBeFocused();
  const [asked] = await codesAt(relay.url);
  expect(asked?.phone).not.toBe(number);
  expect(asked?.text).toContain('change of phone number');
  const code = codeIn(asked?.text ?? '');
  await page.keyboard.type(code === '111111' ? '222222' : '111111');
  await expect(till.dialog).toContainText('That code is not right');
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(code);
  await expect(till.dialog).toContainText('The new number is registered.');
  await page.keyboard.press('Escape');

  await sellOnAccount(till, 'Vera Lugova');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  const [debt] = await codesAt(relay.url);
  expect(debt?.phone).toBe(number);
  await page.keyboard.type(codeIn(debt?.text ?? ''));
  await till.expectSaved();
});

test('without that code the relay keeps to the old number, and says so at the next debt @long', async ({
  till,
  page,
  relay,
}) => {
  const number = '+447500123457';
  await changeNumber(till, 'Timur Sadykov', number);
  await till.button('Send a code to the old number now').click();
  await expect(till.codeField).toBeFocused();
  await till.button('Wait 24 hours instead').click();
  await page.keyboard.press('Escape');
  await sellOnAccount(till, 'Timur Sadykov');
  // shown before a code is requested; no right overrides it
  const box = page.getByRole('region', { name: 'On account' });
  await expect(box).toContainText('Another number is on record for this customer');
  await expect(box).toContainText(/The new one counts from \S+/);
  await expect(till.main).toBeDisabled();
  // the old number got a notice, the new one got nothing, and the code sent to the old one is void
  await expect
    .poll(async () => (await messagesAt(relay.url)).map(({ text }) => text))
    .toContainEqual(expect.stringContaining('your card is to get another number, *3457'));
  expect((await messagesAt(relay.url)).map(({ phone }) => phone)).not.toContain(number);
  expect(await codesAt(relay.url)).toHaveLength(1);
});

test('while the relay cannot send, the dialogue says why, and the card stays as saved @long', async ({
  till,
  page,
  context,
}) => {
  await changeNumber(till, 'Nina Polevaya', '+447500123458');
  await context.setOffline(true);
  await till.button('Send a code to the old number now').click();
  await expect(till.dialog).toContainText('The card is saved');
  await context.setOffline(false);
  await till.dialog.getByRole('button', { name: 'Send again' }).click();
  await expect(till.codeField).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(till.dialog).toContainText('+44 7500 123458');
});
