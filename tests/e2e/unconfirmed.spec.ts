// Review of entries without a code: who sees them, what can be done, and what a dispute blocks.
import { codeIn, messagesAt } from '../support/demo-phone';
import { check } from '../support/axe';
import { expect, ownersOtherTill, test } from '../support/e2e';
import { TillJournal } from '../support/till-journal';
import { rowsOf } from '../support/till-disk';
import { OWNER, type TillPage } from '../support/till-page';

const TIMURS_NUMBER = '+70000000102';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

/** Makes a debt of 3.49 that the owner allows while there is no connection; stays offline. */
async function debtWithoutCode(till: TillPage, customer: string) {
  await till.page.context().setOffline(true);
  await till.shortTender('Ground coffee, 250 g', customer);
  await till.saveAndSend();
  await till.goOnWithoutCode('No internet');
  await till.expectSaved();
  await till.next();
}

/** At the list, which has one entry: nothing is left to be checked. */
async function markAsChecked({ page }: TillPage): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'Mark as checked' }).click();
  await expect(page.getByText('Everything has been checked')).toBeVisible();
}

test('the owner signs in at the till, reviews an act without a code, and the list is empty', async ({
  till,
  page,
}) => {
  await debtWithoutCode(till, 'Vera Lugova');

  await till.lock();
  await till.signIn();
  // a customer may be waiting: the list is one tap away
  await expect(page.getByLabel('Find a product')).toBeVisible();
  await till.goTo('unconfirmed');
  const act = page.getByRole('main').getByRole('listitem').first();
  await expect(act).toContainText('Sale on account · Vera Lugova');
  await expect(act).toContainText('3.49');
  await expect(act).toContainText('no internet · allowed by Olga');
  await expect(act).toContainText('The customer will be notified once this entry is uploaded');

  await markAsChecked(till);
  expect((await rowsOf(page, 'journal')).at(-1)).toMatchObject({ act: 'unconfirmed-reviewed' });
});

