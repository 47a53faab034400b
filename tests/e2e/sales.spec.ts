// Past sales, found by number, sum and the code on a receipt, also offline.
// They are opened with their proof and printed again.
import { printedNumber, receiptCode } from '$lib/domain/values/receipt-number';
import { changePolicy, expect, follow, newOperator, ownersOtherTill, test } from '../support/e2e';
import { newRows } from '../support/till-disk';

test.use({ shop: 'shared' });

test.beforeEach(async ({ context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
});

/** The hash of the newest sale of this page's till. */
const newestHash = (page: import('@playwright/test').Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const opened = indexedDB.open('counterfoil');
        opened.onsuccess = () => {
          const all = opened.result.transaction('sales').objectStore('sales').getAll();
          all.onsuccess = () => {
            opened.result.close();
            const rows = all.result as { hash: string; number: number }[];
            resolve(rows.sort((a, b) => b.number - a.number)[0]?.hash ?? '');
          };
        };
      }),
  );

// comes first, because it numbers the shop's sales
test('a sale is found by its number, its sum or its paper, and a copy of the receipt is recorded', async ({
  till,
  page,
}) => {
  await till.sellForCash('Ground coffee, 250 g');
  await till.next();
  await till.sellForCash('Tandoor flatbread');
  const hash = await newestHash(page);
  await till.goTo('sales');
  const rows = page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('1-000002');

  const search = page.getByRole('searchbox', { name: 'Find a sale' });
  await search.fill('1-1');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('4.49');
  await search.fill('4.49');
  await expect(rows).toHaveCount(1);
  await search.fill('coffee');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('1-000001');
  await till.button('Product: Ground coffee, 250 g').click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('1-000001');

  // a receipt of another shop: its number exists here, but its sale does not
  await till.scan(receiptCode('1-000002', 'f'.repeat(64)));
  await expect(rows).toHaveCount(0);
  await expect(page.getByText('The sale of this receipt is not on this till')).toBeVisible();
  await till.button('Search at the shop server').click();
  await expect(page.getByText('it is another shop’s')).toBeVisible();

  await till.scan(receiptCode('1-000002', hash));
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('1-000002');
  // it is the only match, so its page opens automatically
  await till.button('Show or print the receipt').click();
  await expect(till.dialog.last()).toContainText('DUPLICATE');
  await expect(
    till.dialog.last().getByRole('img', { name: /Receipt code 1-000002-/ }),
  ).toBeVisible();
  await till.button('Copy as text').click();
  await expect(till.button('Copied')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await till.goTo('journal');
  await page
    .getByRole('radio', { name: 'All entries' })
    .or(page.getByText('All entries'))
    .first()
    .click();
  await expect(page.getByRole('table')).toContainText('Receipt printed again');
});

test.describe('with another till', () => {
  test.use({ shop: 'prepared' });

  test(
    'a manager sees the sales of the other till, asks the shop server for older ones, and reads that offline they wait @long',
    { tag: '@service-worker' },
    async ({ till, second, page, context }) => {
      await second.sellForCash('Tandoor flatbread');
      await till.goTo('sales');
      const rows = page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
      await expect(rows).toContainText(['2-000001'], { timeout: 10_000 });
      await till.button('Older ones at the shop server').click();
      await expect(till.dialog).toBeVisible();
      await page.keyboard.type('135790');
      await expect(page.getByText('Nothing more was found at the shop server.')).toBeVisible();
      await expect(rows).toHaveCount(1);
      await context.setOffline(true);
      await expect(page.getByText('They can be found once the connection is back.')).toBeVisible({
        timeout: 20_000,
      });
      await rows.getByRole('button').click();
      await expect(till.dialog.getByRole('heading', { level: 2 })).toContainText('Sale No. ');
      await expect(till.dialog).toContainText('Tandoor flatbread');
      await context.setOffline(false);
    },
  );
});

test('a whole sum is asked of the shop server as a number and as a sum; a name that fits nothing finds no sale @long', async ({
  till,
  page,
}) => {
  await till.sellForCash('Ground coffee, 250 g');
  await till.goTo('sales');
  const rows = page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
  await expect(rows).not.toHaveCount(0);
  const search = page.getByRole('searchbox', { name: 'Find a sale' });
  await search.fill('zzzzqqq');
  await expect(page.getByText('No customer or product is called that')).toBeVisible();
  await expect(page.getByText('Check how the name is spelled.')).toBeVisible();
  await expect(rows).toHaveCount(0);
  await expect(till.button('Search at the shop server')).toHaveCount(0);
  await search.fill('Ground');
  await expect(till.button('Product: Ground coffee, 250 g')).toBeVisible();
  // other stories may have sold it, too
  await expect(rows).not.toHaveCount(0);

  await search.fill('500');
  const asked = ['number=1-500', 'total=50000'].map((of) =>
    page.waitForRequest((request) => request.url().endsWith(`/sales?${of}`)),
  );
  await till.button('Search at the shop server').click();
  await expect(till.dialog).toBeVisible();
  await page.keyboard.type('135790');
  await Promise.all(asked);
  await expect(page.getByText('Nothing more was found at the shop server.')).toBeVisible();
});

// comes last, because they stay signed in
test('a cashier sees their own sales of the shift, and any other by its number @long', async ({
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
  await till.sellForCash('Tandoor flatbread');
  await till.next();
  await follow(page, version);
  await till.lock();
  await till.signIn('Kirill', '258025');
  await till.sellForCash('Ground coffee, 250 g');
  await till.goTo('sales');
  const rows = page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
  const [olgas, kirills] = (await newRows(page, 'sales'))
    .map(({ number }) => Number(number))
    .sort((a, b) => a - b)
    .map((number) => printedNumber(1, number));
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(kirills!);
  await expect(page.getByText('your sales of this shift')).toBeVisible();
  await expect(page.getByLabel('Day')).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Find a sale' }).fill(olgas!);
  await expect(rows).toContainText([olgas!]);
});
