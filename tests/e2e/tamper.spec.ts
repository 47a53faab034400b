// Somebody with access to the tablet edits its database; the verification reports each edit.
import { expect, test } from '../support/e2e';
import { rowsOf, snapshotOf, tamper } from '../support/till-disk';

// the verification is opened offline, so that no edit is uploaded
test.use({ shop: 'shared', serviceWorkers: 'allow' });

const EDITED = ['journal', 'balances', 'customers'] as const;
let untouched: Awaited<ReturnType<typeof snapshotOf<(typeof EDITED)[number]>>>;

test.beforeEach(async ({ till, page, context }) => {
  if ((await rowsOf(page, 'sales')).length === 0) {
    await till.sellForCash('Ground coffee, 250 g');
    await till.next();
    await till.pointsAndDebtWithoutCodes();
  }
  await context.setOffline(true);
  untouched = await snapshotOf(page, EDITED);
});

test.afterEach(async ({ page }) => {
  for (const table of EDITED) await tamper(page, table, () => untouched[table], 'instead');
});

/** The entries of these stories: enrolled, two imports, the shift opened, two sales. */
const CASH_SALE = 5;
const DEBT_SALE = 6;

test('an untouched journal is whole, offline too, and shows the tag printed on the receipt', async ({
  till,
  page,
}) => {
  await till.goTo('journal');
  await page.getByRole('link', { name: 'Check the journal · 6 entries' }).click();
  await expect(page.getByText('The journal is whole · 6 entries')).toBeVisible();
  await expect(page.getByText(/The last entry is “Journal No\. 6 · [0-9a-f]{8}”\./)).toBeVisible();
});

test('a smaller debt in an entry breaks the chain there, and its sum differs', async ({
  till,
  page,
}) => {
  await tamper(page, 'journal', (rows) => {
    const entry = rows.find(({ seq }) => seq === DEBT_SALE)!;
    const body = entry['body'] as { onAccount: number; accounts: { delta: number }[] };
    body.onAccount = 1;
    body.accounts[0]!.delta = 1;
    return [entry];
  });
  await till.goTo('journal/check');
  await expect(page.getByText(`The chain is broken at entry No. ${DEBT_SALE}`)).toBeVisible();
  await expect(page.getByText(/Entry No\. 6 · Sale · /).first()).toBeVisible();
  await expect(page.getByText('The entry was changed after it had been made.')).toBeVisible();
  const sum = page.getByRole('row', { name: /Timur Sadykov · debt/ });
  await expect(sum).toContainText('£1.49');
  await expect(sum).toContainText('£0.01');
});

test('a deleted entry is reported as missing at its place @long', async ({ till, page }) => {
  await tamper(page, 'journal', (rows) => rows.filter(({ seq }) => seq !== CASH_SALE), 'instead');
  await till.goTo('journal/check');
  await expect(page.getByText(`The chain is broken at entry No. ${CASH_SALE}`)).toBeVisible();
  await expect(page.getByText('part of the journal was deleted')).toBeVisible();
});

test('an entry added at the end by hand is reported there: its hash is not its own @long', async ({
  till,
  page,
}) => {
  await tamper(page, 'journal', (rows) =>
    rows
      .filter(({ seq }) => seq === DEBT_SALE)
      .map((row) => ({ ...row, seq: 7, prevHash: row['hash'], hash: 'f'.repeat(64) })),
  );
  await till.goTo('journal/check');
  await expect(page.getByText('The chain is broken at entry No. 7')).toBeVisible();
});

test('two swapped entries break the chain @long', async ({ till, page }) => {
  await tamper(page, 'journal', (rows) =>
    rows
      .filter(({ seq }) => Number(seq) >= CASH_SALE)
      .map((row) => ({ ...row, seq: 11 - Number(row['seq']) })),
  );
  await till.goTo('journal/check');
  await expect(page.getByText(`The chain is broken at entry No. ${CASH_SALE}`)).toBeVisible();
  await expect(page.getByText('it was replaced, put in or moved')).toBeVisible();
});

test('a journal without its last entry is found by the rows that the entry left behind @long', async ({
  till,
  page,
}) => {
  await tamper(page, 'journal', (rows) => rows.filter(({ seq }) => seq !== DEBT_SALE), 'instead');
  await till.goTo('journal/check');
  await expect(
    page.getByText(
      'The journal ends at entry No. 5, but the till holds traces of entries up to No. 6',
    ),
  ).toBeVisible();
});

test('an edited balance is shown beside the sum from the journal @long', async ({ till, page }) => {
  await tamper(page, 'balances', (rows) =>
    rows.filter(({ sum }) => sum === 149).map((row) => ({ ...row, sum: 0 })),
  );
  await till.goTo('journal/check');
  const sum = page.getByRole('row', { name: /Timur Sadykov · debt/ });
  await expect(sum.getByRole('cell').nth(1)).toHaveText('£0.00');
  await expect(sum.getByRole('cell').nth(2)).toHaveText('£1.49');
});

test("a customer's number replaced by an accomplice's is reported with the card @long", async ({
  till,
  page,
}) => {
  await tamper(page, 'customers', (rows) =>
    rows
      .filter(({ name }) => name === 'Timur Sadykov')
      .map((row) => ({ ...row, phone: '+447400123456' })),
  );
  await till.goTo('journal/check');
  await expect(
    page.getByText('The card of “Timur Sadykov” is not the one in the journal'),
  ).toBeVisible();
});
