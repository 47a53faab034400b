// Corrections against the customer, with their code or without the internet.
// Also writes off a disputed debt.
import { codeIn, messagesAt } from '../support/demo-phone';
import { expect, expectSent, test } from '../support/e2e';
import { expectFits, expectRoom, PHONE } from '../support/fits';
import { newRows } from '../support/till-disk';
import type { TillPage } from '../support/till-page';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

async function openCorrection(till: TillPage, name: string): Promise<void> {
  await till.goTo('customers');
  await till.page.getByRole('list', { name: 'List of customers' }).getByText(name).click();
  await till.button('Adjust balance').click();
  await expect(till.dialog).toContainText('By how much');
}

test('a debt goes up with the customer’s code, and down without one; the card shows both', async ({
  till,
  page,
}) => {
  await openCorrection(till, 'Vera Lugova');
  await till.dialog.getByLabel('By how much').fill('3');
  await expect(till.dialog).toContainText('Now £12.50, then £15.50.');
  await expectRoom(page, till.dialog.getByLabel('By how much'), till.dialog.getByLabel('Why'));
  await till.button('Ask for the code').click();
  await expect(till.dialog).toContainText('Write why');
  await till.dialog.getByLabel('Why').fill('Two loaves were not rung up');
  await till.button('Ask for the code').click();
  await expect(till.codeField).toBeFocused();
  const [asked] = await messagesAt(new URL(page.url()).origin);
  expect(asked?.text).toContain('your debt is raised by £3.00');
  await page.keyboard.type(codeIn(asked?.text ?? ''));
  await expect(till.dialog).toContainText('adjustment');
  await expect(till.dialog).toContainText(/Adjustment: debt up.*\+?3\.00/s);

  await till.button('Adjust balance').click();
  await till.dialog.getByRole('radio', { name: 'Lower' }).check();
  await till.dialog.getByLabel('By how much').fill('20');
  await till.dialog.getByLabel('Why').fill('Paid last week');
  await expect(till.dialog).toContainText('This is more than the debt');
  await till.dialog.getByLabel('By how much').fill('12.50');
  await till.dialog.getByRole('button', { name: 'Adjust', exact: true }).click();
  await expect(till.dialog).toContainText(/Adjustment: debt down.*−12\.50/s);
  const corrected = (await newRows(page, 'journal')).filter(
    ({ act }) => act === 'balance-corrected',
  );
  expect(corrected).toMatchObject([
    { body: { delta: 300, confirmations: [{ kind: 'code' }] } },
    { body: { delta: -1250, confirmations: [{ kind: 'by-right' }] } },
  ]);
  await page.keyboard.press('Escape');
  await till.goTo('journal');
  await page.getByRole('button', { name: /^Adjustment: debt down/ }).click();
  await expect(till.dialog).toContainText(/Why it was adjusted\s*Paid last week/);
});

test('on a phone, without the internet, it goes on by right, with a reason @long', async ({
  till,
  page,
  context,
}) => {
  await page.setViewportSize(PHONE);
  await context.setOffline(true);
  await openCorrection(till, 'Nina Polevaya');
  await till.dialog.getByLabel('By how much').fill('2');
  await till.dialog.getByLabel('Why').fill('Milk was not rung up');
  await till.button('Ask for the code').click();
  await expect(till.dialog).toContainText('The code can’t be sent');
  await expectFits(page);
  await till.dialog.getByRole('radio', { name: 'No internet' }).check();
  await till.button('Continue without a code').click();
  await expect(till.dialog).toContainText(/Adjustment: debt up.*2\.00/s);
  await context.setOffline(false);
  await expectSent(till);
});

test('a disputed debt is written off where its dispute is closed @long', async ({
  till,
  page,
  context,
}) => {
  await context.setOffline(true);
  await till.shortTender('Ground coffee, 250 g', 'Timur Sadykov');
  await till.saveAndSend();
  await till.goOnWithoutCode('No internet');
  await till.expectSaved();
  await till.next();
  await till.goTo('unconfirmed');
  const main = page.getByRole('main');
  const debt = main.getByRole('listitem').filter({ hasText: 'Timur Sadykov' });
  await debt.getByRole('button', { name: 'Open a dispute' }).click();
  await till.dialog.getByRole('button', { name: 'Open a dispute' }).click();
  await main.getByRole('button', { name: 'Close the dispute…' }).click();
  await till.dialog.getByText(/^Write this debt off/).click();
  await till.dialog.getByRole('textbox').fill('It was not them');
  await till.dialog.getByRole('button', { name: 'Close the dispute' }).click();
  await expect(page.getByText('The debt is written off, the dispute closed.')).toBeVisible();
  const corrected = (await newRows(page, 'journal')).filter(
    ({ act }) => act === 'balance-corrected',
  );
  expect(corrected).toMatchObject([{ body: { reason: 'It was not them' } }]);
  const [{ body }] = corrected as [{ body: { debt: string; settles: { debt: string }[] } }];
  expect(body.settles.map(({ debt }) => debt)).toEqual([body.debt]);
});
