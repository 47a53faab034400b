// Reads what happened to sales since: their returns, corrected tenders and debts.
import type { ReturnRow } from '$lib/contract/rows';
import type { SinceSale } from '$lib/domain/acts/money/return';
import { debtRowsIn } from '$lib/storage/customers/debts';
import type { TillDb } from '$lib/storage/database/db';

/** What happened to a sale since, at all tills as far as it is known. Inside a transaction. */
export async function sinceSaleIn(
  db: TillDb,
  hash: string,
  customer: string | null,
): Promise<SinceSale> {
  const [debts, returns] = await Promise.all([
    customer === null ? [] : debtRowsIn(db, customer, [hash]),
    returnsIn(db, hash),
  ]);
  return { debts, returns };
}

/** The returns of a sale, and its corrected tenders, over all tills, oldest first. `sale`: hash of its entry. Awaits Dexie only. */
export const returnsIn = (db: TillDb, sale: string): Promise<readonly ReturnRow[]> =>
  returnsOfIn(db, [sale]);

/** The returns of several sales, oldest first. Awaits Dexie only. */
export async function returnsOfIn(
  db: TillDb,
  sales: readonly string[],
): Promise<readonly ReturnRow[]> {
  const [own = [], others = []] = await Promise.all(
    [db.returns, db.remoteReturns].map((table) => table.where('sale').anyOf(sales).toArray()),
  );
  const [here, there] = [own, others].map((rows) => new Set(rows.map(({ hash }) => hash)));
  // an own return that is also in the copy was refused by the relay, so it does not count
  const rows = [
    ...own.filter(({ hash }) => there?.has(hash) !== true),
    ...others.filter(({ hash }) => here?.has(hash) !== true),
  ];
  return rows.sort((a, b) => a.at - b.at || a.seq - b.seq);
}
