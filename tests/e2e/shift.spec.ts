// A whole day of a drawer without a network, from the float to the Z report.
// Also a count that hides the expected sum.
import type { Page } from '@playwright/test';
import { changePolicy, expect, follow, newOperator, ownersOtherTill, test } from '../support/e2e';
import { expectRoom } from '../support/fits';
import type { TillPage } from '../support/till-page';
import { closedShift } from '../support/closed-shift';
import { rowsOf } from '../support/till-disk';
import { paperOf } from '../support/z-paper';

test.use({ shop: 'shared', serviceWorkers: 'allow' });

const expected = (page: Page) => page.locator('[data-expected]');
const count = (page: Page, value: string, pieces: string) =>
  page.getByLabel(`How many of ${value}`, { exact: true }).fill(pieces);

/** Puts cash in or out with the first reason. */
async function move(till: TillPage, button: string, amount: string, press: string) {
  await till.page.getByRole('main').getByRole('button', { name: button }).click();
  await till.dialog.getByLabel('How much').fill(amount);
  await expectRoom(till.page, till.dialog.getByLabel('How much'), till.dialog.getByLabel('Note'));
  await till.dialog.getByRole('button', { name: press }).click();
  await expect(till.dialog).toHaveCount(0);
}

test.describe('a shop that has had no shift', () => {
  test.use({ shop: 'prepared' });

  test('a day offline: float, sales, cash in and out, a count with a difference, and a Z report', async ({
    till,
    page,
    context,
  }) => {
    test.setTimeout(120_000);
    await till.openShop();
    await expect
      .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state ?? null))
      .toBe('activated');
    await context.setOffline(true);
    await till.goTo('shift');
    await expect(page.getByText('No shifts yet')).toBeVisible();
    await till.button('Open the shift').click();
    await till.dialog.getByLabel('How much').fill('100');
    await till.dialog.getByRole('button', { name: 'Open the shift' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Shift 1' })).toBeVisible();
    await expect(expected(page)).toHaveText('£100.00');

    await till.goTo('till');
    await till.sellForCash('Carrier bag');
    await till.next();
    await till.sellForCash('Carrier bag');
    await till.goTo('shift');
    await move(till, 'Cash in', '20', 'Put in');
    await move(till, 'Cash out', '5', 'Take out');
    await page.getByRole('main').getByRole('button', { name: 'No sale' }).click();
    await till.dialog.getByRole('button', { name: 'Record' }).click();
    await expect(till.dialog).toHaveCount(0);
    const main = page.getByRole('main');
    await expect(expected(page)).toHaveText('£115.20');
    await expect(main).toContainText(/Opening float\s?100\.00/);
    await expect(main).toContainText(/Cash sales\s?\+0\.20/);
    await expect(main).toContainText(/Cash in · small change\s?\+20\.00/);
    await expect(main).toContainText(/Cash out · cash drop\s?−5\.00/);
    await expect(main).toContainText(/2\sreceipts · average\s0\.10/);
    await expect(main).toContainText(/Drawer opened without a sale\s?1/);
    await till.button('X report').click();
    await expect(till.dialog.locator('[data-slip]').first()).toContainText(
      'The shift is not closed',
    );
    await till.dialog.getByRole('button', { name: 'Close', exact: true }).click();

    await till.button('Close the shift').click();
    const close = page.locator('[data-main-act] button, .pane-foot button').last();
    await expect(close).toBeDisabled();
    await count(page, '£50', '2');
    await count(page, '£10', '1');
    await count(page, '£5', '1');
    await page.getByLabel('One more: £0.10', { exact: true }).click();
    await expect(page.locator('[data-counted]')).toHaveText('£115.10');
    await expect(page.locator('[data-difference]')).toHaveText(/Short\s?−0\.10/);
    await close.click();
    await expect(page.getByText('Choose what explains the difference')).toBeVisible();
    await page.getByRole('radio', { name: 'wrong change given' }).check();
    await close.click();
    const slip = till.dialog.locator('[data-slip]').first();
    await expect(slip).toContainText('Z report no.');
    for (const line of [
      ...['Sales£0.20', 'Receipts2', 'Cash0.20', 'Opening float100.00', 'Cash sales0.20'],
      ...['Cash in · small change20.00', 'Cash out · cash drop−5.00'],
      ...['The drawer should hold£115.20', 'Counted£115.10', 'Short−0.10'],
      ...['Reason: wrong change given', 'Taken out15.10', 'Left as float100.00'],
    ])
      await expect(slip).toContainText(line);
    expect((await rowsOf(page, 'journal')).at(-1)).toMatchObject({
      act: 'shift-closed',
      body: { number: 1, expected: 11_520, counted: 11_510, takenOut: 1510, left: 10_000 },
    });
    // every figure on the paper is a sum of the entries since the shift was opened
    const { entries, close: said, totals, float } = await closedShift(page);
    expect(entries).toHaveLength(8);
    const zero = (figure: string) => /^[−+]?£?0(\.00)?$/.test(figure);
    const figures = (await slip.locator('.pair, .sum').all()).map(async (row) => {
      const [text = '', figure = ''] = await row.locator('span').allTextContents();
      return [text, figure.replaceAll('\u00a0', ' ')] as const;
    });
    const shown = (await Promise.all(figures)).filter(([, figure]) => !zero(figure));
    const paper = { float, sign: '£', nameOf: () => 'nobody' };
    expect(shown).toEqual(paperOf(totals, said, paper).filter(([, figure]) => !zero(figure)));
    await expect(slip).toContainText('DEMO');
    await till.dialog.getByRole('button', { name: 'Close', exact: true }).click();

    // the next sale opens the next shift automatically, with the cash that was left
    await till.goTo('till');
    await till.next();
    await till.sellForCash('Carrier bag');
    await till.goTo('shift');
    await expect(page.getByRole('heading', { level: 1, name: 'Shift 2' })).toBeVisible();
    await expect(main).toContainText(/Opening float \(not counted\)\s?100\.00/);
    await expect(expected(page)).toHaveText('£100.10');

    await till.button('Former shifts').click();
    await till.dialog.getByRole('button', { name: /Z no\. 1/ }).click();
    await expect(slip).toContainText('DUPLICATE');
    await expect(slip).toContainText('Counted£115.10');
    await till.dialog.getByRole('button', { name: 'Close', exact: true }).click();

    // the journal shows what each act of the drawer contains
    await till.goTo('journal');
    await till.button('All entries').click();
    const says = async (row: string | RegExp, ...facts: readonly (string | RegExp)[]) => {
      await page.getByRole('row', { name: row }).last().getByRole('button').first().click();
      for (const fact of facts) await expect(till.dialog).toContainText(fact);
      await till.dialog.getByRole('button', { name: 'Close', exact: true }).click();
    };
    await says(/Shift opened/, /Opening float\s?£100\.00/);
    await says(/Cash in/, /How much\s?£20\.00/, /What for\s?small change/);
    await says(/Cash out/, /How much\s?£5\.00/, /What for\s?cash drop/);
    await says(/Drawer opened/, /Why\s?to give change/);
    await says(
      /Drawer counted/,
      ...[/Counted\s?£115\.10/, /Should be\s?£115\.20/, /Short\s?£0\.10/, /£50\.00\s?× 2/],
    );
    await says(
      /Shift closed/,
      ...[/Counted\s?£115\.10/, /Should be\s?£115\.20/, /Short\s?£0\.10/],
      ...[/wrong change given/, /Taken out\s?£15\.10/, /Left as float\s?£100\.00/],
    );
  });
});

