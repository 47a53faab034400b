// When a debt is due: by the shop's policy, or as agreed at the sale.
import { codeIn, messagesAt } from '../support/demo-phone';
import { changePolicy, expect, ownersOtherTill, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';

test('a term chosen at the sale stands on the receipt and on the customer’s card', async ({
  till,
  page,
  relay,
}) => {
  await till.openShop();
  const owner = await ownersOtherTill(relay);
  await changePolicy(owner, (policy) => ({ ...policy, credit: { ...policy.credit, dueDays: 14 } }));
  await till.open();
  await till.signIn();
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova', '4.40');
  const due = page.getByLabel('Debt due');
  await expect(due.getByRole('option', { selected: true })).toHaveText(/^in 14\sdays, by /);
  await due.selectOption({ index: 1 });
  await expect(due.getByRole('option', { selected: true })).toHaveText(/^in 3\sdays, by /);
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  const [message] = await messagesAt(relay.url);
  await page.keyboard.type(codeIn(message?.text ?? ''));
  await till.expectSaved();
  await expect(page.getByRole('complementary')).toContainText('Debt due');
  expect((await rowsOf(page, 'journal')).at(-1)?.body).toMatchObject({ dueDays: 3 });
  await till.button('Show or print the receipt').click();
  await expect(till.dialog).toContainText('To be paid by');
  await page.keyboard.press('Escape');
  await till.goTo('customers');
  await page.getByRole('button', { name: /Vera Lugova/ }).click();
  await expect(till.dialog).toContainText(/due \d+ \w+/);
});
