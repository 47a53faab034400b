// The till screen: low screens, where keys move the focus, long names, searches, another language.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/e2e';
import { newRows } from '../support/till-disk';

test.use({ shop: 'shared' });

test.beforeEach(async ({ till }) => {
  // the demo's explanation comes with the relay's first answer; closed once, it does not return
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
  const explained = till.button('OK');
  if (await explained.isVisible()) await explained.click();
  await expect(explained).toHaveCount(0);
});

/** Elements whose focus ring is cut off by something that scrolls or clips; empty if there are none. */
const ringCut = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement)) return 'nothing has the focus';
    const ring = at instanceof HTMLInputElement ? at.closest('.box') : at;
    if (!ring) return 'no box';
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(ring);
    if (outlineStyle === 'none') return 'no ring';
    const beyond = parseFloat(outlineWidth) + parseFloat(outlineOffset);
    const box = ring.getBoundingClientRect();
    for (let over = ring.parentElement; over; over = over.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(over);
      const clip = over.getBoundingClientRect();
      const [left, top] = [clip.left + over.clientLeft, clip.top + over.clientTop];
      const isCut =
        (overflowX !== 'visible' &&
          (box.left - beyond < left - 0.5 || box.right + beyond > left + over.clientWidth + 0.5)) ||
        (overflowY !== 'visible' &&
          (box.top - beyond < top - 0.5 || box.bottom + beyond > top + over.clientHeight + 0.5));
      if (isCut) return `${at.textContent.trim().slice(0, 20)} in ${over.className}`;
    }
    return '';
  });

/** The name of the focused element. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement: at } = document;
    return at?.getAttribute('aria-label') ?? at?.textContent.trim() ?? '';
  });

test('the keyboard leads from the search over the goods into the receipt and to Pay; F9 and Enter in the empty search pay', async ({
  till,
  page,
}) => {
  const search = page.getByLabel('Find a product');
  await till.ring('Carrier bag');
  // the result of the search stays until all goods were read again
  await expect(till.button('Often bought')).toBeVisible();
  await search.focus();
  const met: string[] = [];
  const cut = [await ringCut(page)];
  for (let n = 0; n < 20 && !met.at(-1)?.startsWith('Pay'); n += 1) {
    await page.keyboard.press('Tab');
    met.push(await focused(page));
    cut.push(await ringCut(page));
  }
  expect(met.map((name) => name.replace(/\d.*$/s, '').trim())).toEqual([
    ...['Often bought', 'Bread and pastry', 'Dairy and eggs', 'Fruit and vegetables', 'Groceries'],
    ...['Drinks', 'Sweets and snacks', 'Household'],
    // all goods together are one Tab stop
    expect.stringContaining('Sliced white loaf'),
    'Choose a customer',
    ...['Carrier bag', 'Change the quantity:', 'One more', 'Discount'],
    ...['Remove from the receipt', 'Hold', 'Receipt discount', 'Clear', 'Pay'],
  ]);

  const tiles = page.locator('.tiles').getByRole('button');
  for (const key of ['Home', 'End', 'ArrowUp', 'ArrowUp']) {
    await tiles.and(page.locator('[tabindex="0"]')).focus();
    await page.keyboard.press(key);
    cut.push(await ringCut(page));
  }
  expect(cut.filter((place) => place !== '')).toEqual([]);
  await tiles.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(tiles.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(tiles.nth(5)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(till.lines).toHaveCount(2);
  await till.button('Remove from the receipt').focus();
  await page.keyboard.press('Enter');
  await expect(till.lines.getByRole('button', { name: 'Carrier bag' })).toBeFocused();
  await search.fill('lemon');
  await tiles.filter({ hasText: 'Lemon' }).first().focus();
  await page.keyboard.press('Enter');
  await expect(till.lines).toHaveCount(2);
  await expect(search).toBeFocused();

  const firstTile = (await tiles.first().textContent()) ?? '';
  await page.keyboard.press('F9');
  await expect(page.getByRole('group', { name: 'Paid by' })).toBeVisible();
  await page.keyboard.press('Escape');
  await search.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('group', { name: 'Paid by' })).toBeVisible();
  await till.give('5');
  await page.keyboard.press('Enter');
  await till.expectSaved();
  await expect(till.button('Next customer')).toBeFocused();
  await expect(till.button('Next customer')).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(till.saved).toHaveCount(0);
  // what was sold today changes no tile's place
  await expect(tiles.first()).toHaveText(firstTile);
});

/** A phone in landscape, and a tablet at 200 % zoom. */
const LOW = [
  { width: 844, height: 390 },
  { width: 640, height: 400 },
];