// comes before the others, because the drawer is to hold what it sells alone; it closes its shift
test('a blind count hides what should be there from a cashier, until it was counted @long', async ({
  till,
  page,
  relay,
}) => {
  const owner = await ownersOtherTill(relay);
  const version = await changePolicy(owner, (policy) => {
    policy.operators.push(newOperator('Kirill', 'cashier', '258025'));
    policy.shifts.blindCount = true;
    return policy;
  });
  await follow(page, version);
  await till.lock();
  await till.signIn('Kirill', '258025');
  await till.sellForCash('Carrier bag');
  await till.goTo('shift');
  await expect(page.getByRole('main')).toContainText('is hidden until it is counted');
  await expect(expected(page)).toHaveCount(0);
  await expect(page.getByRole('main')).not.toContainText('0.10');
  await expect(page.getByRole('main')).toContainText(/Paid back · 0\s?•••/);

  await till.button('Close the shift').click();
  // the largest number that can be typed counts in the row and in the sum
  await count(page, '£5', '999999');
  await expect(page.locator('[data-counted]')).toHaveText('£4,999,995.00');
  await expect(page.getByRole('listitem').filter({ hasText: '£5' }).last()).toContainText(
    '4,999,995.00',
  );
  await till.button('Type one sum').click();
  await page.getByLabel('Money in the drawer').fill('9'.repeat(20));
  await expect(page.getByText('This sum has too many digits')).toBeVisible();
  await expect(till.button('Done counting')).toBeDisabled();
  await page.getByLabel('Money in the drawer').fill('0.30');
  await expect(page.locator('[data-difference]')).toHaveCount(0);
  await till.button('Done counting').click();
  await expect(page.locator('[data-difference]')).toHaveText(/Over\s?\+0\.20/);
  // a recount is another entry
  await till.button('Count again').click();
  await page.getByLabel('Money in the drawer').fill('0.10');
  await till.button('Done counting').click();
  await expect(page.locator('[data-difference]')).toHaveText('It adds up');
  await till.button(/Close the shift/).click();
  await expect(till.dialog.locator('[data-slip]').first()).toContainText('Counts2');
  await page.keyboard.press('Escape');
  await till.lock();
  await till.signIn();
});

