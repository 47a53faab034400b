// Everybody who owes, with the ages of their debts.
import type { DebtRow } from '$lib/contract/rows';
import { agedDebts, openDebts, type Aged } from '$lib/domain/customers/debts';
import { inBoth, readTogether, type TillDb } from '$lib/storage/database/db';
import { mergesIn } from '$lib/storage/remote/merged-cards';

export type Debtor = Aged & { readonly customer: string };

/**
 * All customers who owe anything, over all tills, unordered. Reads open debts by index. `now`: ms; `dueDays`: from the policy.
 * Throws StorageError.
 */
export async function debtorsOf(
  db: TillDb,
  now: number,
  dueDays: number | null,
): Promise<Debtor[]> {
  const [{ shownUnder }, owed, overpaid] = await readTogether(
    db,
    [db.debts, db.remoteDebts, db.remoteCards],
    () =>
      Promise.all([
        mergesIn(db),
        // Dexie reads such ranges with getAll; notEqual(0) would use a cursor
        inBoth(db, 'debts', (table) => table.where('left').above(0).toArray()),
        inBoth(db, 'debts', (table) => table.where('left').below(0).toArray()),
      ]),
  );
  const rows = new Map<string, DebtRow[]>();
  for (const row of [...owed, ...overpaid]) {
    const customer = shownUnder(row.customer);
    const held = rows.get(customer);
    if (held === undefined) rows.set(customer, [row]);
    else held.push(row);
  }
  return [...rows].flatMap(([customer, theirs]) => {
    const aged = agedDebts(openDebts(theirs), now, dueDays);
    return aged === null ? [] : [{ customer, ...aged }];
  });
}
