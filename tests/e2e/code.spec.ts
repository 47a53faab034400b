// The main story: a sale on account that only the customer's code can close.
import { codeIn, DemoPhone, messagesAt } from '../support/demo-phone';
import { expect, test } from '../support/e2e';
import { expectRoom } from '../support/fits';
import { numbersIn } from '../support/numbers-in';
import { newRows, rowsOf } from '../support/till-disk';
import { barcodeOf, type TillPage } from '../support/till-page';

test.use({ shop: 'shared' });

test('a short tender leaves the missing amount on account once the customer’s code is right', async ({
  till,
  page,
}) => {
  const before = await rowsOf(page, 'balances');
  const sold = (await rowsOf(page, 'sales')).length;
  await till.ring('Ground coffee, 250 g');
  await till.ring('Linden honey, 350 g');
  await till.pay();
  await till.give('5');
  await expect(page.getByText('Short', { exact: true })).toBeVisible();
  await expect(till.main).toContainText('Whose account?');
  // nobody owes it yet
  await expect(page.getByLabel('Debt due')).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'On account' })).toContainText('2.98');
  await till.chooseCustomer('Vera Lugova');
  await expect(page.getByRole('region', { name: 'On account' })).toContainText('will owe 15.48');
  await expect(page.getByLabel('Debt due')).toBeVisible();
  await till.saveAndSend();

  const phone = await DemoPhone.open(page);
  const { phone: number, text } = await phone.newest(1);
  expect(number).toBe('+70000000101');
  const code = codeIn(text);
  expect(text).toContain('2.98');
  expect(text.indexOf('2.98')).toBeLessThan(text.indexOf(code));

  await expect(till.dialog).toContainText('On account · Vera Lugova');
  await expect(till.dialog).toContainText('£2.98');
  await expect(till.dialog).toContainText('Delivered');
  await expect(till.codeField).toBeFocused();
  await expectRoom(page, till.codeField, till.button('Cancel the code'));
  const place = await till.codeField.boundingBox();

  await page.keyboard.type(code === '111111' ? '222222' : '111111');
  await expect(till.dialog).toContainText('That code is not right');
  await expect(till.dialog).toContainText('4 tries left');
  // the boxes have not moved
  await expect.poll(() => till.codeField.boundingBox()).toEqual(place);
  await expect(till.codeField).toBeFocused();
  expect(await newRows(page, 'sales')).toEqual([]);

  await page.keyboard.type(code);
  await till.expectSaved();
  await expect(till.saved).toContainText('£2.98 on account · Vera Lugova');

  const [sale] = await newRows(page, 'sales');
  const entry = (await rowsOf(page, 'journal')).at(-1);
  expect(sale).toMatchObject({
    total: 798,
    onAccount: 298,
    number: sold + 1,
    hash: entry?.['hash'],
  });
  expect(entry).toMatchObject({
    act: 'sale',
    body: {
      sale: sale?.['id'],
      onAccount: 298,
      confirmations: [{ kind: 'code', action: 'sell-on-account' }],
    },
  });
  const debt = (rows: Awaited<ReturnType<typeof rowsOf>>) =>
    rows.find((row) => row['customer'] === sale?.['customer'] && row['account'] === 'debt')?.[
      'sum'
    ];
  expect(debt(before)).toBe(1250);
  expect(debt(await rowsOf(page, 'balances'))).toBe(1548);
  expect(await rowsOf(page, 'drafts')).toEqual([]);
});

test('points and debt of one receipt are in one message, and one code confirms both', async ({
  till,
  page,
}) => {
  await till.pointsAndDebt();
  const phone = await DemoPhone.open(page);
  await till.saveAndSend();

  const { text } = await phone.newest(1);
  expect(text).toMatch(/redeem 100 points \(£1\.00\), on account £1\.49/);
  await expect(till.dialog).toContainText('Redeem points + On account · Timur Sadykov');
  await expect(till.dialog).toContainText(/£1\.00\s\+\s£1\.49/);
  await expect(till.dialog).not.toContainText('of 2');
  await page.keyboard.type(codeIn(text));
  await till.expectSaved();

  const entry = (await rowsOf(page, 'journal')).at(-1);
  expect(entry).toMatchObject({
    act: 'sale',
    body: {
      onAccount: 149,
      confirmations: [
        { kind: 'code', action: 'redeem-points' },
        { kind: 'code', action: 'sell-on-account' },
      ],
    },
  });
});

test('goods scanned after the code was sent void it, and the till says so', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g');
  await till.newCustomer('Ada Byrne', '07400 123458');
  await till.pay();
  await till.give('1');
  const phone = await DemoPhone.open(page);
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  const first = await phone.newest(1);

  await till.scan(barcodeOf('Carrier bag'));
  await expect(till.dialogs).toHaveCount(0);
  await expect(page.getByText('The goods in the receipt changed')).toBeVisible();
  await expect(page.getByRole('region', { name: 'On account' })).toContainText('will owe 3.59');

  await till.saveAndSend();
  const second = await phone.newest(2);
  expect(second.text).toContain('3.59');
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(codeIn(first.text));
  await expect(till.dialog).toContainText('That code is not right');
  await page.keyboard.type(codeIn(second.text));
  await till.expectSaved();
});

