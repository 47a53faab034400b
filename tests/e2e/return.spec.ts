// Returns of a part and of the rest, from the sale's page, by its receipt, and without a sale.
// Offline, with a colleague's PIN, and in the shift's totals.
import { printedNumber, receiptCode } from '$lib/domain/values/receipt-number';
import { codeIn, messagesAt } from '../support/demo-phone';
import {
  changePolicy,
  expect,
  expectSent,
  follow,
  newOperator,
  ownersOtherTill,
  test,
} from '../support/e2e';
import { expectFits, expectRoom, PHONE } from '../support/fits';
import { newRows } from '../support/till-disk';
import type { TillPage } from '../support/till-page';
import { OWNER } from '../support/till-page';
import type { Operator } from '$lib/contract/policy';
import type { RelayProcess } from '../support/relay-process';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

/** Opens the page of the newest sale. */
async function openNewest(till: TillPage): Promise<void> {
  await till.goTo('sales');
  const rows = till.page.getByRole('list', { name: 'Sales' }).getByRole('listitem');
  await rows.first().getByRole('button').click();
}

/** The code on the paper of a sale. */
const codeOf = (sale: Record<string, unknown> | undefined): string =>
  receiptCode(printedNumber(1, Number(sale?.['number'])), String(sale?.['hash']));

/** Opens the page of the newest sale by its paper. */
async function scanNewest(till: TillPage): Promise<void> {
  await till.goTo('sales');
  const sales = await newRows(till.page, 'sales');
  await till.scan(codeOf(sales.toSorted((a, b) => Number(b['number']) - Number(a['number']))[0]));
}

/** Signs in a senior cashier, in addition to the owner. */
async function asSveta(till: TillPage, relay: RelayProcess): Promise<Operator> {
  const owner = await ownersOtherTill(relay);
  const there = (await owner.policy()).operators.find(({ name }) => name === 'Sveta');
  const sveta = there ?? newOperator('Sveta', 'senior-cashier', '258025');
  if (there === undefined) {
    const version = await changePolicy(owner, (policy) => ({
      ...policy,
      operators: [...policy.operators, sveta],
    }));
    await follow(till.page, version);
  }
  await till.lock();
  await till.signIn('Sveta', '258025');
  return sveta;
}

/** The owner enters their PIN for the person who is signed in. */
async function ownerAgrees(till: TillPage): Promise<void> {
  await till.main.click();
  await till.dialog.getByRole('button', { name: /Olga/ }).click();
  await till.page.keyboard.type(OWNER.pin);
  await expect(till.dialog).toContainText('Return saved');
}

// comes first, because it counts the returns of the shift
test('one of two pieces is returned, then the other, and sale, drawer and journal show it', async ({
  till,
  page,
}) => {
  await till.ring('Ground coffee, 250 g', 2);
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  await scanNewest(till);
  await till.button(/^Return$/).click();
  await expect(till.main).toBeDisabled();
  await till.dialog.getByLabel('How much came back: Ground coffee, 250 g').fill('0.5');
  await expect(till.dialog).toContainText('Goods sold by the piece come back whole');
  await expect(till.main).toBeDisabled();
  await till.dialog.getByLabel('How much came back: Ground coffee, 250 g').fill('');
  await till.button('More: Ground coffee, 250 g').click();
  await expect(till.dialog).toContainText(/In cash\s*4\.49/);
  await expectRoom(page, till.main);
  // the scanned paper is chosen; why it comes back is not
  await expect(till.main).toHaveText(/Choose the reason/);
  await expect(till.main).toBeDisabled();
  await till.sayReturn(null);
  await till.button('Refund 4.49').dblclick();
  await expect(till.dialog).toContainText(/Give in cash\s*£4\.49/);
  const returned = (await newRows(page, 'journal')).filter(({ act }) => act === 'return');
  expect(returned).toMatchObject([
    { body: { total: 449, refunds: [{ kind: 'cash', amount: 449 }], shown: 'paper' } },
  ]);
  await till.dialog.getByRole('button', { name: 'Show or print the receipt' }).click();
  const slip = till.dialog.locator('[data-slip]');
  await expect(slip).toContainText('RETURN');
  await expect(slip).toContainText(/REFUNDED\s*£4\.49/);
  await page.keyboard.press('Escape');
  await till.button('Done').click();
  await expect(till.dialog).toContainText(/Returned.*Ground coffee, 250 g.*−£4\.49/s);

  await till.button(/^Return$/).click();
  await expect(till.dialog).toContainText('1 can be returned');
  await till.button(/^All$/).click();
  await till.dialog.getByLabel('Where to: Ground coffee, 250 g').selectOption('Write off');
  await till.sayReturn(null);
  await till.button('Refund 4.49').click();
  await till.button('Done').click();
  await till.button(/^Return$/).click();
  await expect(till.dialog).toContainText('all of it came back');
  await expect(till.main).toBeDisabled();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  await till.goTo('shift');
  await expect(page.getByRole('main')).toContainText(/Returns\s*−8\.98\s*2\s*times/);
  await till.goTo('journal');
  await page.getByText('All entries').first().click();
  await page
    .getByRole('button', { name: /^Return, receipt no\. 1-000001/ })
    .first()
    .click();
  await expect(till.dialog).toContainText('written off');
});