for (const size of LOW) {
  test(`at ${size.width} × ${size.height} goods, total and Pay are in sight, and the sum of the saved sale is whole`, async ({
    till,
    page,
  }) => {
    await page.setViewportSize(size);
    const tile = page.locator('.tiles').getByRole('button').first();
    await expect(tile).toBeInViewport({ ratio: 1 });
    await tile.click();
    await expect(till.button(/^Pay/)).toBeInViewport({ ratio: 1 });
    await expect(till.lines.first()).toBeInViewport({ ratio: 1 });
    // without space for the tools, a tap on a line opens its quantity
    await till.lines.first().getByRole('button').first().click();
    const keys = till.dialog.getByRole('group', { name: 'Digits' }).getByRole('button');
    await expect(keys.first()).toBeInViewport({ ratio: 1 });
    await expect(keys.last()).toBeInViewport({ ratio: 1 });
    await till.dialog.getByLabel('Quantity').fill('9999');
    await till.dialog.getByRole('button', { name: 'Done' }).click();
    await page.setViewportSize({ width: 1280, height: 800 });
    await till.pay();
    await till.give('1000000');
    await till.accept();
    await till.expectSaved();
    await page.setViewportSize(size);
    // six digits, whichever product is first
    const change = till.saved.getByText(/^£99\d,/);
    await expect(change).toBeInViewport({ ratio: 1 });
    expect(await change.evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
    await expect(till.button('Next customer')).toBeInViewport({ ratio: 1 });
  });
}

test('with text twice as large goods, total, keypad and main button are in sight, and nothing is wider than the screen', async ({
  till,
  page,
}) => {
  const session = await page.context().newCDPSession(page);
  // set as in the browser's settings, because media queries follow it as well
  await session.send('Page.setFontSizes', { fontSizes: { standard: 32 } });
  const fits = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth <= 0);
  await expect(page.locator('.tiles').getByRole('button').first()).toBeInViewport({ ratio: 1 });
  await till.ring('Carrier bag');
  await expect(till.lines.first()).toBeInViewport({ ratio: 1 });
  await expect(till.button(/^Pay/)).toBeInViewport({ ratio: 1 });
  expect(await fits()).toBe(true);
  await till.pay();
  const keys = page.getByRole('group', { name: 'Digits' }).getByRole('button');
  await expect(keys.first()).toBeInViewport({ ratio: 1 });
  await expect(keys.last()).toBeInViewport({ ratio: 1 });
  await expect(till.button(/^Card/)).toBeInViewport({ ratio: 1 });
  await expect(till.main).toBeInViewport({ ratio: 1 });
  await expect(page.locator('.result')).toBeInViewport({ ratio: 1 });
  expect(await fits()).toBe(true);
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  await expect(till.button('Next customer')).toBeInViewport({ ratio: 1 });
  expect(await fits()).toBe(true);
  await session.send('Page.setFontSizes', { fontSizes: { standard: 16 } });
});

