// Reserve codes: issued after the customer's code, valid offline, once, up to a cap.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import Sqlite from 'better-sqlite3';
import { codeIn, messagesAt } from '../support/demo-phone';
import {
  changePolicy,
  comeAsOwner,
  expect,
  follow,
  newOperator,
  ownersOtherTill,
  test,
} from '../support/e2e';
import { expectRoom } from '../support/fits';
import { newRows, rowsOf } from '../support/till-disk';
import type { TillPage } from '../support/till-page';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

const COFFEE = 'Ground coffee, 250 g';

/** Issues codes from the card: the customer's code, then the message. Returns the codes in the message. */
async function issue(
  till: TillPage,
  origin: string,
  customer: string,
  button: string | RegExp = /^Issue (reserve codes|new ones instead)$/,
): Promise<string[]> {
  const { page } = till;
  await till.goTo('customers');
  await till.button(new RegExp(customer)).click();
  const before = (await messagesAt(origin)).length;
  await till.dialog.getByRole('button', { name: button }).click();
  await expect(till.dialog).toContainText('Two messages go to');
  expect(await messagesAt(origin)).toHaveLength(before);
  await till.dialog.getByRole('button', { name: 'Send the code' }).click();
  await expect(till.codeField).toBeFocused();
  await expectRoom(
    page,
    till.codeField,
    till.dialog.getByRole('group', { name: 'Digits' }),
    till.dialog.getByRole('button', { name: 'Send again' }),
  );
  const [asked] = await messagesAt(origin);
  expect(asked?.text).toContain('reserve codes');
  await page.keyboard.type(codeIn(asked?.text ?? ''));
  await expect(till.dialog).toContainText('5 codes sent to');
  const [sent] = await messagesAt(origin);
  const codes = (sent?.text ?? '').match(/[0-9A-Z]{5}-[0-9A-Z]{5}/g) ?? [];
  // the till has shown none of them
  for (const code of codes) await expect(page.locator('body')).not.toContainText(code);
  await till.dialog.getByRole('button', { name: 'Close' }).first().click();
  await expect(till.dialog).toContainText('5 codes left at this till');
  await page.keyboard.press('Escape');
  await expect(till.dialogs).toHaveCount(0);
  await till.goTo('till');
  return codes;
}

/** Makes a short tender until the till says that no code can be sent. */
async function owe(
  till: TillPage,
  customer: string,
  { times = 1, given = '1' } = {},
): Promise<void> {
  await till.ring(COFFEE, times);
  await till.pay();
  await till.give(given);
  await till.chooseCustomer(customer);
  await till.saveAndSend();
  await expect(till.dialog).toContainText('The code can’t be sent');
}

const field = (till: TillPage) => till.dialog.getByLabel('Reserve code, 10 characters');

async function give(till: TillPage, code: string): Promise<void> {
  if (!(await field(till).isVisible())) await till.button(/^Reserve code · \d left$/).click();
  await field(till).fill(code);
  await till.button('Confirm with the reserve code').click();
}

const entries = async (page: Page, act: string) =>
  (await newRows(page, 'journal')).filter((entry) => entry['act'] === act);

// comes first, because it counts the till's unused codes
test('without a connection a reserve code confirms a debt once, in any spelling', async ({
  till,
  page,
  relay,
}) => {
  const [first = '', second = ''] = await issue(till, relay.url, 'Vera Lugova');
  expect(await entries(page, 'reserve-codes-issued')).toMatchObject([{ body: { verifiers: 5 } }]);
  await till.page.context().setOffline(true);

  await owe(till, 'Vera Lugova');
  await expect(till.button('Reserve code · 5 left')).toBeVisible();
  await give(till, 'not ten');
  await expect(till.dialog).toContainText('That is no reserve code');
  await expect(field(till)).toBeFocused();
  // in lower case, with spaces, and with letters in place of digits
  const slovenly = first.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
  await give(till, ` ${slovenly} `);
  await till.expectSaved();
  await expect(till.saved).toContainText('Reserve code correct · demo');
  const [sale] = await entries(page, 'sale');
  expect(sale).toMatchObject({
    body: { confirmations: [{ kind: 'reserve-code', code: first.replace('-', ''), amount: 349 }] },
  });

  // the same code is refused, with or without a reload in between
  await till.next();
  await owe(till, 'Vera Lugova');
  await give(till, first);
  await expect(till.dialog).toContainText('no such unused code — 4 tries left');
  await till.open();
  await till.signIn();
  await expect(till.dialog).toContainText('The code can’t be sent');
  await expect(till.button('Reserve code · 4 left')).toBeVisible();
  await give(till, first);
  await expect(till.dialog).toContainText('no such unused code — 3 tries left');
  await give(till, second);
  await till.expectSaved();
  expect(await rowsOf(page, 'reserveVerifiers')).toHaveLength(3);
});

