// The frame around every screen: status chip, operator's name, messages, scrolling, and access.
import type { Locator, Page } from '@playwright/test';
import { changePolicy, expect, follow, newOperator, ownersOtherTill, test } from '../support/e2e';
import { SMALL } from '../support/fits';
import { rowsOf } from '../support/till-disk';

test.use({ shop: 'shared' });

/** A phone, an upright tablet, a tablet in landscape. */
const SIZES = [
  { width: 390, height: 844 },
  { width: 800, height: 1280 },
  { width: 1280, height: 800 },
];

/** Whether a short message lies over any part of this. */
async function messageOver(page: Page, what: Locator): Promise<boolean> {
  const message = page.getByRole('region', { name: 'Messages' }).locator('> *').first();
  const [a, b] = [await message.boundingBox(), await what.boundingBox()];
  if (a === null || b === null) throw new Error('message or button is not on the screen');
  const apart =
    a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
  return !apart;
}

test('the chip says that demo codes go to no phone', async ({ till }) => {
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
  await expect(till.chip).toContainText('Demo codes');
  await till.chip.click();
  await expect(till.dialog).toContainText('Codes are not sent to phones');
});

test('no title is cut off, and a short message covers neither rail nor receipt', async ({
  till,
  page,
}) => {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await till.goTo('settings/staff');
    const title = page.getByRole('heading', { level: 1 });
    await expect(title).toBeVisible();
    expect(
      await title.evaluate((it) => [
        it.scrollWidth - it.clientWidth,
        it.scrollHeight - it.clientHeight,
      ]),
    ).toEqual([0, 0]);

    await till.goTo('till');
    await till.ring('Carrier bag');
    await till.ring('Oat biscuits');
    await till.removeFirstLine();
    await expect(page.getByRole('region', { name: 'Messages' })).toContainText('Carrier bag');
    // touches pass through a message, so it has to be seen beside the button
    expect(await messageOver(page, till.button(/^Pay/))).toBe(false);
    const rail = page.getByRole('navigation', { name: 'Sections' });
    await rail.getByRole('link', { name: 'Till' }).click({ trial: true });
    if (await till.chip.isVisible()) await till.chip.click({ trial: true });
    const more = till.button('More');
    if (await more.isVisible()) await more.click();
    await till.button(/Lock the till/).click({ trial: true });
    if (await more.isVisible()) await page.keyboard.press('Escape');
    await till.removeFirstLine();
  }
  await till.ring('Oat biscuits');
  await till.ring('Carrier bag');
  await till.removeFirstLine();
  // a phone lying, and a tablet at 200 % zoom
  for (const low of SMALL.slice(1)) {
    await page.setViewportSize(low);
    for (const seen of [till.button(/^Pay/), till.lines.first(), till.button('More')])
      await expect.poll(() => messageOver(page, seen)).toBe(false);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await till.removeFirstLine();
});

test('what a phone has no room for is behind More, which says that there is no connection', async ({
  till,
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(till.chip).toBeHidden();
  await till.button('More').click();
  await till.dialog.getByRole('link', { name: 'Costs' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Cost of codes');
  await page.context().setOffline(true);
  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  await till.button('Offline').click();
  await expect(till.dialog).toContainText('Offline');
});

test('the demo is explained once per device, until somebody closes the explanation', async ({
  till,
  page,
}) => {
  const banner = page.locator('.banners');
  await expect(banner).toContainText('Customers’ phones');
  await banner.getByRole('button', { name: 'OK' }).click();
  await expect(banner).not.toContainText('Customers’ phones');
  // the page must not be left before the preference is stored
  await expect
    .poll(async () => JSON.stringify(await rowsOf(page, 'meta')))
    .toContain('"demoExplained":true');
  await till.open();
  await till.signIn();
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
  await expect(banner).not.toContainText('Customers’ phones');
  await till.chip.click();
  await expect(till.dialog.getByRole('link', { name: 'Customers’ phones' })).toBeVisible();
});

test('text follows the size chosen in the browser', async ({ page }) => {
  const word = page.getByRole('navigation').getByText('Customers');
  const size = () => word.evaluate((it) => parseFloat(getComputedStyle(it).fontSize));
  const before = await size();
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  expect(await size()).toBe(2 * before);
  await page.evaluate(() => (document.documentElement.style.fontSize = ''));
});

test('a page scrolls inside its frame, never as a whole', async ({ till, page }) => {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await till.goTo('settings/codes-and-limits');
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

// last: the cashier stays signed in
test('an address that the operator may not open leads to the till', async ({
  till,
  page,
  relay,
}) => {
  const owner = await ownersOtherTill(relay);
  const kirill = newOperator('Kirill', 'cashier', '258025');
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
  await expect(page.getByText('You can’t open this section')).toBeVisible();
});
