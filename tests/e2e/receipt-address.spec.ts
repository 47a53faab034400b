// An optional address for an electronic receipt: given by one tap or typed, and in no journal entry.
import { expect, test } from '../support/e2e';
import { newRows, rowsOf } from '../support/till-disk';

test.use({ shop: 'shared' });

test('the cashier types an address, which is stored beside the sale', async ({ till, page }) => {
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  const button = page.getByRole('button', { name: 'Where to send an electronic receipt' });
  await button.click();
  const field = till.dialog.getByLabel('Phone or email');
  await field.fill('anna@');
  await till.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(till.dialog).toContainText('neither a phone number nor an email address');
  await field.fill(' anna@example.com ');
  await page.keyboard.press('Enter');
  await expect(till.dialog).toHaveCount(0);
  // it survives a reload with the receipt
  await page.reload();
  await till.signIn();
  await expect(
    page.getByRole('button', { name: 'Electronic receipt: anna@example.com' }),
  ).toBeVisible();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  await expect(page.getByRole('complementary')).toContainText('anna@example.com');
  const [address] = await rowsOf(page, 'receiptAddresses');
  const entry = (await newRows(page, 'journal')).at(-1);
  expect(address).toMatchObject({ to: 'anna@example.com', customer: null });
  expect(entry?.body).toMatchObject({ receiptAddressHash: address?.['hash'] });
  expect(JSON.stringify(entry)).not.toContain('anna@');
  await till.goTo('journal');
  await page.getByRole('button', { name: 'All entries' }).click();
  await page.getByRole('main').getByText(/^Sale/).first().click();
  await expect(till.dialog).toContainText('the customer gave an address');
});

test('the chosen customer’s own phone takes one tap, and another customer has none of it @long', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.chooseCustomer('Timur Sadykov');
  await page.getByRole('button', { name: 'Where to send an electronic receipt' }).click();
  await till.dialog.getByRole('button', { name: /^To the customer’s phone/ }).click();
  await expect(page.getByRole('button', { name: /^Electronic receipt: \+7 000/ })).toBeVisible();
  await till.chooseCustomer('Vera Lugova');
  await expect(
    page.getByRole('button', { name: 'Where to send an electronic receipt' }),
  ).toBeVisible();
});
