// A colleague allows one act without a code by their own right and PIN; the records name both.
import { changePolicy, expect, newOperator, ownersOtherTill, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';
import { OWNER } from '../support/till-page';

test('a cashier without the right calls a colleague who has it, and the journal says whose right it was', async ({
  till,
  page,
  relay,
}) => {
  await till.openShop();
  const owner = await ownersOtherTill(relay);
  const kirill = newOperator('Kirill', 'cashier', '2580');
  await changePolicy(owner, (policy) => ({ ...policy, operators: [...policy.operators, kirill] }));
  await till.open();
  await till.signIn('Kirill', '2580');
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await till.button('The code did not arrive').click();
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

  const [entry] = (await rowsOf(page, 'journal')).slice(-1);
  const operatorId = kirill.id;
  expect(entry).toMatchObject({ act: 'sale', operator: operatorId });
  expect(entry).not.toMatchObject({ body: { confirmations: [{ by: operatorId }] } });

  // the right counted for one act only
  await till.next();
  await expect(till.button(/^Kirill, Cashier/)).toBeVisible();
  await till.shortTender('Linden honey, 350 g', 'Vera Lugova');
  await till.saveAndSend();
  await till.button('The code did not arrive').click();
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
