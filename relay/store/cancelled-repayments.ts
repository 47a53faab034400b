// Which entries cancel a repayment, and the place of each in the order.
import { exact } from '$lib/domain/values/money';
import type { Database } from './database';
import type { AuthorView } from './originals';
import { cardsOfAccount } from './merges';
import { addRow } from './rows';

export const migration = `
CREATE TABLE cancelled_repayments (
  shop TEXT NOT NULL,
  repayment TEXT NOT NULL,
  -- the till that uploaded the cancellation, and the place of that entry in the shop's order
  till TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (shop, repayment, till, shop_order),
  FOREIGN KEY (shop, hash) REFERENCES journal_originals (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX cancelled_repayments_by_order ON cancelled_repayments (shop, repayment, shop_order);
`;

/** Stores that an original cancels a repayment. `repayment` and `hash` are hashes of entries. */
export const addCancelled = (
  db: Database,
  of: {
    readonly repayment: string;
    readonly till: string;
    readonly order: number;
    readonly hash: string;
  },
): Promise<void> => addRow(db, 'cancelled_repayments (repayment, till, shop_order, hash)', of);

/**
 * Minor units that the till of a repayment added later to the debt of the customer's account, other than by cancelling repayments.
 * Returns 0 if the relay does not have the repayment. `repayment`: its hash; `seen`: the order up to which merges of cards count.
 */
export async function owedSince(
  db: Database,
  of: Pick<AuthorView, 'seen'> & {
    readonly repayment: string;
    readonly till: string;
    readonly customer: string;
  },
): Promise<number> {
  const sql = `SELECT COALESCE(SUM(CAST(s.delta AS DOUBLE PRECISION)), 0)
    FROM journal_originals o
    JOIN journal r ON r.shop = o.shop AND r.shop_order = o.shop_order
    JOIN journal_steps s ON s.shop = o.shop AND s.customer IN ${cardsOfAccount('@seen')}
      AND s.account = 'debt' AND s.delta > 0
    JOIN journal_originals l ON l.shop = s.shop AND l.hash = s.hash
    JOIN journal j ON j.shop = l.shop AND j.shop_order = l.shop_order
    WHERE o.shop = @shop AND o.hash = @repayment AND r.till = @till
      AND j.till = @till AND j.seq > r.seq AND j.act <> 'repayment-cancelled'`;
  return exact(await db.number(sql, of));
}

/** Whether the author of a cancellation knew another one of the same repayment. `hash`: of the cancellation itself. */
export async function wasCancelled(
  db: Database,
  of: AuthorView & { readonly repayment: string; readonly hash: string },
): Promise<boolean> {
  const others = `SELECT 1 FROM cancelled_repayments
    WHERE shop = @shop AND repayment = @repayment AND hash <> @hash`;
  const sql = `${others} AND till IN (@device) UNION ALL ${others} AND shop_order <= @seen LIMIT 1`;
  return db.has(sql, of);
}
