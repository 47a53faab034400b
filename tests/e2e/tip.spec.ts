// Tips: nobody is asked for one before the shop gives a right; then it is in drawer and report.
import { changePolicy, expect, follow, ownersOtherTill, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';

test('a tip in cash is in the drawer and one line of its person in the report', async ({
  till,
  page,
  relay,
}) => {
  await till.openShop();
  await till.goTo('shift');
  const main = page.getByRole('main');
  const tip = main.getByRole('button', { name: 'Tip', exact: true });
  await expect(main.getByRole('button', { name: 'Cash in' })).toBeVisible();
  await expect(tip).toHaveCount(0);

  const owner = await ownersOtherTill(relay);
  const version = await changePolicy(owner, (policy) => {
    policy.groups.find(({ id }) => id === 'owner')?.rights.push('take-tip');
    return policy;
  });
  await follow(page, version);
  for (const [kind, amount] of [
    ['Cash', '3'],
    ['Card', '2'],
  ] as const) {
    await tip.click();
    await till.dialog.getByLabel('How much').fill(amount);
    await till.dialog.getByRole('radio', { name: kind }).click();
    await till.dialog.getByRole('button', { name: 'Record' }).click();
    await expect(till.dialogs).toHaveCount(0);
  }
  await expect(page.locator('[data-expected]')).toHaveText('£3.00');
  await expect(main).toContainText(/Tip · 2\s?5\.00/);
  expect((await rowsOf(page, 'journal')).slice(-2)).toMatchObject([
    { act: 'tip', body: { amount: 300, tender: 'cash', sale: null } },
    { act: 'tip', body: { amount: 200, tender: 'card', sale: null } },
  ]);
  await till.button('X report').click();
  const slip = till.dialog.locator('[data-slip]').first();
  await expect(slip).toContainText(/Tip · 2\s?5\.00/);
  await expect(slip).toContainText(/Card · tip\s?2\.00/);
  await page.keyboard.press('Escape');
  await till.goTo('journal');
  await main.getByRole('button', { name: 'All entries' }).click();
  await expect(main.getByRole('row').filter({ hasText: 'Tip' })).toHaveCount(2);
});
