// Automatic discounts: an owner adds one and sees what it does.
// A sale, its receipt and its return follow it.
import { expect, test } from '../support/e2e';
import { SettingsPage } from '../support/settings-page';
import { rowsOf } from '../support/till-disk';

test('an automatic discount is added with a preview, given, named on the receipt, and returned in part @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.ring('Ground coffee, 250 g', 2);
  await page.goto(`${new URL('/', page.url()).href}#/settings/discounts`);
  await till.button('Add an automatic discount').click();
  const save = till.dialog.getByRole('button', { name: 'Save', exact: true });
  await save.click();
  await expect(till.dialog.getByRole('alert')).toHaveText(/\S/);
  await till.dialog.getByLabel('Name', { exact: true }).fill('Happy hour');
  await till.dialog.getByLabel('When it is given').selectOption('From a receipt total');
  await till.dialog.getByLabel('Receipt from').fill('5');
  await till.dialog.getByLabel('Discount, %').fill('10');
  const preview = till.dialog.getByRole('region', { name: 'Example' });
  await expect(preview).toContainText('This receipt would cost £8.08 instead of £8.98');
  const row = page.getByRole('button', { name: /^Happy hour/ });
  await new SettingsPage(till).asOwner(save, row);
  await expect(row).toContainText('−10 % · All goods · Receipt from £5.00');

  await till.goTo('till');
  await expect(till.lines.first()).toContainText(/Automatic discount “Happy hour”\s*−0\.90/);
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  const [sale] = (await rowsOf(page, 'journal')).filter(({ act }) => act === 'sale');
  expect(sale).toMatchObject({
    body: {
      total: 808,
      byRules: { names: [{ name: 'Happy hour' }] },
      lines: [{ discounts: [{ from: 'rule', basisPoints: 1000, amount: 90 }] }],
    },
  });

  await till.goTo('sales');
  const rows = page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
  await rows.first().getByRole('button').click();
  await expect(till.dialog).toContainText('Automatic discount “Happy hour” 10 %');
  await till.button(/^Return$/).click();
  await till.button('More: Ground coffee, 250 g').click();
  await till.sayReturn('Nothing');
  await till.button('Refund 4.04').click();
  await expect(till.dialog).toContainText(/Give in cash\s*£4\.04/);
});
