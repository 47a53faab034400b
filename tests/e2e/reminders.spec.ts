// Reminders of a debt: a customer can decline them on their card.
import { expect, test } from '../support/e2e';

test('a customer who wants no reminders is shown so on their card', async ({ till, page }) => {
  await till.openShop();
  await till.goTo('customers');
  await page.getByRole('button', { name: /Timur Sadykov/ }).click();
  await till.button('Edit').click();
  const wanted = till.dialog.getByRole('switch', { name: 'Reminders of the debt' });
  await expect(wanted).toBeChecked();
  await expect(till.dialog).toContainText('Codes and messages about their account always come');
  await wanted.uncheck();
  await till.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(till.dialog).toContainText(/Reminders of the debt\s*not wanted/);
});
