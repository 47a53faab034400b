// Names of the shop and its tills: changed in the settings, shown everywhere, unique among tills.
import type { Page } from '@playwright/test';
import { expect, ownersOtherTill, test } from '../support/e2e';
import { SettingsPage } from '../support/settings-page';
import { newRows } from '../support/till-disk';
import { OWNER } from '../support/till-page';

test.use({ shop: 'shared' });

/** The line of secondary text below the title. */
const note = (page: Page) => page.locator('.page-header p');

test('the shop is renamed, and the lock shows its new name @long', async ({ till, page }) => {
  const settings = new SettingsPage(till);
  await till.goTo('settings');
  await page.getByRole('link', { name: /^Shop name/ }).click();
  const name = page.getByLabel('Shop name');
  await expect(name).toHaveValue('Corner shop');
  await name.fill('  ');
  await till.button('Save').click();
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await name.fill('Corner shop & Sons');
  // opening another section would lose the typed text
  const sections = page.getByRole('navigation', { name: 'Sections of the settings' });
  await sections.getByRole('link', { name: 'Messages' }).click();
  await till.dialog.getByRole('button', { name: 'Stay' }).click();
  await expect(name).toHaveValue('Corner shop & Sons');
  await settings.save();
  await expect(note(page)).toHaveText('Corner shop & Sons · Till 1');
  await till.goTo('settings');
  await expect(page.getByRole('link', { name: /^Shop name/ })).toContainText('Corner shop & Sons');
  await till.lock();
  await expect(page.getByText('Corner shop & Sons · Till 1')).toBeVisible();
  await till.signIn();
});

test('a setting is found by a word, shown with its value, and opens its section', async ({
  till,
  page,
}) => {
  await till.goTo('settings');
  const rows = page.locator('main').getByRole('region').getByRole('link');
  await page.getByLabel('Find a setting').fill('debt LIMIT');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('£100.00');
  await page.getByLabel('Find a setting').fill('zebra');
  await expect(page.getByRole('status').filter({ hasText: 'Nothing found' })).toBeVisible();
  await page.getByLabel('Find a setting').fill('debt');
  await rows.filter({ hasText: 'Debt limit' }).click();
  await expect(page.getByLabel('Debt limit of a customer')).toHaveValue('100');

  // on a phone the section fills the screen and has a back button
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole('navigation', { name: 'Sections of the settings' })).toBeHidden();
  await till.button('Settings').click();
  await expect(page.getByLabel('Find a setting')).toBeVisible();
});

test('points earn, pay and are worth what the shop says', async ({ till, page }) => {
  const settings = new SettingsPage(till);
  await till.goTo('settings');
  await page.getByRole('link', { name: /^Earned, % of what is paid/ }).click();
  await page.getByLabel('Earned, % of what is paid').fill('101');
  await page.getByLabel('One point is worth').fill('0');
  await till.button('Save').click();
  for (const field of ['Earned, % of what is paid', 'One point is worth'])
    await expect(page.getByLabel(field)).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Earned, % of what is paid').fill('50');
  await page.getByLabel('Points may pay up to, % of a receipt').fill('12.5');
  await page.getByLabel('One point is worth').fill('0.5');
  await settings.save();
  await till.goTo('settings');
  await expect(page.getByRole('link', { name: /^Points may pay up to/ })).toContainText('12.5 %');
  await till.goTo('till');
  // £4.49, half of it paid in points worth £0.50
  await till.ring('Ground coffee, 250 g');
  await till.chooseCustomer('Vera Lugova');
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  const sales = (await newRows(page, 'journal')).filter(({ act }) => act === 'sale');
  expect(sales).toMatchObject([{ body: { pointsEarned: 4, pointValue: 50 } }]);
});

test.describe('names of tills', () => {
  test.use({ shop: 'prepared' });

  test(
    'a till is renamed, but not to another till’s name, and follows a new name given elsewhere @long',
    { tag: '@service-worker' },
    async ({ till, page, relay }) => {
      await till.openShop();
      const settings = new SettingsPage(till);
      const other = await ownersOtherTill(relay);
      await till.goTo('settings/device');
      await till.button('Rename').click();
      const name = till.dialog.getByLabel('Name');
      await expect(name).toHaveValue('Till 1');
      await name.fill('касса 1');
      await settings.asOwner(
        till.dialog.getByRole('button', { name: 'Save' }),
        page.getByText('Another till already has this name.'),
      );
      await name.fill('Bakery');
      await till.dialog.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByText('The till is renamed')).toBeVisible();
      await expect(note(page)).toHaveText('Corner shop · Bakery');

      await till.goTo('settings/tills');
      await till.button('Show the tills').click();
      await expect(page.getByRole('listitem').filter({ hasText: 'Bakery' })).toContainText(
        'This till',
      );
      await till.button('Rename: Касса 1').click();
      await till.dialog.getByLabel('Name').fill('Door');
      await till.dialog.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('listitem').filter({ hasText: 'Door' })).toBeVisible();

      const { json } = await other.call('GET', '/tills');
      const tills = json['tills'] as { id: string; name: string }[];
      expect(tills.map((each) => each.name).sort()).toEqual(['Bakery', 'Door']);
      const here = tills.find((each) => each.name === 'Bakery')?.id ?? '';
      expect((await other.call('PUT', `/tills/${here}/name`, { name: 'Counter' })).status).toBe(
        200,
      );
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      await expect(note(page)).toHaveText('Corner shop · Counter');
      // the name is stored on the device, so a till that starts offline shows it
      await till.open('#/settings/device');
      await till.signIn(OWNER.name);
      await page.context().setOffline(true);
      await expect(note(page)).toHaveText('Corner shop · Counter');
    },
  );
});
