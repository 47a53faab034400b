// All numbers that a customer has had, with their times. Encrypted.
import type { Database } from './database';
import { addIfNew } from './rows';

export const migration = `
CREATE TABLE phone_history (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  since INTEGER NOT NULL,
  tag TEXT NOT NULL,
  phone BLOB NOT NULL,
  demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
  PRIMARY KEY (shop, customer, since, tag)
) STRICT, WITHOUT ROWID;
`;

type FormerPhone = {
  readonly customer: string;
  readonly since: number;
  readonly tag: string;
  /** Encrypted E.164. */
  readonly phone: Buffer;
};

/** Records that a number became the customer's. */
export async function notePhone(
  db: Database,
  row: FormerPhone & { readonly demo: boolean },
): Promise<void> {
  await addIfNew(db, 'phone_history (customer, since, tag, phone, demo)', row);
}

/** All numbers of a customer, oldest first. */
export async function phonesOf(db: Database, customer: string): Promise<readonly FormerPhone[]> {
  const sql =
    'SELECT customer, since, tag, phone FROM phone_history WHERE shop = @shop AND customer = ? ORDER BY since, tag';
  return db.all(sql, customer);
}

/** Deletes a number that its till has corrected before anybody used it. */
export async function forgetPhone(
  db: Database,
  { customer, since, tag }: Pick<FormerPhone, 'customer' | 'since' | 'tag'>,
): Promise<void> {
  const sql =
    'DELETE FROM phone_history WHERE shop = @shop AND customer = ? AND since = ? AND tag = ?';
  await db.run(sql, customer, since, tag);
}

/** Deletes numbers registered with the demo provider. */
export const forgetDemoHistory = (db: Database): Promise<void> =>
  db.run('DELETE FROM phone_history WHERE shop = @shop AND demo = 1');