test('a reserve code confirms no more than its cap, and the till says how much that is @long', async ({
  till,
  relay,
}) => {
  const [code = ''] = await issue(till, relay.url, 'Timur Sadykov');
  await till.page.context().setOffline(true);
  await owe(till, 'Timur Sadykov', { times: 8 });
  await till.button('Reserve code · 5 left').click();
  await expect(till.dialog).toContainText('confirms no more than £30.00');
  await expect(field(till)).toHaveCount(0);
  await till.button('Back to payment').click();
  await till.give('9');
  await till.saveAndSend();
  await give(till, code);
  await till.expectSaved();
});

test('a new issue voids the codes before it @long', async ({ till, relay }) => {
  const [former = ''] = await issue(till, relay.url, 'Vera Lugova');
  const [fresh = ''] = await issue(till, relay.url, 'Vera Lugova', 'Issue new ones instead');
  await till.page.context().setOffline(true);
  await owe(till, 'Vera Lugova');
  await give(till, former);
  await expect(till.dialog).toContainText('no such unused code');
  await give(till, fresh);
  await till.expectSaved();
});

test('back online the relay marks the code as used, and the card shows how many are left @long', async ({
  till,
  page,
  relay,
}) => {
  const [code = ''] = await issue(till, relay.url, 'Nina Polevaya');
  await relay.kill();
  await owe(till, 'Nina Polevaya', { given: '2' });
  await give(till, code);
  await till.expectSaved();
  await till.next();
  await relay.start();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(till.chip).toHaveAttribute('data-status', 'codes-can-be-sent');
  const [issued] = (await entries(page, 'reserve-codes-issued')) as [{ body: unknown }];
  const { customer } = issued.body as { customer: string };
  const asked = (sql: string, ...values: string[]) => {
    const db = new Sqlite(join(relay.dataDir, 'relay.db'), { readonly: true });
    const found = db
      .prepare(sql)
      .pluck()
      .get(...values);
    db.close();
    return found;
  };
  const used = "SELECT COUNT(*) FROM reserve_codes WHERE state = 'used' AND customer = ?";
  await expect.poll(() => asked(used, customer)).toBe(1);
  expect(asked('SELECT COUNT(*) FROM flags')).toBe(0);
  await till.goTo('customers');
  await till.button(new RegExp('Nina Polevaya')).click();
  await expect(till.dialog).toContainText('4 codes left at this till');
  await till.dialog.getByRole('button', { name: 'Close' }).first().click();
  await till.goTo('journal');
  await page.getByText('All entries').click();
  await expect(page.getByRole('row', { name: /Reserve codes given/ }).first()).toContainText(
    'Nina Polevaya',
  );
});

test('five wrong codes lock the field for a minute; the receipt stays @long', async ({
  till,
  page,
  relay,
}) => {
  const [code = ''] = await issue(till, relay.url, 'Timur Sadykov');
  await till.page.context().setOffline(true);
  await owe(till, 'Timur Sadykov');
  for (let i = 0; i < 5; i += 1) {
    await give(till, `${code.slice(0, 10)}${code.endsWith('Z') ? 'Y' : 'Z'}`);
    await expect(till.dialog).toContainText(i < 4 ? `${4 - i} tr` : 'Too many wrong codes');
  }
  await give(till, code);
  await expect(till.dialog).toContainText('Too many wrong codes');
  expect(await entries(page, 'sale')).toEqual([]);
  expect(await rowsOf(page, 'drafts')).toHaveLength(1);
});

// comes last, because later codes would be shared out between two tills
test('a cashier without the right to skip codes may accept a reserve code @long', async ({
  till,
  relay,
}) => {
  const [code = ''] = await issue(till, relay.url, 'Vera Lugova');
  const elsewhere = await ownersOtherTill(relay);
  const kim = newOperator('Kim', 'cashier', '7302');
  const version = await changePolicy(elsewhere, (policy) => ({
    ...policy,
    operators: [...policy.operators, kim],
  }));
  await comeAsOwner(elsewhere);
  await follow(till.page, version);
  await till.page.context().setOffline(true);
  await till.lock();
  await till.signIn('Kim', '7302');
  await owe(till, 'Vera Lugova');
  await expect(till.dialog).toContainText('You are not allowed to go on without a code');
  await give(till, code);
  await till.expectSaved();
  await till.next();
  await till.lock();
  await till.signIn();
});
