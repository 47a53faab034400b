// The printed receipt: its contents come from the journal, not from the screen, and fit the paper.
import type { Page } from '@playwright/test';
import { printedNumber } from '$lib/domain/values/receipt-number';
import { changePolicy, expect, newOperator, ownersOtherTill, test } from '../support/e2e';
import { newRows } from '../support/till-disk';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

const POINTS_PER_MM = 72 / 25.4;

test.beforeEach(({ context }) => context.grantPermissions(['clipboard-read', 'clipboard-write']));

/** Size of each page, mm, as the browser would send them to a printer. */
async function printed(page: Page): Promise<{ width: number; height: number }[]> {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  return [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) => ({
    width: Math.round(Number(width) / POINTS_PER_MM),
    height: Math.round(Number(height) / POINTS_PER_MM),
  }));
}

test('a receipt without a code clearly names who allowed it, by which right and why; one page of 80 or 58 mm', async ({
  till,
  page,
}) => {
  await till.pointsAndDebtWithoutCodes();
  await till.button('Show or print the receipt').click();

  const slip = till.dialog.locator('[data-slip]');
  const [sold] = await newRows(page, 'sales');
  await expect(slip).toContainText('Corner shop');
  await expect(slip).toContainText(`Receipt No. ${printedNumber(1, Number(sold?.['number']))}`);
  await expect(slip).not.toContainText('DUPLICATE');
  await expect(slip.getByText('WITHOUT THE CUSTOMER’S CODE')).toHaveCount(2);
  await expect(slip.getByText('Allowed by: Olga, owner')).toHaveCount(2);
  await expect(slip).toContainText('By the right “Put on account without a code”');
  await expect(slip.getByText('Reason: no internet')).toHaveCount(2);
  const sale = (await newRows(page, 'journal')).find(({ act }) => act === 'sale');
  const tag = `Journal No. ${String(sale?.['seq'])} · ${String(sale?.['hash']).slice(0, 8)}`;
  await expect(slip).toContainText(tag);

  await till.button('Copy as text').click();
  await expect(till.button('Copied')).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text.replaceAll('\u00a0', ' ').split('\n')).toEqual(
    expect.arrayContaining([
      'Ground coffee, 250 g',
      '1 × 4.49                    4.49',
      'TOTAL                      £4.49',
      'Paid with 100 points        1.00',
      'Cash                        2.00',
      'PUT ON ACCOUNT             £1.49',
      'Debt before                 0.00',
      'Debt after                  1.49',
      'Points redeemed              100',
      tag,
    ]),
  );

  for (const width of [80, 58]) {
    await till.button(`${width} mm`).click();
    await expect(till.button(`${width} mm`)).toHaveAttribute('aria-pressed', 'true');
    // the page is measured one frame after the width has changed
    await expect.poll(async () => (await printed(page)).length).toBe(1);
    const pages = await printed(page);
    expect(pages[0]?.width).toBe(width);
    expect(pages[0]?.height).toBeGreaterThan(90);
  }
});

test('the first paper of a saved sale is the original, and each further one a recorded copy', async ({
  till,
  page,
}) => {
  const copies = async () =>
    (await newRows(page, 'journal')).filter(({ act }) => act === 'receipt-reprinted').length;
  const slip = till.dialog.locator('[data-slip]');
  const open = () => till.button('Show or print the receipt').click();
  // each copy is recorded, so press once and wait for the result
  const copy = () => till.dialog.getByRole('button', { name: /^(Copy as text|Copied)$/ }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await till.sellForCash('Ground coffee, 250 g');
  await open();
  await expect(slip).toContainText('DEMO');
  await expect(slip).not.toContainText('DUPLICATE');
  await copy();
  await expect.poll(copied).toMatch(/^DEMO\n/);
  expect(await copied()).not.toContain('DUPLICATE');
  await expect(slip).toContainText('DUPLICATE');
  expect(await copies()).toBe(0);
  // opened again, it is still a copy
  await till.dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await open();
  await expect(slip).toContainText('DUPLICATE');
  await copy();
  await expect.poll(copied).toContain('DUPLICATE');
  await expect.poll(copies).toBe(1);
  await printed(page);
  await expect.poll(copies).toBe(2);
});

test('a receipt printed again from the journal is marked as a copy, and nothing else of the page is printed @long', async ({
  till,
  page,
}) => {
  await till.sellForCash('Ground coffee, 250 g');
  await till.next();
  await till.goTo('journal');
  await page.getByText('All entries').click();
  const [sale] = await newRows(page, 'sales');
  await till.button(`Sale No. ${printedNumber(1, Number(sale?.['number']))}`).click();
  await till.dialog.getByRole('button', { name: 'Show or print the receipt' }).click();
  const slip = till.dialog.locator('[data-slip]');
  await expect(slip).toContainText('DUPLICATE');
  await expect(slip).toContainText('£4.49');
  await expect(slip).not.toContainText('Confirmed by');

  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('#app')).toBeHidden();
  await expect(page.locator('.printed-receipt')).toBeVisible();
  await page.emulateMedia({ media: 'screen' });
  await till.dialog.getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('.printed-receipt')).toHaveCount(0);
});

test('a cashier’s discount above their own cap is allowed by a colleague’s PIN, and stands on the paper @long', async ({
  till,
  page,
  relay,
}) => {
  const owner = await ownersOtherTill(relay);
  await changePolicy(owner, (policy) => {
    policy.operators.push(newOperator('Kirill', 'cashier', '258025'));
    return policy;
  });
  await till.open();
  await till.signIn('Kirill', '258025');
  await till.ring('Ground coffee, 250 g');
  await till.page.getByRole('button', { name: 'Discount', exact: true }).click();
  await page.getByRole('textbox', { name: 'Discount, %' }).fill('10');
  await till.dialog.getByRole('button', { name: 'Done' }).click();
  await till.dialog.getByRole('button', { name: /Olga/ }).click();
  await page.keyboard.type('135790');
  await expect(till.dialogs).toHaveCount(0);
  await expect(till.lines.first()).toContainText('4.04');
  await till.button('Receipt discount').click();
  await page.getByLabel('Discount as a sum').fill('1');
  await till.dialog.getByRole('button', { name: 'Done' }).click();
  // the first PIN counted for the first discount only
  await till.dialog.getByRole('button', { name: /Olga/ }).click();
  await page.keyboard.type('135790');
  await expect(till.button(/^Receipt discount: −1.00/)).toBeVisible();
  await till.pay();
  await till.button(/^Card/).click();
  await till.expectSaved();
  await expect(till.saved).toContainText('£3.04');
  await till.button('Show or print the receipt').click();
  const slip = page.locator('[data-slip]').first();
  await expect(slip).toContainText(/4.49\s*Discount 10 %\s*-?−?0.45\s*Receipt discount\s*-?−?1.00/);
});
