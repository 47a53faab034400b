// The main story on a tablet held upright: goods above, receipt below; the customer types the code.
import { codeIn, DemoPhone } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { expectFits } from '../support/fits';
import { rowsOf } from '../support/till-disk';

test.use({ viewport: { width: 800, height: 1280 } });

test('on an upright tablet a sale on account is made and closed by touch, and nothing is wider than the screen @long', async ({
  till,
  page,
}) => {
  const fits = () => expectFits(page);
  await till.openShop();
  await fits();
  await page
    .locator('.tiles')
    .getByRole('button', { name: /Ground coffee/ })
    .tap();
  await till.button('Household').tap();
  await page
    .locator('.tiles')
    .getByRole('button', { name: /Carrier bag/ })
    .tap();
  await expect(till.lines).toHaveCount(2);
  // the line touched last shows its tools
  await till.lines.nth(1).getByRole('button', { name: 'Remove from the receipt' }).tap();
  await expect(till.lines).toHaveCount(1);
  await expect(page.getByText('Removed: Carrier bag')).toBeVisible();
  await till.button('Choose a customer').tap();
  await till.dialog.getByRole('button', { name: /Vera/ }).tap();
  await expect(till.dialogs).toHaveCount(0);
  await fits();
  await till.button(/^Pay/).tap();
  await page.getByRole('group', { name: 'Digits' }).getByRole('button', { name: '1' }).tap();
  await expect(till.main).toContainText('£3.49');
  // beside the due date and the tenders
  const sums = page.getByRole('list', { name: 'To pay and paid' });
  for (const row of [/To pay.*4\.49/s, /Debt due/, /Cash/]) {
    const shown = sums.getByRole('listitem').filter({ hasText: row });
    await expect(shown).toBeInViewport({ ratio: 1 });
  }
  await fits();
  const phone = await DemoPhone.open(page);
  await till.main.tap();
  await expect(till.codeField).toBeFocused();
  await fits();
  const { text } = await phone.newest(1);
  await till.otherWay('Let the customer type it');
  await fits();
  const pad = till.dialog.getByRole('group', { name: 'Digits' });
  for (const digit of codeIn(text))
    await pad.getByRole('button', { name: digit, exact: true }).tap();
  await till.expectSaved();
  await fits();
  await till.button('Next customer').tap();
  await till.goTo('journal');
  await expect(page.getByText('3.49').first()).toBeVisible();
  await fits();
  expect(await rowsOf(page, 'sales')).toMatchObject([{ onAccount: 349 }]);
});
