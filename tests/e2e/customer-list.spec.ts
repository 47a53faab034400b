// A card with a birthday and a group; customers imported from a file and exported to one.
import { readFile } from 'node:fs/promises';
import { expect, test } from '../support/e2e';
import { SettingsPage } from '../support/settings-page';
import { rowsOf } from '../support/till-disk';

const LIST = [
  'Name;Phone;Birthday;Group;Debt;Points',
  'Olive Marsh;+7 925 000-04-61;29.02;Regulars;12.50;30',
  'Rounded;4,47701E+11;;;;',
  'Tomorrow;;31.12.2199;;;',
  'Olive again;+79250000461;;;;',
].join('\r\n');

test('customers get birthdays and groups, come from a file with its faults named, and go into one @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.goTo('settings/shop');
  await till.button('Add a group').click();
  await page.getByLabel('Name of group 1').fill('Regulars');
  const settings = new SettingsPage(till);
  await settings.save();

  await till.goTo('customers');
  await till.button('New customer').click();
  const form = till.dialog;
  await form.getByLabel('Name').fill('Fern Hollow');
  await form.getByLabel(/^Birthday/).fill('31.02');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('There is no such day.')).toBeVisible();
  await form.getByLabel(/^Birthday/).fill('29.02');
  await form.getByLabel('Group').selectOption({ label: 'Regulars' });
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(till.dialog.getByText('29.02')).toBeVisible();
  await expect(till.dialog.getByText('Regulars')).toBeVisible();
  await till.dialog.getByRole('button', { name: 'Close' }).first().click();

  await till.button('Import from a file').click();
  await page.locator('input[type=file]').setInputFiles({
    name: 'customers.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(LIST),
  });
  await expect(till.dialog.getByText('1 customer will be added.')).toBeVisible();
  await expect(till.dialog).toContainText('gets a message about their debt: 1 message. Demo:');
  await expect(till.dialog.getByText('Row 3. Phone:')).toContainText('digits are lost');
  await expect(till.dialog.getByText('Row 4. Birthday:')).toContainText('still to come');
  await expect(till.dialog.getByText('Row 5. Phone:')).toContainText('in row 2');
  const add = till.dialog.getByRole('button', { name: 'Add 1 customer' });
  await settings.asOwner(add, page.getByText('Added: 1.'));
  await till.dialog.getByRole('button', { name: 'Close' }).last().click();

  const download = page.waitForEvent('download');
  await till.button('Download the list (CSV)').click();
  const file = await readFile(await (await download).path(), 'utf8');
  expect(file.split('\r\n')[0]).toBe('\uFEFFName;Phone;Birthday;Group;Note;Debt;Points');
  expect(file).toContain("Olive Marsh;'+79250000461;29.02;Regulars;;12.50;30");
  expect(file).toContain('Fern Hollow;;29.02;Regulars;;0.00;0');
  const imported = (await rowsOf(page, 'journal')).filter(
    ({ act }) => act === 'customers-imported',
  );
  expect(imported.at(-1)).toMatchObject({ body: { accounts: [{ delta: 1250 }, { delta: 30 }] } });

  await till.button('Import from a file').click();
  await till.dialog.getByRole('button', { name: 'Undo the import' }).click();
  const undo = page.getByRole('dialog', { name: 'Undo an import of customers' });
  await expect(undo.getByText('1 card will be removed.')).toBeVisible();
  await expect(undo.getByText(/debts of .*12\.50/)).toBeVisible();
  const confirm = undo.getByRole('button', { name: 'Undo the import' });
  await settings.asOwner(confirm, page.getByText('Cards removed: 1. The import is undone when'));
  await expect(till.dialog.getByText(/Undone\.|Undoing waits/)).toBeVisible();
  await till.dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByText('Fern Hollow')).toBeVisible();
  await expect(page.getByText('Olive Marsh')).toBeHidden();
});
