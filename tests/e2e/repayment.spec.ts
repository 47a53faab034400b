// Debt payments: the debts they settle, and their receipts.
// Offline, and at two tablets with and without a connection.
import {
  changePolicy,
  expect,
  expectSent,
  follow,
  newOperator,
  ownersOtherTill,
  test,
} from '../support/e2e';
import { codeIn, messagesAt } from '../support/demo-phone';
import { expectFits, expectRoom, PHONE } from '../support/fits';
import { SettingsPage } from '../support/settings-page';
import { newRows } from '../support/till-disk';
import type { TillPage } from '../support/till-page';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

async function openCard(till: TillPage, name = 'Vera Lugova'): Promise<void> {
  await till.goTo('customers');
  await till.page.getByRole('list', { name: 'List of customers' }).getByText(name).click();
  await expect(till.dialog).toContainText('What makes up the debt');
}

/** From the customer's card: repays the whole debt in cash. */
async function repayAll(till: TillPage, amount: string): Promise<void> {
  await till.button('Take a payment').click();
  await till.button('Whole debt').click();
  await till.button(`Accept ${amount}`).click();
  await expect(till.dialog).toContainText('Payment saved');
}

// comes first, because it names all who owe
test('a debt is paid from the list of debtors, with card and cash together, and change', async ({
  till,
  page,
}) => {
  await till.goTo('customers');
  await page.getByRole('button', { name: 'Owe', exact: true }).click();
  const debtors = page.getByRole('list', { name: 'List of customers' }).getByRole('listitem');
  await expect(debtors).toContainText([/Nina.*£47\.00/s, /Gleb.*£34\.50/s, /Vera.*£12\.50/s]);
  await expect(page.getByRole('region', { name: 'Owed in all' })).toContainText('£94.00');

  await till.button('Debt payment').click();
  await till.dialog.getByRole('button', { name: /Nina/ }).click();
  await till.button(/^Card$/).click();
  await till.give('50');
  await expect(till.dialog).toContainText('Card and transfer are £3.00 more than is owed');
  await expect(till.main).toBeDisabled();
  await till.page.keyboard.press('Delete');
  await till.give('40');
  await expect(till.main).toHaveText('Accept 40.00 by card');
  await expectRoom(
    page,
    till.dialog.getByRole('group', { name: 'Digits' }),
    till.dialog.getByText('What it pays off'),
    till.main,
  );
  await till.button('+ another way').click();
  await till.give('10');
  await expect(till.main).toHaveText(/Accept 47\.00\s*change 3\.00/);
  await page.keyboard.press('Enter');
  await expect(till.dialog).toContainText(/Change\s*£3\.00/);
  await till.button('Done').click();
  await expect(debtors).toHaveCount(2);
});

test('the list of those who owe is saved as a file only by those who may change cards @long', async ({
  till,
  page,
  relay,
}) => {
  const owner = await ownersOtherTill(relay);
  const kirill = newOperator('Kirill', 'cashier', '258025');
  const debtors = page.getByRole('list', { name: 'List of customers' });
  const openOwe = async () => {
    await till.goTo('customers');
    await page.getByRole('button', { name: 'Owe', exact: true }).click();
    await expect(debtors).toContainText('Vera');
  };
  await openOwe();
  await expect(till.button('Save CSV')).toBeVisible();
  const version = await changePolicy(owner, (policy) => ({
    ...policy,
    operators: [...policy.operators, kirill],
  }));
  await follow(page, version);
  await till.lock();
  await till.signIn('Kirill', '258025');
  await openOwe();
  await expect(till.button('Save CSV')).toHaveCount(0);
  await till.lock();
  await till.signIn();
});

