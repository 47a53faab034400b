// The acts that forget customers, each from its arrival on; a refused or stopped one is deleted.
import type { Database } from './database';
import { addIfNew } from './rows';

export const migration = `
CREATE TABLE forgettings (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  customer TEXT NOT NULL,
  -- other cards of the account, JSON
  merged TEXT NOT NULL,
  -- the place in the journal that it came with
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  shop_order INTEGER NOT NULL,
  at INTEGER NOT NULL,
  by_right INTEGER NOT NULL,
  -- when the customer is erased; null: they are
  due_at INTEGER,
  PRIMARY KEY (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX forgettings_by_right ON forgettings (shop, by_right, at);
CREATE INDEX forgettings_due ON forgettings (shop, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX forgettings_of_customer ON forgettings (shop, customer);
`;

/** An act that forgets a customer. `at`: when it counts; `dueAt`: when they are erased, ms; `order`: its place in the shop's order. */
export type Forgetting = {
  readonly hash: string;
  readonly customer: string;
  readonly merged: readonly string[];
  readonly till: string;
  readonly seq: number;
  readonly order: number;
  readonly at: number;
  readonly byRight: boolean;
  readonly dueAt: number;
};

/** One whose customer is not erased yet. */
export type Delayed = Omit<Forgetting, 'at' | 'byRight' | 'dueAt'>;

/** Runs in the caller's transaction. */
export async function addForgetting(db: Database, of: Forgetting): Promise<void> {
  const into = 'forgettings (hash, customer, merged, till, seq, shop_order, at, by_right, due_at)';
  await addIfNew(db, into, { ...of, merged: JSON.stringify(of.merged) });
}

/** The acts by right whose time, ms, is after `from` and not after `to`, at all tills. */
export async function forgottenByRight(
  db: Database,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly Pick<Forgetting, 'till' | 'at'>[]> {
  const sql = `SELECT till, at FROM forgettings
    WHERE shop = @shop AND by_right = 1 AND at > @from AND at <= @to`;
  return db.all(sql, { from, to });
}

/** Those whose customers are to be erased by `now`, ms, oldest first. */
export async function dueForgettings(db: Database, now: number): Promise<readonly Delayed[]> {
  const sql = `SELECT hash, customer, merged, till, seq, shop_order FROM forgettings
    WHERE shop = @shop AND due_at IS NOT NULL AND due_at <= ? ORDER BY due_at, shop_order`;
  return (await db.all<DelayedRow>(sql, now)).map(asDelayed);
}

/** Those of this customer, who is not erased yet, oldest first. */
export async function delayedOf(db: Database, customer: string): Promise<readonly Delayed[]> {
  const sql = `SELECT hash, customer, merged, till, seq, shop_order FROM forgettings
    WHERE shop = @shop AND customer = ? AND due_at IS NOT NULL ORDER BY shop_order`;
  return (await db.all<DelayedRow>(sql, customer)).map(asDelayed);
}

/** The customer of this act was erased. */
export const endForgetting = (db: Database, hash: string): Promise<void> =>
  db.run('UPDATE forgettings SET due_at = NULL WHERE shop = @shop AND hash = ?', hash);

/** The act was refused or stopped: it counts no more. */
export const dropForgetting = (db: Database, hash: string): Promise<void> =>
  db.run('DELETE FROM forgettings WHERE shop = @shop AND hash = ?', hash);

type DelayedRow = Omit<Delayed, 'merged'> & { readonly merged: string };

const asDelayed = (row: DelayedRow): Delayed => ({
  ...row,
  merged: JSON.parse(row.merged) as string[],
});
