// The frame around every screen: the chip's word, the name at the till, short messages, the page that scrolls, who comes in where.
import { changePolicy, expect, follow, newOperator, ownersOtherTill, test } from '../support/e2e';

test.beforeEach(({ till }) => till.firstRun());

/** A phone, a tablet held upright, a tablet on its side. */
const SIZES = [
  { width: 390, height: 844 },
  { width: 800, height: 1280 },
  { width: 1280, height: 800 },
];

test('the chip says that codes of the demo go to no phone', async ({ till }) => {
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
  await expect(till.chip).toContainText('Demo codes');
  await till.chip.click();
  await expect(till.dialog).toContainText('Codes are not sent to phones');
});

test('nothing in the bar is cut, and a short message covers none of it', async ({ till, page }) => {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await till.goTo('settings/staff');
    const title = page.getByRole('heading', { level: 1, name: 'Staff and permissions' });
    await expect(title).toBeVisible();
    expect(await title.evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
    const lock = till.button(/Lock the till/);
    await expect(lock.locator('svg')).toBeInViewport({ ratio: 1 });

    await till.goTo('till');
    await till.ring('Carrier bag');
    if (size.width < 700) await till.button('Show the whole receipt').click();
    await till.lines.first().getByRole('button').click();
    await till.dialog.getByRole('button', { name: 'Remove from the receipt' }).click();
    if (size.width < 700) await till.button('Fold the receipt').click();
    await expect(till.dialogs).toHaveCount(0);
    await expect(page.getByRole('region', { name: 'Messages' })).toContainText('Carrier bag');
    await till.chip.click({ trial: true });
    await lock.click({ trial: true });
    await till.button('Sections').click({ trial: true });
  }
});

test('a page scrolls inside its frame, never as a whole', async ({ till, page }) => {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await till.goTo('settings/contacts');
    await till.button('Save').first().waitFor();
    expect(
      await page.evaluate(() => {
        const main = document.querySelector('main');
        const page = document.documentElement;
        return [
          page.scrollHeight - page.clientHeight,
          (main?.scrollHeight ?? 0) - (main?.clientHeight ?? 0),
        ];
      }),
    ).toEqual([0, 0]);
  }
});

test('whoever comes in where he may not be begins at the till', async ({ till, page, relay }) => {
  const owner = await ownersOtherTill(relay);
  const kirill = await newOperator('Kirill', 'cashier', '258025');
  const version = await changePolicy(owner, (policy) => ({
    ...policy,
    operators: [...policy.operators, kirill],
  }));
  await follow(page, version);
  await till.goTo('journal');
  await expect(page.getByRole('heading', { level: 1, name: 'Journal' })).toBeVisible();
  await till.lock();
  await till.signIn('Kirill', '258025');
  await expect(till.button('Often bought')).toBeVisible();
  await till.goTo('journal');
  await expect(page.getByText('This section is closed to you')).toBeVisible();
});
