// Account steps: what each entry adds to or takes off a customer's debt and points, and their sums.
import type { AccountRow } from '$lib/contract/rows';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { SaleAction } from '$lib/contract/values';
import type { Database } from './database';
import { addRow } from './rows';
import { cardsOfAccount } from './merges';
import type { AuthorView } from './originals';

export const migration = `
CREATE TABLE journal_steps (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  step INTEGER NOT NULL,
  customer TEXT NOT NULL,
  account TEXT NOT NULL CHECK (account IN ('debt', 'points')),
  delta INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  -- the place in the shop's order from which on it counts
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, hash, step),
  FOREIGN KEY (shop, hash) REFERENCES journal_originals (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_steps_by_customer ON journal_steps (shop, customer, received_at);
`;

/** Stores the steps of one original. `receivedAt`: ms; `order`: they count from this place of the shop's order on. */
export async function addSteps(
  db: Database,
  steps: readonly Pick<AccountRow, 'hash' | 'index' | 'customer' | 'account' | 'delta'>[],
  of: { readonly receivedAt: number; readonly order: number },
): Promise<void> {
  const into = 'journal_steps (hash, step, customer, account, delta, received_at, shop_order)';
  for (const step of steps) await addRow(db, into, { ...step, step: step.index, ...of });
}

/** The balance of a customer's account by the entries of all tills. `owed`: minor units, negative: paid ahead. */
export async function standingOf(
  db: Database,
  customer: string,
): Promise<{ readonly owed: number; readonly points: number }> {
  const sql = `SELECT COALESCE(SUM(CAST(delta AS DOUBLE PRECISION)) FILTER (WHERE account = 'debt'), 0) AS owed,
              COALESCE(SUM(CAST(delta AS DOUBLE PRECISION)) FILTER (WHERE account = 'points'), 0) AS points
       FROM journal_steps WHERE shop = @shop AND customer IN ${cardsOfAccount(null)}`;
  return db.one(sql, { customer });
}

/**
 * The sums of all customers' steps in entries whose hash is in `[from, to)` and that count at `order` or before. `debt`: minor
 * units; `moved`: all amounts of debt and points without their signs, added up.
 */
export async function sumsUpTo(
  db: Database,
  of: { readonly order: number; readonly from: string; readonly to: string },
): Promise<{ readonly debt: number; readonly points: number; readonly moved: number }> {
  const sql = `SELECT COALESCE(SUM(CAST(delta AS DOUBLE PRECISION)) FILTER (WHERE account = 'debt'), 0) AS debt,
      COALESCE(SUM(CAST(delta AS DOUBLE PRECISION)) FILTER (WHERE account = 'points'), 0) AS points,
      COALESCE(SUM(ABS(CAST(delta AS DOUBLE PRECISION))), 0) AS moved
    FROM journal_steps WHERE shop = @shop AND hash >= @from AND hash < @to AND shop_order <= @order`;
  return db.one(sql, of);
}

/** The steps of one original that need this customer's consent: debt added, minor units, and points taken; both positive. */
export async function movesOf(
  db: Database,
  hash: string,
  customer: string,
): Promise<readonly { readonly action: SaleAction; readonly moved: number }[]> {
  const sql =
    'SELECT account, delta FROM journal_steps WHERE shop = @shop AND hash = ? AND customer = ? ORDER BY step';
  const steps = await db.all<Pick<AccountEntry, 'account' | 'delta'>>(sql, hash, customer);
  return steps.flatMap(({ account, delta }): { action: SaleAction; moved: number }[] => {
    if (account === 'debt' && delta > 0) return [{ action: 'sell-on-account', moved: delta }];
    return account === 'points' && delta < 0 ? [{ action: 'redeem-points', moved: -delta }] : [];
  });
}

/** When the relay received the first step on this card, ms; null: it has none. */
export async function historySince(db: Database, customer: string): Promise<number | null> {
  const sql = 'SELECT MIN(received_at) FROM journal_steps WHERE shop = @shop AND customer = ?';
  return db.value(sql, customer);
}

/**
 * A customer's balance as the till that wrote an entry knew it, in the units of `standingOf`. Also counts the entries of
 * the device's former names that wait for an owner (`former-journals.ts`), because the device itself counts them.
 */
export async function standingAt(
  db: Database,
  of: AuthorView & { readonly customer: string },
): Promise<{ readonly owed: number; readonly points: number }> {
  // summed as floats, because amounts that a till states could overflow an integer sum, which is an error
  const sum = (account: string) =>
    `COALESCE(SUM(CAST(s.delta AS DOUBLE PRECISION)) FILTER (WHERE s.account = '${account}'), 0)`;
  const sql = `SELECT ${sum('debt')} AS owed, ${sum('points')} AS points FROM (
    SELECT c.account, c.delta FROM journal_steps c
      JOIN journal_originals o ON o.shop = c.shop AND o.hash = c.hash
      JOIN journal j ON j.shop = o.shop AND j.shop_order = o.shop_order
      WHERE c.shop = @shop AND c.customer IN ${cardsOfAccount('@seen')}
        AND (j.till IN (@device) OR c.shop_order <= @seen)
    UNION ALL
    SELECT f.account, f.delta FROM former_steps f
      JOIN former_entries e ON e.shop = f.shop AND e.hash = f.hash
      WHERE f.shop = @shop AND f.customer IN ${cardsOfAccount('@seen')}
        AND e.till IN (@device) AND e.former IN (@device)) s`;
  return db.one(sql, of);
}
