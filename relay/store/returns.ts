// The rows of returns and corrected tenders: what each gave back or moved, of which sale.
import type { ReturnRow } from '$lib/contract/rows';
import { isOfGoods } from '$lib/domain/receipt/returns';
import { sumOfParts } from '$lib/domain/values/settlement';
import type { Database } from './database';
import type { Place } from './discrepancies';
import type { AuthorView } from './originals';
import { addRow } from './rows';

export const migration = `
CREATE TABLE returns (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  -- hash of the sale's entry; null: nobody knows the sale
  sale TEXT,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  -- minor units given back that count in the cap of a day
  guarded INTEGER NOT NULL,
  operator TEXT,
  -- minor units given back besides card and transfer
  given INTEGER NOT NULL,
  content TEXT NOT NULL,
  -- the place in the shop's order from which on it counts; null: it waits for an owner
  shop_order INTEGER,
  PRIMARY KEY (shop, hash),
  FOREIGN KEY (shop, hash) REFERENCES journal_originals (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX returns_by_sale ON returns (shop, sale);
CREATE INDEX returns_by_till ON returns (shop, till, at);
`;

/** Stores what one original gave back. `order` null: it waits for an owner. */
export async function addReturns(
  db: Database,
  rows: readonly ReturnRow[],
  order: number | null,
): Promise<void> {
  for (const row of rows) {
    const { hash, sale, till, seq, at, guarded, operator, given } = row;
    const content = JSON.stringify(row);
    await addRow(
      db,
      'returns (hash, sale, till, seq, at, guarded, operator, given, content, shop_order)',
      { hash, sale, till, seq, at, guarded, operator, given, content, order },
    );
  }
}

/** The returns of a sale as the author of an entry knew them. */
export async function returnsAt(
  db: Database,
  of: AuthorView & { readonly sale: string },
): Promise<readonly ReturnRow[]> {
  const sql = `SELECT content FROM returns
    WHERE shop = @shop AND sale = @sale AND (till IN (@device) OR shop_order <= @seen)`;
  const rows = await db.all<{ content: string }>(sql, of);
  return rows.map(({ content }) => JSON.parse(content) as ReturnRow);
}

/** The sales on account that a repayment has settled. */
const SETTLED = 'SELECT debt FROM journal_debts WHERE shop = @shop AND hash = @repayment';

/** Whether the author of a cancellation knew a return of a sale that the repayment had settled. */
export async function isSettledReturned(
  db: Database,
  of: AuthorView & { readonly repayment: string },
): Promise<boolean> {
  const sql = `SELECT content FROM returns
    WHERE shop = @shop AND sale IN (${SETTLED}) AND (till IN (@device) OR shop_order <= @seen)`;
  const rows = await db.all<{ content: string }>(sql, of);
  return rows.some(({ content }) => isOfGoods(JSON.parse(content) as ReturnRow));
}

/**
 * Returns that the author of an entry did not know, newest first, with their quantities: of one sale, or, with money paid back, of
 * the sales that a repayment has settled.
 */
export async function returnsUnknown(
  db: Database,
  of: AuthorView & ({ readonly sale: string } | { readonly repayment: string }),
  most: number,
): Promise<readonly (Place & Pick<ReturnRow, 'quantities'>)[]> {
  const { device, ...values } = of;
  const sql = `SELECT content FROM returns
    WHERE shop = @shop AND sale IN (${'sale' in of ? '@sale' : SETTLED})
      AND till NOT IN (@device) AND shop_order > @seen
    ORDER BY shop_order DESC`;
  const rows = await db.all<{ content: string }>(sql, { ...values, device });
  return rows
    .map(({ content }) => JSON.parse(content) as ReturnRow)
    .filter(isOfGoods)
    .filter((row) => 'sale' in of || sumOfParts(row.refunds) + row.pointsWithheld > 0)
    .slice(0, most);
}

/**
 * Minor units that returns of a device gave back after `from`, ms: by all operators under the cap of a day, and by one of them
 * besides card and transfer.
 */
export async function returnedSince(
  db: Database,
  of: {
    readonly device: readonly string[];
    readonly operator: string | null;
    readonly from: number;
  },
): Promise<{ readonly guardedToday: number; readonly givenToday: number }> {
  const sql = `SELECT COALESCE(SUM(CAST(guarded AS DOUBLE PRECISION)), 0) AS guarded_today,
      COALESCE(SUM(CASE WHEN operator = @operator THEN CAST(given AS DOUBLE PRECISION) ELSE 0 END), 0) AS given_today
    FROM returns WHERE shop = @shop AND till IN (@device) AND at > @from`;
  return db.one(sql, of);
}
