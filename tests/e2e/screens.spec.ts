// What all screens share: the same header, each setting in its own section, entries that open.
import { expect, test } from '../support/e2e';

const SCREENS = [
  ...[
    'sales',
    'customers',
    'catalogue',
    'journal',
    'unconfirmed',
    'to-settle',
    'costs',
    'settings',
  ],
  ...['settings/shop', 'settings/codes-and-limits', 'settings/messages', 'settings/staff'],
  ...['settings/device', 'settings/tills', 'settings/data', 'settings/looks'],
];

test.use({ shop: 'shared' });

test('every screen has one title, in the same header', async ({ till, page }) => {
  const title = page.locator('main, header').getByRole('heading', { level: 1 });
  const places = new Map<string, string>();
  // the banner comes with the relay's first answer, and moves every header down
  await expect(page.getByText('Demo mode')).toBeVisible();
  for (const screen of SCREENS) {
    await till.goTo(screen);
    await expect(page.locator('main')).toBeVisible();
    await expect(title).toHaveCount(1);
    const [header, left] = [
      await page.getByRole('banner').boundingBox(),
      await title.boundingBox(),
    ];
    // with a note below it the title is slightly higher within the same header
    places.set(screen, JSON.stringify({ header, left: left?.x }));
  }
  expect(Object.fromEntries(places)).toEqual(
    Object.fromEntries(SCREENS.map((screen) => [screen, places.get('customers')])),
  );
});

test('backup, language and other tills each have a section of their own', async ({
  till,
  page,
}) => {
  const main = page.locator('main');
  const section = (name: string) => main.getByRole('heading', { level: 2, name, exact: true });
  await till.goTo('settings/data');
  await expect(section('Backup')).toBeVisible();
  await expect(section('Demo goods')).toBeVisible();
  for (const screen of ['settings/device', 'settings/tills', 'settings/looks']) {
    await till.goTo(screen);
    await expect(section('Backup')).toHaveCount(0);
    await expect(section('Demo goods')).toHaveCount(0);
  }
  await expect(main.getByRole('group', { name: 'Language' })).toBeVisible();
  for (const screen of ['settings/device', 'settings/tills', 'settings/data']) {
    await till.goTo(screen);
    await expect(main.getByRole('group', { name: 'Language' })).toHaveCount(0);
  }
});

test('an entry of a customer’s card opens as the journal shows it', async ({ till, page }) => {
  await till.goTo('customers');
  await page.getByRole('button', { name: /^Vera Lugova/ }).click();
  await page.getByRole('button', { name: /Opening balance/ }).click();
  await expect(till.dialog).toContainText('Customers imported');
  await expect(till.dialog).toContainText('£12.50');
});

// last: the shop has a customer of its own afterwards
test('demo goods are offered again only until the shop has a customer of its own', async ({
  till,
  page,
}) => {
  await till.goTo('settings/data');
  await expect(page.locator('[data-demo]')).toBeVisible();
  await till.goTo('till');
  await till.ring('Carrier bag');
  await till.newCustomer('Harriet Poole', '07400 123456');
  await till.goTo('settings/data');
  await expect(page.getByRole('heading', { name: 'Backup', exact: true })).toBeVisible();
  await expect(page.locator('[data-demo]')).toHaveCount(0);
});
