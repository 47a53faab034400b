// Which entries cancel a repayment, and where each stands in the order.
import type { Database } from './database';
import type { AuthorView } from './journal-acts';
import { valueList } from './value-lists';

export const migration = `
CREATE TABLE cancelled_repayments (
  shop TEXT NOT NULL,
  repayment TEXT NOT NULL,
  -- the till that brought the cancellation, and the place at which it did
  till TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (shop, repayment, till, shop_order),
  FOREIGN KEY (shop, hash) REFERENCES journal_originals (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX cancelled_repayments_by_order ON cancelled_repayments (shop, repayment, shop_order);
`;

/** Stores that an original cancels a repayment. All are hashes, besides the till. */
export async function addCancelled(
  db: Database,
  of: {
    readonly repayment: string;
    readonly till: string;
    readonly order: number;
    readonly hash: string;
  },
): Promise<void> {
  const add = `INSERT INTO cancelled_repayments (shop, repayment, till, shop_order, hash)
    VALUES (@shop, @repayment, @till, @order, @hash)`;
  await db.run(add, of);
}

/** Whether the author of a cancellation knew another one of the same repayment. `hash`: of its own. */
export async function wasCancelled(
  db: Database,
  of: AuthorView & { readonly repayment: string; readonly hash: string },
): Promise<boolean> {
  const tills = valueList('till', of.device);
  const others = `SELECT 1 FROM cancelled_repayments
    WHERE shop = @shop AND repayment = @repayment AND hash <> @hash`;
  const { repayment, hash, seen } = of;
  const sql = `${others} AND till IN (${tills.sql}) UNION ALL ${others} AND shop_order <= @seen LIMIT 1`;
  return (await db.value(sql, { repayment, hash, seen, ...tills.values })) !== undefined;
}
