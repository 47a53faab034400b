// How a saved sale is shown: at once on the till, and later in the journal.
import { printedNumber } from '$lib/domain/values/receipt-number';
import { expect, test } from '../support/e2e';
import { newRows } from '../support/till-disk';

// the journal is opened offline
test.use({ shop: 'shared', serviceWorkers: 'allow' });

test('a saved receipt shows how it was paid, what is owed now and the proof of each act, like the journal @long', async ({
  till,
}) => {
  await till.pointsAndDebtWithoutCodes();

  const paid = till.saved.getByRole('listitem');
  await expect(paid.filter({ hasText: 'Cash' })).toContainText('£2.00');
  await expect(paid.filter({ hasText: '100 points' })).toContainText('£1.00');
  await expect(paid.filter({ hasText: 'Debt now' })).toContainText('£1.49');
  const proofs = till.saved.getByRole('region', { name: 'Confirmed by' });
  await expect(proofs).toContainText('Redeem points · £1.00');
  await expect(proofs).toContainText('On account · £1.49');
  await expect(proofs.getByText('Without a code · no internet · allowed by Olga')).toHaveCount(2);

  await till.goTo('journal');
  await till
    .button(/Sale on account/)
    .first()
    .click();
  const facts = till.dialog.locator('.fact');
  await expect(facts.filter({ hasText: /^\s*Cash/ })).toContainText('£2.00');
  await expect(facts.filter({ hasText: 'Points redeemed' })).toContainText('100 points = £1.00');
});

test('change returned is shown in the journal beside the cash it came from @long', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.give('5');
  await till.accept();
  await till.expectSaved();
  await expect(till.saved.getByRole('listitem').filter({ hasText: 'Cash' })).toContainText('£5.00');
  // no account changed, so no proof is needed
  await expect(till.saved.getByRole('region', { name: 'Confirmed by' })).toHaveCount(0);

  await till.goTo('journal');
  await page.getByText('All entries').click();
  const [sale] = await newRows(page, 'sales');
  await till.button(`Sale No. ${printedNumber(1, Number(sale?.['number']))}`).click();
  const facts = till.dialog.locator('.fact');
  await expect(facts.filter({ hasText: /^\s*Cash/ })).toContainText('£5.00');
  await expect(facts.filter({ hasText: /^\s*Change/ })).toContainText('£0.51');
});