test('on a phone, offline, the paper is scanned, and of a sale on account the debt goes first @long', async ({
  till,
  page,
  context,
}) => {
  await page.setViewportSize(PHONE);
  await context.setOffline(true);
  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await till.saveAndSend();
  await till.goOnWithoutCode('No internet');
  await till.expectSaved();
  const [sale] = await newRows(page, 'sales');
  await till.goTo('till');
  await till.scan(codeOf(sale));
  await till.button(/^Return$/).click();
  await till.button(/^All$/).click();
  await expect(till.dialog).toContainText(/Off their debt\s*3\.49\s*In cash\s*1\.00/);
  await till.sayReturn('Nothing');
  await expect(till.dialog).toContainText('Nobody else may return goods');
  await expectFits(page);
  await till.button('Refund 1.00').click();
  await expect(till.dialog).toContainText(/Give in cash\s*£1\.00\s*Off their debt\s*3\.49/);
});

test('without a receipt a colleague gives their PIN, and the entry names both @long', async ({
  till,
  page,
  relay,
}) => {
  const sveta = await asSveta(till, relay);
  await till.sellForCash('Tandoor flatbread');
  await openNewest(till);
  await till.button(/^Return$/).click();
  await till.button(/^All$/).click();
  await till.sayReturn('Nothing');
  await expect(till.dialog).toContainText('a second person confirms');
  await ownerAgrees(till);
  const [entry] = (await newRows(page, 'journal')).slice(-1);
  expect(entry).toMatchObject({
    act: 'return',
    operator: sveta.id,
    body: { shown: 'nothing', approval: { kind: 'given' } },
  });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await till.lock();
  await till.signIn();
});

test('goods without a receipt: debt first, at most at the price now, a second PIN, also offline, and red @long', async ({
  till,
  page,
  relay,
  context,
}) => {
  await asSveta(till, relay);
  await till.goTo('sales');
  await till.button('Return without a receipt').click();
  await expect(till.main).toBeDisabled();
  await till.dialog.getByLabel('Find goods').fill('ground coffee');
  await page.keyboard.press('Enter');
  await till.dialog.getByLabel(/^How much came back/).fill('2');
  const price = till.dialog.getByLabel(/^At price:/);
  await price.fill('4.50');
  await expect(till.dialog).toContainText('at most the price now');
  await expect(till.main).toBeDisabled();
  await price.fill('4.00');
  await expect(till.dialog).toContainText(/In cash\s*8\.00/);
  await till.dialog.getByLabel(/^Where to/).selectOption('Write off');
  await till.sayReturn(null);
  await ownerAgrees(till);
  await expect(till.dialog).toContainText(/Give in cash\s*£8\.00/);
  await till.button('Done').click();

  await context.setOffline(true);
  await till.button('Return without a receipt').click();
  await till.dialog.getByLabel('Find goods').fill('ground coffee');
  await page.keyboard.press('Enter');
  await till.dialog.getByLabel('The customer, if they are known').fill('Vera');
  await page.keyboard.press('Enter');
  await expect(till.dialog).toContainText(/Off their debt\s*4\.49/);
  await till.sayReturn(null);
  await ownerAgrees(till);
  await expect(till.dialog).toContainText('No money to give');
  await till.button('Done').click();

  const returned = (await newRows(page, 'journal')).filter(({ act }) => act === 'return');
  expect(returned).toMatchObject([
    { body: { sale: null, total: 800, customer: null, stock: [], approval: { kind: 'given' } } },
    { body: { sale: null, total: 449, debtReduced: 449, refunds: [] } },
  ]);
  await till.goTo('journal');
  await page.getByText('All entries').first().click();
  const rows = page.getByRole('row', { name: /Return without a receipt/ });
  await expect(rows).toHaveCount(2);
  await expect(rows.locator('.tag.bad', { hasText: 'without a receipt' })).toHaveCount(2);
  await till.lock();
  await till.signIn();
});

// comes last, because it changes what the shop asks for
test('from the shop’s sum on the customer’s code is asked for, or it goes on by right @long', async ({
  till,
  page,
  relay,
  context,
}) => {
  const owner = await ownersOtherTill(relay);
  const version = await changePolicy(owner, (policy) => ({
    ...policy,
    returns: { ...policy.returns, codeFrom: 200 },
  }));
  await follow(page, version);
  await till.ring('Ground coffee, 250 g', 2);
  await till.chooseCustomer('Vera Lugova');
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  await openNewest(till);
  await till.button(/^Return$/).click();
  await till.button('More: Ground coffee, 250 g').click();
  await expect(till.dialog).toContainText('The customer’s code will be needed');
  await till.sayReturn('It is on their card');
  await till.button('Refund 4.49').click();
  await expect(till.codeField).toBeFocused();
  const [asked] = await messagesAt(new URL(page.url()).origin);
  expect(asked?.text).toContain('goods returned, you get back £4.49');
  await page.keyboard.type(codeIn(asked?.text ?? ''));
  await expect(till.dialog).toContainText(/Give in cash\s*£4\.49/);
  await till.button('Done').click();

  await context.setOffline(true);
  await till.button(/^Return$/).click();
  await till.button(/^All$/).click();
  await till.sayReturn('It is on their card');
  await till.button('Refund 4.49').click();
  await expect(till.dialog).toContainText('The code can’t be sent');
  await till.dialog.getByRole('radio', { name: 'No internet' }).check();
  await till.button('Continue without a code').click();
  await expect(till.dialog).toContainText(/Give in cash\s*£4\.49/);
  const returned = (await newRows(page, 'journal')).filter(({ act }) => act === 'return');
  expect(returned).toMatchObject([
    { body: { confirmations: [{ kind: 'code', amount: 449 }] } },
    { body: { confirmations: [{ kind: 'override', amount: 449 }] } },
  ]);
  const [sale] = await newRows(page, 'sales');
  const number = printedNumber(1, Number(sale?.['number']));
  await till.goTo('journal');
  await expect(
    page.getByRole('button', { name: new RegExp(`^Return, receipt no\\. ${number}`) }),
  ).toHaveCount(2);
  await context.setOffline(false);
  await expectSent(till);
});