test('another customer chosen after the code was sent needs their own code', async ({
  till,
  page,
}) => {
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  const phone = await DemoPhone.open(page);
  await till.saveAndSend();
  await phone.newest(1);
  const cancel = till.dialog.getByRole('button', { name: 'Cancel the code' });
  const question = page.getByRole('alertdialog');
  // a person who does not cancel it types on without touching the boxes
  await cancel.click();
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await page.keyboard.type('12');
  await expect(till.codeField).toHaveValue('12');
  await cancel.click();
  await question.getByRole('button', { name: 'Keep waiting' }).click();
  await expect(question).toBeHidden();
  await page.keyboard.type('3');
  await expect(till.codeField).toHaveValue('123');
  await cancel.click();
  await question.getByRole('button', { name: 'Cancel the code' }).click();
  await expect(till.dialogs).toHaveCount(0);
  await till.chooseCustomer('Timur Sadykov');
  // the tenders of the previous customer are removed
  await expect(page.getByText('Cash and points cleared: the customer was changed')).toBeVisible();
  await till.give('1');
  await till.saveAndSend();
  expect((await phone.newest(2)).phone).toBe('+70000000102');
  await expect(till.dialog).toContainText('Timur Sadykov');
});

test('a changed phone on the customer’s card voids the sent code and is named as the reason @long', async ({
  till,
  page,
}) => {
  await till.goTo('customers');
  await till.goTo('till');
  await till.shortTender('Ground coffee, 250 g', 'Nina Polevaya', '2');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  // the back gesture closes an open dialogue
  await page.goBack();
  await till.button(/Nina Polevaya/).click();
  await till.button(/^Edit$/).click();
  await till.dialog.getByLabel('Phone').fill('+44 7400 123456');
  await till.dialog.getByRole('button', { name: 'Save' }).click();
  await expect(till.dialog).toContainText('The new number will be accepted in 24 hours');
  await till.dialog.getByRole('button', { name: 'Close' }).click();
  await till.goTo('till');
  await expect(till.dialogs).toHaveCount(0);
  await expect(page.getByText('The phone changed')).toBeVisible();
});

test('a reload while a code is awaited resumes the same code', async ({ till, page, relay }) => {
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await page.reload();
  await till.signIn();
  await expect(till.codeField).toBeFocused();
  await expect(till.dialog).toContainText('£3.49');

  const phone = await DemoPhone.open(page);
  const { text } = await phone.newest(1);
  expect(await phone.messages()).toHaveLength(1);
  await page.keyboard.type(codeIn(text));
  await till.expectSaved();
  expect(await newRows(page, 'sales')).toMatchObject([{ onAccount: 349 }]);
  expect(numbersIn(relay.output)).not.toContain(codeIn(text));
});

/** Opens the only held receipt again. */
async function resumeHeld(till: TillPage): Promise<void> {
  await till.button('Held · 1').click();
  await till.dialog.getByRole('button', { name: /^Vera Lugova/ }).click();
}

test('a receipt held while its code is awaited is sold later with that code', async ({
  till,
  page,
  relay,
}) => {
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await till.otherWay('Hold the receipt');
  await expect(till.lines).toHaveCount(0);
  await till.sellForCash('Carrier bag');
  await till.next();

  await resumeHeld(till);
  await expect(till.codeField).toBeFocused();
  const [message, ...more] = await messagesAt(relay.url);
  expect(more).toEqual([]);
  await page.keyboard.type(codeIn(message?.text ?? ''));
  await till.expectSaved();
  expect(await newRows(page, 'sales')).toHaveLength(2);
});

test('while the shop server is silent, the receipt can be held, and its code is asked for later', async ({
  till,
  page,
  relay,
}) => {
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await page.route('**/api/v1/challenges/**', () => undefined);
  await till.saveAndSend();
  await till.button('Hold the receipt').click();
  await expect(till.lines).toHaveCount(0);
  await till.sellForCash('Carrier bag');
  await till.next();

  await page.unroute('**/api/v1/challenges/**');
  await resumeHeld(till);
  await expect(till.codeField).toBeFocused();
  const [message, ...more] = await messagesAt(relay.url);
  expect(more).toEqual([]);
  await page.keyboard.type(codeIn(message?.text ?? ''));
  await till.expectSaved();
});

test('“no access to this number” leads back to the code that is still valid, or is given as the reason', async ({
  till,
  page,
  relay,
}) => {
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await till.otherWay('No access to this number');
  await expect(till.dialog.getByRole('heading', { level: 2 })).toHaveText(
    'No access to this number',
  );
  await expect(till.dialog.getByRole('radio', { name: 'Phone not at hand' })).toBeChecked();
  await expectRoom(
    page,
    till.dialog.getByText('On account · Vera Lugova'),
    till.button('Put it on account without a code'),
    till.button('Back to payment'),
  );

  // Escape does not abandon a code that can still be typed
  await page.keyboard.press('Escape');
  await expect(till.codeField).toBeFocused();
  const [message, ...more] = await messagesAt(relay.url);
  expect(more).toEqual([]);
  await page.keyboard.type(codeIn(message?.text ?? ''));
  await till.expectSaved();
});