test('on a phone, offline, the whole debt is repaid in a few taps, printed, listed on the card and in the journal @long', async ({
  till,
  page,
  context,
}) => {
  await page.setViewportSize(PHONE);
  await context.setOffline(true);
  await openCard(till, 'Gleb Zarechny');
  await expect(till.dialog).toContainText(/opening balance\s*34\.50/);
  await till.button('Take a payment').click();
  await expect(till.main).toHaveText(/Enter the amount/);
  await expect(till.main).toBeDisabled();
  await till.button('Whole debt').click();
  await expect(till.dialog).toContainText('Nothing is owed after it');
  await expectFits(page);
  await till.button('Accept 34.50').dblclick();
  await expect(till.dialog).toContainText('Nothing is owed any more');
  const repaid = (await newRows(page, 'journal')).filter(({ act }) => act === 'repayment');
  expect(repaid).toMatchObject([{ body: { amount: 3450, changeDue: 0 } }]);

  await till.button('Show or print the receipt').click();
  const slip = till.dialog.locator('[data-slip]');
  await expect(slip).toContainText('DEBT PAYMENT');
  await expect(slip).toContainText(`Till 1 · entry ${String(repaid[0]?.['seq'])}`);
  await expect(slip).toContainText(/ACCEPTED\s*£34\.50/);
  await expect(slip).toContainText(/STILL OWED\s*£0\.00/);
  await expect(slip).not.toContainText('DUPLICATE');
  await page.keyboard.press('Escape');
  await till.button('Done').click();

  await expect(till.dialog).toContainText(/Debt payment · cash.*−34\.50/s);
  await expect(till.button('Take a payment')).toHaveCount(0);
  await till.button('Statement').click();
  await expect(till.dialog.locator('[data-slip]')).toContainText('ACCOUNT STATEMENT');
  const saved = page.waitForEvent('download');
  await till.button('Save CSV').click();
  expect((await saved).suggestedFilename()).toMatch(/^statement-\d{4}-\d\d-\d\d\.csv$/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  await till.goTo('journal');
  await page.getByRole('button', { name: 'Debt payment Gleb Zarechny' }).click();
  await expect(till.dialog).toContainText(/What it settled\s*opening balance/);
  await till.button('Show or print the receipt').click();
  await expect(till.dialog.locator('[data-slip]')).toContainText('DUPLICATE');
});

test('where the shop says so, what is repaid of a receipt earns points: on the screen, the paper and the card @long', async ({
  till,
  page,
  relay,
}) => {
  await till.goTo('settings/shop');
  await page.getByRole('switch', { name: 'Points for debt payments' }).check({ force: true });
  await new SettingsPage(till).save();
  await till.goTo('till');
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  const [asked] = await messagesAt(relay.url);
  await page.keyboard.type(codeIn(asked?.text ?? ''));
  await till.expectSaved();

  await openCard(till);
  await till.button('Take a payment').click();
  await till.button('Whole debt').click();
  // one point per pound of the 4.49, of which one was earned with the pound paid at once; the opening balance earns nothing
  await expect(till.dialog.locator('[data-points]')).toHaveText(/Will earn\s*\+3\spoints/);
  await till.button('Accept 15.99').click();
  await expect(till.dialog).toContainText(/Earned\s*\+3\spoints/);
  await till.button('Show or print the receipt').click();
  await expect(till.dialog.locator('[data-slip]')).toContainText(/Points earned\s*3/);
  await page.keyboard.press('Escape');
  await till.button('Done').click();
  await expect(till.dialog).toContainText(/Debt payment · cash · \+3\spoints/);
});

test.describe('at two tablets', () => {
  test.use({ shop: 'prepared' });

  test('what one tablet takes is seen at the other, and what both take apart is owed back @long', async ({
    till,
    second,
  }) => {
    const context = second.page.context();
    await second.goTo('customers');
    await expect(second.page.getByText('Nina Polevaya')).toBeVisible({ timeout: 10_000 });
    await openCard(till, 'Nina Polevaya');
    await repayAll(till, '47.00');
    await openCard2(second, 'Nina Polevaya', /Debt payment · cash.*Till 1/s);
    await expect(second.button('Take a payment')).toHaveCount(0);
    await second.page.keyboard.press('Escape');

    await openCard(second);
    await context.setOffline(true);
    await repayAll(second, '12.50');
    await till.page.keyboard.press('Escape');
    await till.page.keyboard.press('Escape');
    await openCard(till);
    await repayAll(till, '12.50');
    await till.page.keyboard.press('Escape');
    await till.page.keyboard.press('Escape');
    await expectSent(till);
    await context.setOffline(false);
    await openCard2(till, 'Vera Lugova', 'we owe them £12.50');
    await context.close();
    // the same card in Russian on a phone
    await till.page.setViewportSize(PHONE);
    await till.page.keyboard.press('Escape');
    await till.speak('Русский');
    await till.goTo('customers');
    await till.page.getByRole('main').getByText('Vera Lugova').click();
    await till.button('Вернуть переплату').click();
    await expect(till.dialog).toContainText(/Мы должны покупателю\s*12,50/);
    await expect(till.dialog).toContainText('это деньги покупателя');
    await expectFits(till.page);
    await till.page.keyboard.press('Escape');
    await till.page.keyboard.press('Escape');
    await till.speak('English');
    await openCard2(till, 'Vera Lugova', 'we owe them £12.50');
    await till.button('Pay back what we owe').click();
    await till.dialog.getByLabel('How much').fill('13');
    await expect(till.dialog).toContainText('This is more than we owe: £12.50.');
    await till.dialog.getByLabel('How much').fill('12.50');
    await till.dialog.getByRole('button', { name: 'Pay back', exact: true }).click();
    await expect(till.dialog).toContainText(/Give from the drawer\s*£12\.50/);
    await till.button('Show or print the receipt').click();
    await expect(till.dialog.locator('[data-slip]')).toContainText(/PAID OUT\s*£12\.50/);
    await expect(till.dialog.locator('[data-slip]')).toContainText(/STILL OWED\s*£0\.00/);
    await till.page.keyboard.press('Escape');
    await till.button('Done').click();
    await expect(till.button('Pay back what we owe')).toHaveCount(0);
    await expect(till.dialog).toContainText(/Overpayment paid back.*\+12\.50/s);
  });
});

/** Opens the card of a customer who owes nothing. */
async function openCard2(till: TillPage, name: string, text: string | RegExp): Promise<void> {
  await till.goTo('customers');
  await till.page.getByRole('list', { name: 'List of customers' }).getByText(name).click();
  await expect(till.dialog).toContainText(text, { timeout: 40_000 });
}
