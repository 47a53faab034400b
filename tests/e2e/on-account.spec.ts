// A debt at the till: the customer's phone, the term, the limit, and a colleague who allows it.
import type { Operator } from '$lib/contract/policy';
import { codeIn, messagesAt } from '../support/demo-phone';
import { changePolicy, expect, follow, newOperator, ownersOtherTill, test } from '../support/e2e';
import type { RelayProcess } from '../support/relay-process';
import { newRows } from '../support/till-disk';
import { OWNER, type TillPage } from '../support/till-page';

test.use({ shop: 'shared' });

/** Adds a cashier to the staff and signs them in at the till. */
async function signInCashier(till: TillPage, relay: RelayProcess, name: string): Promise<Operator> {
  const owner = await ownersOtherTill(relay);
  const cashier = newOperator(name, 'cashier', '2580');
  await changePolicy(owner, (policy) => ({ ...policy, operators: [...policy.operators, cashier] }));
  await till.open();
  await till.signIn(name, '2580');
  return cashier;
}

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

test('a cashier without the right calls a colleague who has it, and the journal says whose right it was', async ({
  till,
  page,
  relay,
}) => {
  const kirill = await signInCashier(till, relay, 'Kirill');
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await till.otherWay('The code did not arrive');
  await expect(till.dialog).toContainText('You are not allowed to go on without a code');
  await expect(till.dialog).toContainText('Senior cashier, Manager, Owner');
  await expect(till.button('Put it on account without a code')).toHaveCount(0);

  await till.button('Call a colleague').click();
  await expect(till.dialog).toContainText('Who allows it?');
  // the list does not contain the cashier's own name
  await expect(till.dialog.getByRole('button', { name: /Kirill/ })).toHaveCount(0);
  await till.dialog.getByRole('button', { name: /Olga/ }).click();
  await expect(till.dialog).toContainText(
    /Olga, enter your PIN to allow .+ on account without a code/,
  );
  await expect(till.dialog).toContainText('the cashier stays signed in');
  await page.keyboard.type('000000');
  await expect(till.dialog).toContainText('That PIN is not right');
  await page.keyboard.type(OWNER.pin);
  await expect(till.dialogs).toHaveCount(1);
  await expect(till.dialog).toContainText('Allowed by Olga, owner');
  await expect(till.dialog).toContainText('with your name, that of Olga, who allows it');
  await till.goOnWithoutCode('Code did not arrive');
  await till.expectSaved();
  const words = 'Without a code · code did not arrive · allowed by Olga · asked by Kirill';
  await expect(till.saved.getByRole('region', { name: 'Confirmed by' })).toContainText(words);

  const [entry] = (await newRows(page, 'journal')).slice(-1);
  const operatorId = kirill.id;
  expect(entry).toMatchObject({ act: 'sale', operator: operatorId });
  expect(entry).not.toMatchObject({ body: { confirmations: [{ by: operatorId }] } });

  // the right counted for one act only
  await till.next();
  await expect(till.button(/^Kirill, Cashier/)).toBeVisible();
  await till.shortTender('Linden honey, 350 g', 'Vera Lugova');
  await till.saveAndSend();
  await till.otherWay('The code did not arrive');
  await expect(till.dialog).toContainText('You are not allowed to go on without a code');
  await till.button('Back to payment').click();
  await till.toReceipt();
  await till.lock();

  await till.signIn();
  await till.goTo('journal');
  await till
    .button(/Sale on account/)
    .first()
    .click();
  const facts = till.dialog.locator('.fact');
  await expect(facts.filter({ hasText: 'Who was selling' })).toContainText('Kirill');
  await expect(facts.filter({ hasText: 'Who allowed it' })).toContainText('Olga');
});

// the shop's policy is changed for the rest of the file
test('a term chosen at the sale stands on the receipt and on the customer’s card @long', async ({
  till,
  page,
  relay,
}) => {
  const owner = await ownersOtherTill(relay);
  const followed = await changePolicy(owner, (policy) => ({
    ...policy,
    credit: { ...policy.credit, dueDays: 14 },
  }));
  await follow(page, followed);
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
  expect((await newRows(page, 'journal')).at(-1)?.body).toMatchObject({ dueDays: 3 });
  await till.button('Show or print the receipt').click();
  await expect(till.dialog).toContainText('To be paid by');
  await page.keyboard.press('Escape');
  await till.goTo('customers');
  await page.getByRole('button', { name: /Vera Lugova/ }).click();
  await expect(till.dialog).toContainText(/due \d+ \w+/);
});

// ends with a cashier signed in
test('over the limit a cashier sees the sum still allowed, and within it the debt is taken @long', async ({
  till,
  page,
  relay,
}) => {
  const box = page.getByRole('region', { name: 'On account' });
  await signInCashier(till, relay, 'Lena');

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
  await expect(till.main).toHaveText(/^\s*Put it on account no credit/);
  await expect(till.main).toBeDisabled();
  expect(await newRows(page, 'sales')).toEqual([]);

  await till.chooseCustomer('Nina Polevaya');
  await till.give('2');
  await expect(box).toContainText('will owe 49.49');
  await expect(till.main).toBeEnabled();
});
