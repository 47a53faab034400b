// A number the shop has known for less than a day: it redeems nothing, and confirms debt only up to a cap.
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';

const TOMORROW = /from \d\d? [A-Z][a-z]+, \d\d:\d\d\./;

test.beforeEach(({ till }) => till.firstRun());

test('more than a new number may confirm is refused with what it may, and that much is taken with a code', async ({
  till,
  page,
  relay,
}) => {
  await till.ring('Ground coffee, 250 g', 10);
  await till.pay();
  await till.give('10');
  await till.newCustomer('Harriet Poole', '07400 123456');
  await till.saveAndSend();
  await expect(till.dialog).toContainText('The code was not sent');
  await expect(till.dialog).toContainText('no more than £30.00 on account');
  await expect(till.dialog).toContainText('Take the rest in cash or by card. The receipt is kept');
  // nobody's right opens a way here, and asking again helps nothing
  await expect(till.dialog.getByRole('radio')).toHaveCount(0);
  await expect(till.button('Send again')).toHaveCount(0);
  expect(await messagesAt(relay.url)).toEqual([]);

  await till.button('Back to payment').click();
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await till.give('14.90');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  const [message] = await messagesAt(relay.url);
  expect(message?.text).toContain('30.00');
  await page.keyboard.type(codeIn(message?.text ?? ''));
  await till.expectSaved();
  await till.next();
  expect(await rowsOf(page, 'sales')).toMatchObject([{ onAccount: 3000 }]);

  // the cap is for the number's whole first day
  await till.shortTender('Linden honey, 350 g', 'Harriet Poole');
  await till.saveAndSend();
  await expect(till.dialog).toContainText('It can take more on account');
  await expect(till.dialog).toContainText(TOMORROW);
});

test('points wait until the number has been known for a day', async ({ till, page, relay }) => {
  await till.ring('Ground coffee, 250 g', 10);
  await till.pay();
  await till.newCustomer('Harriet Poole', '07400 123456');
  await till.button('Exact').click();
  await till.button('Save the receipt').click();
  await till.expectSaved();
  await expect(till.saved).toContainText('44 points');
  await till.next();

  await till.ring('Ground coffee, 250 g');
  await till.chooseCustomer('Harriet Poole');
  await till.pay();
  await till.button(/^Points/).click();
  await till.give('40');
  await till.button(/^Cash/).click();
  await till.button('Exact').click();
  await till.saveAndSend();
  await expect(till.dialog).toContainText('It can redeem points');
  await expect(till.dialog).toContainText(TOMORROW);
  await expect(till.dialog).not.toContainText('on account');
  await expect(till.dialog.getByRole('radio')).toHaveCount(0);
  expect(await messagesAt(relay.url)).toEqual([]);
  expect(await rowsOf(page, 'sales')).toHaveLength(1);
});
