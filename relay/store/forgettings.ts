// The acts that forget customers: how many of them a day the shop's staff made without anybody's code.
import type { Database } from './database';

export const migration = `
CREATE TABLE forgettings (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  till TEXT NOT NULL,
  at INTEGER NOT NULL,
  by_right INTEGER NOT NULL,
  PRIMARY KEY (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX forgettings_by_right ON forgettings (shop, by_right, at);
`;

/** An accepted act that forgets a customer. `at`: when it counts, ms. */
export type Forgetting = {
  readonly hash: string;
  readonly till: string;
  readonly at: number;
  readonly byRight: boolean;
};

/** Runs in the caller's transaction. */
export async function addForgetting(
  db: Database,
  { hash, till, at, byRight }: Forgetting,
): Promise<void> {
  await db.run(
    `INSERT INTO forgettings (shop, hash, till, at, by_right)
     VALUES (@shop, @hash, @till, @at, @right) ON CONFLICT DO NOTHING`,
    { hash, till, at, right: byRight ? 1 : 0 },
  );
}

/** The acts by right whose time, ms, is after `from` and not after `to`, at all tills. */
export async function forgottenByRight(
  db: Database,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly Pick<Forgetting, 'till' | 'at'>[]> {
  const sql = `SELECT till, at FROM forgettings
    WHERE shop = @shop AND by_right = 1 AND at > @from AND at <= @to`;
  return (await db.all(sql, { from, to })) as Pick<Forgetting, 'till' | 'at'>[];
}
