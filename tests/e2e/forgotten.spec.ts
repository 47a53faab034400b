// A customer asks to be forgotten: their card is hidden at every tablet, unless they owe something.
import { expect, secondTill, test } from '../support/e2e';
import type { TillPage } from '../support/till-page';

test.use({ shop: 'shared' });

const NAME = 'Olga Forgotten';

async function addCustomer(till: TillPage): Promise<void> {
  await till.goTo('customers');
  await till.button('New customer').click();
  await till.dialog.getByLabel('Name').fill(NAME);
  await till.dialog.getByRole('button', { name: 'Save' }).click();
  // the card comes after the form, which has a button of the same name
  await expect(till.dialog.getByRole('heading', { name: NAME })).toBeVisible();
  await till.dialog.getByRole('button', { name: 'Close' }).click();
  await expect(till.dialogs).toHaveCount(0);
}

/** The customer in the list of customers. */
const listed = (till: TillPage) =>
  till.page.getByRole('list', { name: 'Customers' }).getByText(NAME);

async function askToForget(till: TillPage, name: string): Promise<void> {
  await till.goTo('customers');
  await till.page.getByText(name).click();
  await till.dialog.getByRole('button', { name: 'Forget', exact: true }).click();
}

test('a customer who owes is not forgotten, and the dialogue says why', async ({ till }) => {
  await askToForget(till, 'Vera Lugova');
  await expect(till.dialog.last()).toContainText(
    'The customer owes £12.50. It has to be repaid first.',
  );
  await expect(till.dialog.last().getByRole('button', { name: 'Forget', exact: true })).toHaveCount(
    0,
  );
});

test('forgotten at one tablet, a customer is gone from the list at the other, also at one that was switched off @long', async ({
  till,
  relay,
  browser,
}) => {
  await addCustomer(till);
  const second = await secondTill(browser, relay);
  const away = await secondTill(browser, relay);
  for (const tablet of [second, away]) {
    await tablet.goTo('customers');
    await expect(tablet.page.getByText(NAME)).toBeVisible({ timeout: 30_000 });
  }
  await away.page.goto('about:blank');

  await askToForget(till, NAME);
  await expect(till.dialog.last()).toContainText('cannot be brought back');
  await till.dialog.last().getByRole('button', { name: 'Forget', exact: true }).click();
  await expect(till.page.getByText('The card is hidden, and erased in a day')).toBeVisible();
  await expect(listed(till)).toHaveCount(0);
  // without anybody touching the other screen
  await expect(listed(second)).toHaveCount(0, { timeout: 15_000 });
  await expect(second.page.getByRole('region', { name: 'Erased soon' })).toContainText(NAME);
  await away.open();
  await away.signIn();
  await away.goTo('customers');
  await expect(away.page.getByText('Vera Lugova')).toBeVisible();
  await expect(listed(away)).toHaveCount(0, { timeout: 20_000 });
  for (const tablet of [second, away]) await tablet.page.context().close();
});