test('where the float is to be counted, the first payment asks for it and then goes on @long', async ({
  till,
  page,
  relay,
}) => {
  const owner = await ownersOtherTill(relay);
  const version = await changePolicy(owner, (policy) => {
    policy.shifts.countFloat = true;
    return policy;
  });
  await follow(page, version);
  await till.ring('Carrier bag');
  await till.button(/^Pay/).click();
  await expect(till.dialog).toContainText('How much is in the drawer?');
  await till.dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(till.dialogs).toHaveCount(0);
  await expect(till.lines).toHaveCount(1);
  await till.button(/^Pay/).click();
  await till.dialog.getByLabel('How much').fill('70');
  await till.dialog.getByRole('button', { name: 'Open the shift' }).click();
  await expect(page.getByRole('group', { name: 'Paid by' })).toBeVisible();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  await till.next();
  await till.sellForCash('Carrier bag');
  expect((await rowsOf(page, 'journal')).slice(-3)).toMatchObject([
    { act: 'shift-opened', body: { float: 7_000, counted: true } },
    { act: 'sale' },
    { act: 'sale' },
  ]);
});

test('the buttons for counting stay where they are while the sum beside them gets longer @long', async ({
  till,
  page,
}) => {
  await till.sellForCash('Carrier bag');
  await till.goTo('shift');
  await till.button(/^Close the shift/).click();
  const more = page.locator('.count-box').first().getByRole('button').last();
  const before = await more.boundingBox();
  for (let times = 0; times < 4; times++) await more.click();
  await expect(page.getByText('200.00').first()).toBeVisible();
  expect(await more.boundingBox()).toEqual(before);
});

// comes last, because the clock stays ahead
test('a shift that has been open for more than a day is named on every screen @long', async ({
  till,
  page,
  context,
}) => {
  await till.sellForCash('Carrier bag');
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state ?? null))
    .toBe('activated');
  const reminder = page.getByText('The shift has been open for more than a day.');
  await expect(reminder).toHaveCount(0);
  await context.setOffline(true);
  await context.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + 25 * 3_600_000;
  });
  await till.open();
  await till.signIn();
  await expect(reminder).toBeVisible();
  await till.goTo('shift');
  await expect(page.getByRole('heading', { level: 1, name: /^Shift \d+$/ })).toBeVisible();
  await expect(reminder).toHaveCount(1);
});
