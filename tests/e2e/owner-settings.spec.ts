// The owner's settings in use: staff, how customers confirm, and how the journal shows each proof.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { codeIn, messagesAt } from '../support/demo-phone';
import { changePolicy, comeAsOwner, expect, ownersOtherTill, test } from '../support/e2e';
import { policyRow } from '../support/till-disk';
import { OWNER, type TillPage } from '../support/till-page';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

const goTo = (page: Page, screen: string) =>
  page.goto(`${new URL('/', page.url()).href}#/${screen}`);

/** Saves, and enters the PIN if the relay requires it. */
async function saveAsOwner(till: TillPage, page: Page) {
  const before = (await policyRow(page)).version;
  await till.button('Save').last().click();
  const asked = page.locator('dialog[open]').getByRole('group', { name: /^PIN/ });
  await expect
    .poll(async () => (await asked.isVisible()) || (await policyRow(page)).version > before)
    .toBe(true);
  if (await asked.isVisible()) await page.keyboard.type(OWNER.pin);
  await expect.poll(async () => (await policyRow(page)).version).toBe(before + 1);
}

async function addCashier(till: TillPage, page: Page) {
  await till.button('Add an operator').click();
  await till.dialog.getByLabel('Name').fill('Kirill');
  await till.dialog.getByLabel('Group').selectOption({ label: 'Cashier' });
  await till.dialog.getByLabel('PIN, 4 digits').fill('7294');
  await till.dialog.getByLabel('PIN once more').fill('7294');
  await saveAsOwner(till, page);
}

test('the PIN given for one change of the settings is not asked for at the next', async ({
  till,
  page,
}) => {
  const { version } = await policyRow(page);
  await goTo(page, 'settings/codes-and-limits');
  const sale = page.getByRole('group', { name: 'Sale on account' });
  await sale.getByRole('radio', { name: 'Nothing' }).check();
  await saveAsOwner(till, page);
  await sale.getByRole('radio', { name: /^Call/ }).check();
  await till.button('Save').last().click();
  await expect.poll(async () => (await policyRow(page)).version).toBe(version + 2);
});

test('the journal distinguishes debts confirmed by a code, by right and by nothing @long', async ({
  till,
  page,
  relay,
}) => {
  // confirmed by a code, but a demo code proves nothing
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  const [message] = await messagesAt(relay.url);
  await page.keyboard.type(codeIn(message?.text ?? ''));
  await till.expectSaved();
  await till.next();
  // allowed by right
  await till.shortTender('Linden honey, 350 g', 'Vera Lugova');
  await till.saveAndSend();
  await till.otherWay('The code did not arrive');
  await till.goOnWithoutCode('Code did not arrive');
  await till.expectSaved();
  await till.next();
  // confirmed by nothing, because the shop requires no code
  await goTo(page, 'settings/codes-and-limits');
  await page
    .getByRole('group', { name: 'Sale on account' })
    .getByRole('radio', { name: 'Nothing' })
    .check();
  await expect(page.getByText('Debt will be noted without the customer’s consent')).toBeVisible();
  await saveAsOwner(till, page);
  await goTo(page, 'till');
  await till.shortTender('Walnuts, 150 g', 'Timur Sadykov');
  await till.main.click();
  await till.expectSaved();

  await goTo(page, 'journal');
  const row = (amount: string) => page.getByRole('row').filter({ hasText: amount });
  await expect(row('3.49')).toContainText('Code correct · demo');
  await expect(row('2.49')).toContainText('Without a code');
  await expect(row('1.59')).toContainText('Code not required');
  await expect(row('1.59').locator('.tag', { hasText: 'Code not required' })).toHaveClass(
    /\bbad\b/,
  );
  await till.button('Without a code').click();
  await expect(row('2.49')).toBeVisible();

  // found by product, customer and sum together within the filter, by receipt number, and by operator
  const search = page.getByLabel('Search the journal');
  const rows = page.getByRole('row').filter({ has: page.getByRole('cell') });
  await till.button('Debts and points').click();
  await search.fill('walnuts timur 1.59');
  await expect(page.getByText(/^Found: 1\. All \d+ entries searched/)).toBeVisible();
  await expect(rows).toContainText(['Timur Sadykov']);
  await search.fill('walnuts vera');
  await expect(page.getByText('Nothing found for “walnuts vera”')).toBeVisible();
  await till.button('Search all entries').click();
  await search.fill('sale 2');
  await expect(rows).toContainText(['Sale No. 1-000002']);
  await search.fill('olga code not required');
  await expect(page.getByText('Nothing found for')).toBeVisible();
  await search.fill('');
  await expect(rows.first()).toBeVisible();

  // each entry of a card leads to its journal entry, and back to the card
  await goTo(page, 'customers');
  await till.button(/^TS Timur|^Timur|Timur Sadykov/).click();
  await expect(till.dialog).toContainText('+7 000 000 01 02');
  await till.dialog.getByRole('button', { name: /Sale on account/ }).click();
  await expect(till.dialog.getByRole('heading', { level: 2 })).toContainText('Sale');
  await expect(till.dialog).toContainText('Walnuts');
  await till.dialog.getByRole('button', { name: 'Close' }).click();
  await expect(till.dialog).toContainText('+7 000 000 01 02');
  await till.dialog.getByRole('button', { name: 'Close' }).click();
  await goTo(page, 'journal');
  await page.getByRole('link', { name: 'Check the journal' }).click();
  await expect(page.getByText('The journal is whole')).toBeVisible();
});