test('the list is one tap from the status chip, and does not interrupt an open receipt @long', async ({
  till,
  page,
}) => {
  await debtWithoutCode(till, 'Vera Lugova');
  await till.ring('Carrier bag');
  await till.lock();
  await till.signIn();
  await expect(till.lines).toHaveCount(1);
  await till.chip.click();
  await till.dialog.getByRole('link', { name: /^Entries without a code: 1/ }).click();
  await expect(page).toHaveURL(/#\/unconfirmed$/);
  // the next operator is not kept at the list while a customer waits
  await till.lock();
  await till.signIn();
  await expect(till.lines).toHaveCount(1);
  await till.goTo('unconfirmed');
  await markAsChecked(till);
});

test('once the relay is back it sends the customer one notice, and both lists say so @long', async ({
  till,
  page,
  relay,
}) => {
  await debtWithoutCode(till, 'Timur Sadykov');
  await till.goTo('unconfirmed');
  const act = page.getByRole('main').getByRole('listitem').first();
  await expect(act).toContainText('The customer will be notified once this entry is uploaded');
  await page.context().setOffline(false);
  await till.chip.click();
  await till.dialog.getByRole('button', { name: 'Check now' }).click();
  await till.dialog.getByRole('button', { name: 'Close' }).click();
  await expect(act).toContainText('Customer notified', { timeout: 30_000 });
  await till.goTo('journal');
  await expect(page.getByRole('row', { name: /Timur Sadykov/ }).first()).toContainText(
    'Customer notified',
  );
  const notices = (await messagesAt(relay.url)).filter(({ phone }) => phone === TIMURS_NUMBER);
  expect(notices).toMatchObject([{ text: expect.stringMatching(/3\.49.*without a code/) }]);
  await till.goTo('unconfirmed');
  await markAsChecked(till);
});

test('a dispute opened at another till prevents codes here, and is closed here when that till is lost @long', async ({
  till,
  page,
  relay,
}) => {
  const other = await ownersOtherTill(relay);
  const customers = await rowsOf(page, 'customers');
  const customer = customers.find(({ name }) => name === 'Vera Lugova')?.['id'];
  const journal = new TillJournal(other, Date.now);
  await journal.enrolled();
  const operator = (await other.policy()).operators[0]!.id;
  const body = { customer, about: null, note: null };
  await journal.add({ act: 'dispute', body, operator });
  expect((await journal.upload()).json.kind).toBe('kept');

  await till.shortTender('Ground coffee, 250 g', 'Vera Lugova');
  await expect(page.getByText('This customer disputes an entry')).toBeVisible();
  await expect(till.main).toBeDisabled();

  await till.goTo('unconfirmed');
  const main = page.getByRole('main');
  await expect(main.getByRole('listitem')).toContainText('no entry in particular');
  await expect(main.getByRole('listitem')).toContainText('Disputed since');
  await main.getByRole('button', { name: 'Close the dispute…' }).click();
  await till.dialog.getByLabel('Why').fill('That till is lost');
  await till.dialog.getByRole('button', { name: 'Close the dispute' }).click();
  await expect(main.getByRole('button', { name: 'Close the dispute…' })).toHaveCount(0);
  await till.goTo('till');
  await till.saveAndSend();
  await expect(till.codeField).toBeFocused();
  await page.keyboard.type(codeIn((await messagesAt(relay.url))[0]?.text ?? ''));
  await till.expectSaved();
});

test('problems in journals are listed apart from what a till could not know, which waits for a decision @long', async ({
  till,
  page,
  relay,
}) => {
  const other = await ownersOtherTill(relay);
  const journal = new TillJournal(other, Date.now);
  const body = { operator: other.ownerId, failures: 5, until: 1 };
  await journal.add({ act: 'pin-locked', body, at: Date.now() + 3_600_000 });
  // breaks a rule: a policy with this version was never published
  await journal.add({ act: 'pin-locked', body, policy: 99 });
  expect((await journal.upload()).json.kind).toBe('kept');

  await till.goTo('unconfirmed');
  await till.button('Show the problems').click();
  await expect(till.dialog.getByRole('group', { name: 'PIN' })).toBeVisible();
  await page.keyboard.type(OWNER.pin);
  const found = page.getByRole('region', { name: 'Problems found' });
  await expect(found.getByText('Made under settings that are not the shop’s')).toBeVisible();
  await expect(found.getByText('dated later than')).toHaveCount(0);

  const main = page.getByRole('main');
  await till.goTo('to-settle');
  const ahead = main.getByRole('listitem').filter({ hasText: 'dated later than' });
  await expect(ahead).toContainText('PIN sign-in stopped');
  await check(page, 'to settle');
  await ahead.getByRole('button', { name: 'Decide…' }).click();
  await check(page, 'settle');
  await till.dialog.getByRole('button', { name: 'Settled' }).click();
  await expect(till.dialog).toContainText('Write what was decided');
  await till.dialog.getByRole('radio', { name: /^Dealt with/ }).check();
  await till.dialog.getByLabel('Note').fill('Its clock is set again');
  await till.dialog.getByRole('button', { name: 'Settled' }).click();
  await expect(page.getByText('Nothing to settle')).toBeVisible();
  const settled = main.getByRole('region', { name: 'Settled lately' }).getByRole('listitem');
  await expect(settled).toContainText('Dealt with · Olga');
  await expect(settled).toContainText('“Its clock is set again”');
  await till.goTo('journal');
  await main.getByText('All entries').click();
  await main.getByText('Settled: dealt with').click();
  await expect(till.dialog).toContainText('dated later than');
});

// comes last, because a dispute stays open
test('a customer who disputes an entry takes nothing on account until the dispute is closed with an outcome and a note; it can be opened again @long', async ({
  till,
  page,
  relay,
}) => {
  await debtWithoutCode(till, 'Timur Sadykov');
  await till.goTo('unconfirmed');
  const main = page.getByRole('main');
  await main.getByRole('button', { name: 'Open a dispute' }).click();
  await till.dialog.getByLabel(/^What they say/).fill('Was on holiday');
  await till.dialog.getByRole('button', { name: 'Open a dispute' }).click();
  const dispute = main.getByRole('listitem').filter({ hasText: '“Was on holiday”' });
  await expect(dispute).toContainText('3.49');
  await expect(dispute).toContainText('Disputed since');
  // a disputed entry cannot be marked as reviewed
  await expect(main.getByRole('button', { name: 'Mark as checked' })).toHaveCount(0);

  await till.goTo('till');
  await till.shortTender('Ground coffee, 250 g', 'Timur Sadykov');
  await expect(page.getByText('This customer disputes an entry')).toBeVisible();
  await expect(till.main).toBeDisabled();

  await till.goTo('unconfirmed');
  await main.getByRole('button', { name: 'Close the dispute…' }).click();
  await till.dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dispute).toBeVisible();
  await main.getByRole('button', { name: 'Close the dispute…' }).click();
  await expect(till.dialog).toContainText('The entry stands');
  await till.dialog.getByRole('button', { name: 'Close the dispute' }).click();
  await expect(till.dialog).toContainText('Write why');
  await till.dialog.getByLabel('Why').fill('His son bought it');
  await till.dialog.getByRole('button', { name: 'Close the dispute' }).click();
  await expect(main.getByRole('button', { name: 'Close the dispute…' })).toHaveCount(0);
  expect((await rowsOf(page, 'journal')).at(-1)).toMatchObject({
    act: 'settled',
    body: { outcome: 'stands', note: 'His son bought it' },
  });
  await till.goTo('till');
  await expect(till.main).toBeEnabled();

  // the entry shows the outcome, and the customer is notified once
  await till.goTo('journal');
  const row = page.getByRole('row', { name: /Timur Sadykov/ }).first();
  await expect(row).toContainText(/Dispute closed: the entry stands · Olga, owner/);
  await page.context().setOffline(false);
  await till.chip.click();
  await till.dialog.getByRole('button', { name: 'Check now' }).click();
  await till.dialog.getByRole('button', { name: 'Close' }).click();
  await till.button('All entries').click();
  const closing = page.getByRole('row', { name: /Dispute closed/ }).first();
  await expect(closing).toContainText('Timur Sadykov');
  await expect(closing).toContainText('Customer notified', { timeout: 30_000 });
  const notices = (await messagesAt(relay.url)).filter(({ text }) => text.includes('dispute'));
  expect(notices).toMatchObject([
    { text: expect.stringMatching(/the dispute over a debt of .*3\.49 is closed/) },
  ]);

  // it was closed by mistake, so the same entry is disputed again
  await closing.getByRole('button').click();
  await till.dialog.getByRole('button', { name: /Sale No\. / }).click();
  await till.dialog.getByRole('button', { name: 'Open a dispute' }).click();
  await till.dialogs.last().getByRole('button', { name: 'Open a dispute' }).click();
  await expect(till.dialog).toContainText('Disputed since');
  await expect(till.dialog.getByRole('button', { name: 'Close the dispute…' })).toBeVisible();
});
