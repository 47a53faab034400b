// Property: after any sales, refusals and repeats, from two tabs, stored sums equal the journal's.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccountEntry } from '$lib/contract/acts/account';
import { actBodies, type Entry } from '$lib/contract/journal';
import { foldBalances, NOTHING_OWED } from '$lib/domain/customers/account';
import { actionsOf, movedBy } from '$lib/domain/consent/confirmation';
import { TillDb } from '$lib/storage/database/db';
import { standingIn, sumsIn } from '$lib/storage/customers/accounts';
import { saveSale } from '$lib/storage/sales/save-sale';
import {
  ANNA,
  AT,
  BORIS,
  cash,
  CASHIER,
  discard,
  id,
  NO_CREDIT,
  NO_PHONE,
  openShop,
  points,
  receiptOf,
} from '../support/storage-shop';

const PEOPLE = [ANNA, BORIS, NO_PHONE, NO_CREDIT];

const sold = fc.record({
  /** Few ids, so that some receipts are saved twice with different goods. */
  receipt: fc.integer({ min: 1, max: 12 }),
  customer: fc.constantFrom(...PEOPLE, null),
  bread: fc.integer({ min: 1, max: 9 }),
  given: fc.integer({ min: 0, max: 100_000 }),
  /** Mostly refused: few have points, and they take a code. */
  redeemed: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
  confirmed: fc.constantFrom('with codes', 'without'),
  tab: fc.constantFrom(0, 1),
});

const stepsOf = ({ body }: Entry) => (body['accounts'] ?? []) as AccountEntry[];

/** Money and debt of the sales, by customer. */
function purchasesIn(journal: readonly Entry[]): Map<string, number> {
  const bought = new Map<string, number>();
  for (const { act, body } of journal) {
    const { data: sale } = actBodies.sale.safeParse(act === 'sale' ? body : null);
    if (sale === undefined || sale.customer === null) continue;
    const paid = sale.tenders.filter(({ kind }) => kind !== 'points');
    const money = paid.reduce((sum, { amount }) => sum + amount, sale.onAccount - sale.changeDue);
    bought.set(sale.customer, (bought.get(sale.customer) ?? 0) + money);
  }
  return bought;
}

test('the sums on the disk are the sums of the journal, and both tabs add to the same ones', async () => {
  const verdicts = { saved: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(sold, { minLength: 4, maxLength: 12 }), async (sales) => {
      const shop = await openShop();
      const tabs = [shop.db, new TillDb(shop.db.name)] as const;
      try {
        await Promise.all(
          sales.map(async ({ receipt: n, customer, bread, given, redeemed, confirmed, tab }) => {
            const tenders = [cash(given), ...(redeemed > 0 ? [points(redeemed)] : [])];
            const receipt = receiptOf(id(2000 + n), { customer, bread, tenders });
            const asked = actionsOf(movedBy(receipt, null)).map((moved) => moved.action);
            const codes =
              confirmed === 'with codes' && customer !== null
                ? await Promise.all(asked.map((action) => shop.code(receipt, action)))
                : [];
            const attempt = { receipt, operator: CASHIER, at: AT, confirmations: codes };
            verdicts[(await saveSale(tabs[tab], attempt)).kind] += 1;
          }),
        );
        const journal = await shop.db.journal.toArray();
        const steps = journal.flatMap(stepsOf);
        const folded = foldBalances(steps);
        const [bought, sum] = [purchasesIn(journal), await sumsIn(shop.db, PEOPLE)];
        for (const person of PEOPLE) {
          expect(await standingIn(shop.db, person)).toEqual(folded.get(person) ?? NOTHING_OWED);
          expect(sum(person, 'purchases')).toBe(bought.get(person) ?? 0);
        }
        const rows = await shop.db.accountEntries.toArray();
        expect(foldBalances(rows)).toEqual(folded);
        expect(rows.filter(({ account }) => account !== 'purchases')).toHaveLength(steps.length);
        const numbers = (await shop.db.sales.orderBy('[till+number]').toArray()).map(
          (sale) => sale.number,
        );
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
      } finally {
        tabs[1].close();
        await discard(shop.db);
      }
    }),
    { numRuns: 25 },
  );
  // histories of only refusals, or only sales, would prove little
  expect(verdicts.saved).toBeGreaterThan(3);
  expect(verdicts.refused).toBeGreaterThan(3);
}, 60_000);