test('staff and rights are read-only while the relay is away @long', async ({
  till,
  page,
  context,
}) => {
  await goTo(page, 'settings/staff');
  await context.setOffline(true);
  await till.chip.click();
  await till.dialog.getByRole('button', { name: 'Check now' }).click();
  await till.dialog.getByRole('button', { name: 'Check now' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByText('can be changed only with the shop server')).toBeVisible();
  await expect(till.button('Add an operator')).toBeDisabled();
});

test('an operator added by the owner signs in and cannot open the owner’s screens @long', async ({
  till,
  page,
}) => {
  await goTo(page, 'settings/staff');
  await addCashier(till, page);
  await expect(till.dialogs).toHaveCount(0);
  await expect(till.button(/Kirill/)).toBeVisible();

  await till.lock();
  await till.signIn('Kirill', '7294');
  await goTo(page, 'journal');
  await expect(page.getByText('You can’t open this section')).toBeVisible();
  await goTo(page, 'settings/staff');
  await expect(page.getByText('You can’t open this section')).toBeVisible();
  await goTo(page, 'settings');
  const sections = page.getByRole('navigation', { name: 'Sections of the settings' });
  await expect(sections.getByRole('link')).toHaveText([
    'All settings',
    'This till',
    'Data and backups',
    'Language and appearance',
  ]);
  await expect(page.getByText('Debt limit')).toHaveCount(0);
  await goTo(page, 'till');
  await till.sellForCash('Carrier bag');
  await till.next();
  await till.lock();
  await till.signIn();
});

test.describe('the relay’s disk is replaced', () => {
  test.use({ shop: 'prepared' });

  test('a relay restored from an old copy gets its newer settings from the till, and says so @long', async ({
    till,
    page,
    relay,
  }) => {
    await till.openShop();
    const other = await ownersOtherTill(relay);
    const copy = mkdtempSync(join(tmpdir(), 'counterfoil-copy-'));
    await relay.kill();
    cpSync(relay.dataDir, copy, { recursive: true });
    await relay.start();
    await comeAsOwner(other);
    const newer = await changePolicy(other, (policy) => ({
      ...policy,
      shop: { ...policy.shop, contact: '+44 20 7946 0000' },
    }));
    await till.open();
    await till.signIn();
    await expect.poll(async () => (await policyRow(page)).version).toBe(newer);

    await relay.kill();
    rmSync(relay.dataDir, { recursive: true });
    cpSync(copy, relay.dataDir, { recursive: true });
    rmSync(copy, { recursive: true });
    await relay.start();
    await till.open();
    await till.signIn();
    await expect(page.getByText('The shop server was restored from an old copy')).toBeVisible();
    await other.signIn();
    expect((await other.policy()).version).toBe(newer);
    const banner = page.locator('.banner').filter({ hasText: 'restored from an old copy' });
    await banner.getByRole('button', { name: 'OK' }).click();
    await till.sellForCash('Carrier bag');
    // the owner can change them from here again
    await goTo(page, 'settings/staff');
    await addCashier(till, page);
  });
});
