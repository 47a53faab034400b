// A number known for less than a day: it redeems no points, and confirms debt only up to a cap.
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { newRows } from '../support/till-disk';

/** The end of the number's first day as shown. Without `tomorrow` if midnight passes while the story runs. */
const TOMORROW = /new number until (?:tomorrow, )?\d\d:\d\d/;
const POINTS_TOMORROW = /Points can be used from (?:tomorrow, )?\d\d:\d\d/;

test.use({ shop: 'shared' });

test('a new number shows its cap at once; a larger sum is refused before any code, and that sum is taken with one @long', async ({
  till,
  page,
  relay,
}) => {
  const box = page.getByRole('region', { name: 'On account' });
  await till.ring('Ground coffee, 250 g', 10);
  await till.newCustomer('Harriet Poole', '07400 123456');
  await expect(
    page.getByText(/30\.00 left · new number until (?:tomorrow, )?\d\d:\d\d/),
  ).toBeVisible();
  await till.pay();
  await till.give('10');
  await expect(box).toContainText('no more than £30.00 on account');
  await expect(box).toContainText('Take the rest in cash or by card.');
  await expect(till.main).toBeDisabled();

  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await till.give('14.90');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  const messages = await messagesAt(relay.url);
  expect(messages).toHaveLength(1);
  expect(messages[0]?.text).toContain('30.00');
  await page.keyboard.type(codeIn(messages[0]?.text ?? ''));
  await till.expectSaved();
  await till.next();
  expect(await newRows(page, 'sales')).toMatchObject([{ onAccount: 3000 }]);

  // the cap applies to the number's whole first day
  await till.shortTender('Linden honey, 350 g', 'Harriet Poole');
  await expect(box).toContainText('It can take more on account');
  await expect(till.main).toBeDisabled();
  await till.goTo('customers');
  await page.getByRole('button', { name: /Harriet Poole/ }).click();
  await expect(till.dialog).toContainText(TOMORROW);
});

test('points are not offered until the number has been known for a day @long', async ({
  till,
  page,
  relay,
}) => {
  await till.ring('Ground coffee, 250 g', 10);
  await till.pay();
  await till.newCustomer('Grace Poole', '07400 123457');
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  await expect(till.saved).toContainText('44 points');
  await till.next();

  await till.ring('Ground coffee, 250 g');
  await till.chooseCustomer('Grace Poole');
  await till.pay();
  await expect(till.button(/^Points/)).toContainText(POINTS_TOMORROW);
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  expect(await messagesAt(relay.url)).toEqual([]);
  expect(await newRows(page, 'sales')).toHaveLength(2);
});
