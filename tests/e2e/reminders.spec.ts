// Reminders of a debt: an owner enables them, and a customer can decline them on their card.
import { expect, test } from '../support/e2e';
import { SettingsPage } from '../support/settings-page';

test.use({ shop: 'shared' });

test('a customer who wants no reminders is shown so on their card @long', async ({
  till,
  page,
}) => {
  await till.goTo('customers');
  await page.getByRole('button', { name: /Timur Sadykov/ }).click();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  const wanted = till.dialog.getByRole('switch', { name: 'Reminders of the debt' });
  await expect(wanted).toBeChecked();
  await expect(till.dialog).toContainText('Codes and messages about their account always come');
  await wanted.uncheck();
  await till.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(till.dialog).toContainText(/Reminders of the debt\s*not wanted/);
});

test('an owner has customers reminded, and is warned before they are no more @long', async ({
  till,
  page,
}) => {
  const settings = new SettingsPage(till);
  await settings.open('codes-and-limits');
  const day = page.getByLabel('Remind customers of their debt');
  await expect(day).toHaveValue('');
  await day.selectOption('on day 5 of the month');
  await page.getByLabel('If they owe at least').fill('0');
  await page.getByLabel('Send not before').selectOption('9:00');
  await till.button('Save').click();
  await expect(page.getByRole('main')).toContainText('That does not look like an amount');
  await page.getByLabel('If they owe at least').fill('25');
  await settings.save();
  await till.goTo('customers');
  await page.getByRole('button', { name: /Vera Lugova/ }).click();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await till.dialog.getByRole('switch', { name: 'Reminders of the debt' }).uncheck();
  await expect(till.dialog).toContainText('The customer gets a message');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await settings.open('codes-and-limits');
  await expect(day).toHaveValue('5');
  await day.selectOption('no reminders');
  await expect(page.getByRole('main')).toContainText('no reminders of debts');
});