test('a second tap on Save does not close the saved screen unseen', async ({ till, page }) => {
  await till.ring('Carrier bag');
  await till.pay();
  await till.give('5');
  await page.evaluate(
    () =>
      new Promise<void>((tapped) => {
        const look = new MutationObserver(() => {
          const next = document.querySelector<HTMLElement>('[data-saved] .pane-foot .main');
          if (!next) return;
          look.disconnect();
          next.click();
          tapped();
        });
        look.observe(document.body, { childList: true, subtree: true });
        document.querySelector<HTMLElement>('[data-main-act] .main')?.click();
      }),
  );
  await till.expectSaved();
  await expect(till.saved).toContainText('£4.90');
  await till.next();
});

test('F1, and ? while nothing is searched for, list the keys', async ({ till, page }) => {
  const search = page.getByLabel('Find a product');
  await page.keyboard.press('F1');
  await expect(till.dialog).toContainText('adds the last product again');
  await page.keyboard.press('Escape');
  await expect(till.dialogs).toHaveCount(0);
  await search.focus();
  await page.keyboard.press('?');
  await expect(till.dialog).toContainText('to the search field');
  await page.keyboard.press('Escape');
  await search.fill('milk');
  await page.keyboard.press('?');
  await expect(search).toHaveValue('milk?');
  await expect(till.dialogs).toHaveCount(0);
});

test('a scan with long pauses on a slow machine opens no payment, and is reported whether recognised or not', async ({
  till,
  page,
}) => {
  await till.ring('Carrier bag');
  await page.locator('main').focus();
  await till.scan('4006381333931', 130);
  await expect(page.getByText('Only a part of the barcode was read. Scan it again.')).toBeVisible();
  await till.button('Household').focus();
  await till.scan('4006381333931', 130);
  await expect(page.getByRole('group', { name: 'Paid by' })).toHaveCount(0);
  await expect(till.button('Often bought')).toHaveAttribute('aria-pressed', 'true');
  await expect(till.lines).toHaveCount(1);
});

test('an added product is announced, a search shows whole names, and nothing moves during typing', async ({
  till,
  page,
}) => {
  const search = page.getByLabel('Find a product');
  const header = () =>
    search.evaluate((it) => {
      const { top, height } = (it.closest('.find') ?? it).getBoundingClientRect();
      return [top, height, document.querySelector('.frame')?.scrollTop];
    });
  const before = await header();
  await search.fill('chocolate');
  expect(await header()).toEqual(before);
  const rows = page.locator('.tiles').getByRole('button');
  await expect(rows.nth(1)).toContainText('Milk chocolate with nuts, 90 g');
  await expect(rows.nth(1)).toContainText('34 in stock');
  await search.fill('');
  await till.ring('Carrier bag', 2);
  const said = page.locator('[aria-live=polite]', { hasText: 'Total' });
  await expect(said).toHaveText('Carrier bag, 2 × 0.10. Total £0.20');

  await till.newCustomer('Maximiliana '.repeat(25).trim(), '07500123456');
  const name = page.getByRole('complementary', { name: 'Receipt' }).getByTitle(/^Maximiliana/);
  expect((await name.boundingBox())?.height).toBeLessThan(90);
  await expect(till.button(/^Pay/)).toBeInViewport({ ratio: 1 });
});

test('demo goods in the open receipt are renamed; a sale keeps the names it was closed with', async ({
  till,
  page,
}) => {
  await till.sellForCash('Carrier bag');
  await till.next();
  await till.ring('Ground coffee, 250 g');
  await till.goTo('settings/looks');
  await page.getByRole('radio', { name: 'Русский' }).check();
  await till.goTo('till');
  const receipt = page.getByRole('list', { name: 'Чек' });
  await expect(receipt).toContainText('Кофе молотый');
  await expect(receipt).not.toContainText('Ground coffee');
  await page.reload();
  await till.signIn();
  await expect(receipt).toContainText('Кофе молотый');

  const bodies = (await newRows(page, 'journal')).map((entry) => JSON.stringify(entry['body']));
  expect(bodies.some((body) => body.includes('Carrier bag'))).toBe(true);
});
