// Categories named and arranged at one tablet, seen at the other, and sold from offline.
import { expect, expectSent, test } from '../support/e2e';
import type { TillPage } from '../support/till-page';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

const pills = (at: TillPage) => at.page.getByRole('group', { name: 'Categories' });
const pill = (at: TillPage, name: string) => pills(at).getByRole('button', { name, exact: true });
const rows = (at: TillPage) => at.page.getByRole('main').getByRole('listitem');

async function openForm(at: TillPage, name: string): Promise<void> {
  await at.goTo('catalogue/categories');
  await at.page.getByTitle(`Change ${name}`).click();
}

async function rename(at: TillPage, from: string, to: string): Promise<void> {
  await openForm(at, from);
  await at.dialog.getByLabel('Name').fill(to);
  await at.button('Save').click();
  await expect(at.dialog).toHaveCount(0);
}

test('a category renamed, coloured and moved at one tablet is so at the other @long', async ({
  till,
  second,
}) => {
  await expect(pill(second, 'Groceries')).toBeVisible();
  await openForm(till, 'Groceries');
  await till.dialog.getByLabel('Name').fill('drinks');
  await till.button('Save').click();
  await expect(till.dialog).toContainText('There is a category with this name already');
  await till.dialog.getByLabel('Name').fill('Pantry');
  await till.dialog.getByRole('radio', { name: 'rose' }).check();
  await till.button('Save').click();
  await expect(till.dialog).toHaveCount(0);
  // quick clicks, each before the previous one is saved
  await till.button('Move Pantry up').evaluate((up: HTMLElement) => {
    for (let place = 3; place > 0; place -= 1) up.click();
  });
  await expect(rows(till).first()).toContainText('Pantry');
  // it appears at the other tablet within moments, without anybody touching its screen
  await expect(pills(second).getByRole('button').nth(1)).toHaveText('Pantry');
  await expect(pill(second, 'Groceries')).toHaveCount(0);

  // a product is put into it by the name on screen
  await second.goTo('catalogue');
  await second.button('Add a product').click();
  await second.dialog.getByLabel('Name').fill('Lentils');
  await second.dialog.getByLabel('Price').fill('1.20');
  await second.dialog.getByLabel('Category').fill('pantry');
  await second.button('Save').click();
  await expect(second.dialog).toHaveCount(0);
  await second.page.getByLabel('Find a product').fill('lentils');
  await expect(second.page.getByRole('row', { name: /Lentils/ })).toContainText('Pantry');

  await till.goTo('journal');
  await till.button('All entries').click();
  await till.page.getByText('Categories: 1 changed').last().click();
  await expect(till.dialog).toContainText(/Groceries: (name Pantry|colour rose)/);
});

test('a category added, removed and brought back; its goods stay @long', async ({ till, page }) => {
  await till.goTo('catalogue/categories');
  await till.button('Add a category').click();
  await till.dialog.getByLabel('Name').fill('Flowers');
  await till.button('Save').click();
  await expect(rows(till).filter({ hasText: 'Flowers' })).toContainText('0 products');

  await openForm(till, 'Drinks');
  await till.button('Remove the category').click();
  await expect(page.getByTitle('Change Drinks')).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByTitle('Change Drinks')).toBeVisible();
  await openForm(till, 'Drinks');
  await till.button('Remove the category').click();
  await till.goTo('till');
  await expect(pill(till, 'Drinks')).toHaveCount(0);
  await pill(till, 'No category').click();
  await expect(page.locator('.tiles').getByRole('button').first()).toBeVisible();
  await till.goTo('catalogue/categories');
  await till.button('Bring back Drinks').click();
  await till.goTo('till');
  await expect(pill(till, 'Drinks')).toBeVisible();
});

test('a category renamed at both tablets while one is offline waits for a decision @long', async ({
  till,
  second,
}) => {
  await second.goTo('catalogue/categories');
  await expect(second.page.getByTitle('Change Household')).toBeVisible();
  await second.page.context().setOffline(true);
  await rename(second, 'Household', 'Cleaning');
  await rename(till, 'Household', 'For the home');
  await expectSent(till);
  await expect(second.page.getByTitle('Change Cleaning')).toBeVisible();
  await second.page.context().setOffline(false);
  await expect(second.page.getByTitle('Change For the home')).toBeVisible({ timeout: 45_000 });
  await second.goTo('to-settle');
  await expect(rows(second).first()).toContainText(
    'For the home: name Cleaning, and now For the home',
  );
  await second.button('Apply these values').click();
  await expect(second.page.getByText('Nothing to settle')).toBeVisible();
  await till.goTo('catalogue/categories');
  await expect(till.page.getByTitle('Change Cleaning')).toBeVisible({ timeout: 30_000 });
});

test('a sale by the tiles of a category that was renamed offline @long', async ({ till, page }) => {
  await page.context().setOffline(true);
  await rename(till, 'Dairy and eggs', 'Chilled');
  await till.goTo('till');
  await pill(till, 'Chilled').click();
  await expect(pill(till, 'Chilled')).toHaveAttribute('aria-pressed', 'true');
  const tile = page.locator('.tiles').getByRole('button').first();
  await tile.click();
  await expect(till.lines).toHaveCount(1);
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
});
