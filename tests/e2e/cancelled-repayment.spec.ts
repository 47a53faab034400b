// A debt payment cancelled in its shift: with the customer's code, and without the internet.
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, expectSent, test } from '../support/e2e';
import { expectFits, PHONE } from '../support/fits';
import { newRows } from '../support/till-disk';
import type { TillPage } from '../support/till-page';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

/** Who owes how much in a new shop. */
type Debtor = { readonly name: string; readonly owes: string };
const VERA: Debtor = { name: 'Vera Lugova', owes: '12.50' };
const NINA: Debtor = { name: 'Nina Polevaya', owes: '47.00' };
const GLEB: Debtor = { name: 'Gleb Zarechny', owes: '34.50' };

async function openCard(till: TillPage, { name }: Debtor): Promise<void> {
  await till.goTo('customers');
  await till.page.getByRole('list', { name: 'List of customers' }).getByText(name).click();
}

const openPayment = (till: TillPage): Promise<void> =>
  till.dialog
    .getByRole('button', { name: /Debt payment · cash/ })
    .first()
    .click();

/** The whole debt in cash, by mistake; then their card with the payment opened. */
async function repay(till: TillPage, debtor: Debtor): Promise<void> {
  await openCard(till, debtor);
  await till.button('Take a payment').click();
  await till.button('Whole debt').click();
  await till.button(`Accept ${debtor.owes}`).click();
  await till.button('Done').click();
  await openPayment(till);
}

async function repayAndOpen(till: TillPage, debtor: Debtor): Promise<void> {
  await repay(till, debtor);
  await till.button('Cancel the payment').click();
  await expect(till.dialog).toContainText(`The customer will owe £${debtor.owes} again.`);
}

// comes first, because it counts the cancellations of the shift
test('on a phone, without the internet, it goes on by right, with a reason @long', async ({
  till,
  page,
  context,
}) => {
  await page.setViewportSize(PHONE);
  await context.setOffline(true);
  await repayAndOpen(till, VERA);
  await till.dialog.getByLabel('Why').fill('It was another customer');
  await till.button('Ask for the code').click();
  await expect(till.dialog).toContainText('The code can’t be sent');
  await expectFits(page);
  await till.dialog.getByRole('radio', { name: 'No internet' }).check();
  await till.button('Continue without a code').click();
  await expect(till.dialog).toContainText('This payment is cancelled.');
  await till.button('Done').click();
  await till.page.keyboard.press('Escape');
  await till.page.keyboard.press('Escape');
  await till.goTo('shift');
  await expect(till.page.getByRole('main')).toContainText(/Debt payments cancelled · 1\s*12\.50/);
  await context.setOffline(false);
  await expectSent(till);
});

test('with the customer’s code the debt is back, and its money out of the drawer; not twice', async ({
  till,
  page,
}) => {
  await repayAndOpen(till, NINA);
  await expect(till.dialog).toContainText('Give £47.00 back from the drawer.');
  await till.button('Ask for the code').click();
  await expect(till.dialog).toContainText('Write why');
  await till.dialog.getByLabel('Why').fill('It was another customer');
  await till.button('Ask for the code').click();
  await expect(till.codeField).toBeFocused();
  const [asked] = await messagesAt(new URL(page.url()).origin);
  expect(asked?.text).toContain('a payment is cancelled, your debt is raised by £47.00');
  await page.keyboard.type(codeIn(asked?.text ?? ''));
  await expect(till.dialog).toContainText('This payment is cancelled.');
  await expect(till.dialog).toContainText(/Give from the drawer\s*£47\.00/);
  await till.dialog.getByRole('button', { name: 'Show or print the receipt' }).click();
  const paper = till.dialog.locator('[data-slip]').first();
  for (const line of [
    ...['DEBT PAYMENT CANCELLED', 'Customer: Nina Polevaya', 'CANCELLED£47.00', 'In cash47.00'],
    ...['Debt before0.00', 'STILL OWED£47.00'],
  ])
    await expect(paper).toContainText(line);
  await page.keyboard.press('Escape');
  await till.button('Done').click();
  await expect(till.button('Cancel the payment')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(till.dialog).toContainText(/Debt payment cancelled.*\+47\.00/s);
  expect(
    (await newRows(page, 'journal')).filter(({ act }) => act === 'repayment-cancelled'),
  ).toMatchObject([
    { body: { amount: 4700, refunds: [{ kind: 'cash' }], confirmations: [{ kind: 'code' }] } },
  ]);
  await till.dialog.getByRole('button', { name: /Debt payment cancelled/ }).click();
  await expect(till.dialog).toContainText(/Why it was cancelled\s*It was another customer/);
  await expect(till.dialog).toContainText(/Owed again\s*opening balance/);
});

test('once its shift is closed, it says that only a correction is left @long', async ({
  till,
  page,
}) => {
  await repay(till, GLEB);
  await expect(till.button('Cancel the payment')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await till.goTo('shift');
  await till.button('Close the shift').click();
  for (const [value, pieces] of [
    ['£20', '1'],
    ['£10', '1'],
    ['£2', '2'],
    ['£0.50', '1'],
  ] as const)
    await page.getByLabel(`How many of ${value}`, { exact: true }).fill(pieces);
  await expect(page.locator('[data-difference]')).toHaveText('It adds up');
  await till.button(/Close the shift/).click();
  await expect(till.dialog).toContainText('Z report');
  await page.keyboard.press('Escape');
  await openCard(till, GLEB);
  await openPayment(till);
  await expect(till.dialog).toContainText(
    'A payment can be cancelled only in its shift and at its till: after that the money is counted.',
  );
  await expect(till.button('Cancel the payment')).toHaveCount(0);
});
