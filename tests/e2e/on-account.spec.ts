// The customer of a debt: a phone added during the sale, and what the limit still allows.
import { codeIn, messagesAt } from '../support/demo-phone';
import { changePolicy, expect, newOperator, ownersOtherTill, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';

test.beforeEach(({ till }) => till.openShop());

test('a customer without a phone is given one during the sale, and the code goes there', async ({
  till,
  page,
  relay,
}) => {
  const box = page.getByRole('region', { name: 'On account' });
  await till.shortTender('Ground coffee, 250 g', 'Marta Ivushkina');
  await expect(till.main).toHaveText(/^\s*Add a phone/);
  await till.main.click();
  await till.dialog.getByLabel('Phone').fill('12');
  await till.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(till.dialog).toContainText('number');
  await till.dialog.getByLabel('Phone').fill('07400 123456');
  await till.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(box).toContainText('+44');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  const [message] = await messagesAt(relay.url);
  expect(message?.phone).toBe('+447400123456');
  await page.keyboard.type(codeIn(message?.text ?? ''));
  await till.expectSaved();
});

test('over the limit a cashier sees the sum still allowed, and within it the debt is taken', async ({
  till,
  page,
  relay,
}) => {
  const box = page.getByRole('region', { name: 'On account' });
  const owner = await ownersOtherTill(relay);
  const kirill = newOperator('Kirill', 'cashier', '2580');
  await changePolicy(owner, (policy) => ({ ...policy, operators: [...policy.operators, kirill] }));
  await till.open();
  await till.signIn('Kirill', '2580');

  await till.shortTender('Ground coffee, 250 g', 'Nina Polevaya');
  await expect(box).toContainText('That is too much on account. £3.00 more is allowed.');
  await expect(box).toContainText('up to 50.00 allowed');
  await expect(till.main).toBeDisabled();
  // the tenders of the previous customer are removed as well
  await till.chooseCustomer('Gleb Zarechny');
  await expect(till.main).toHaveText(/^\s*Enter the cash received/);
  await till.give('1');
  await expect(box).toContainText('nothing more can go on account');
  await expect(till.main).toBeDisabled();
  await till.chooseCustomer('Artyom Kolosov');
  await till.give('1');
  await expect(till.main).toHaveText(/^\s*Put it on account cash only/);
  await expect(till.main).toBeDisabled();
  expect(await rowsOf(page, 'sales')).toHaveLength(0);

  await till.chooseCustomer('Nina Polevaya');
  await till.give('2');
  await expect(box).toContainText('will owe 49.49');
  await expect(till.main).toBeEnabled();
});
