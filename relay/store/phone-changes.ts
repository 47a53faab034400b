// Changes of number without the old number's consent: waiting, or in force for a month. Encrypted.
import { MONTH_MS } from '$lib/domain/values/durations';
import type { Database } from './database';
import type { PhoneRow } from './phones';
import { addRow } from './rows';

export const migration = `
CREATE TABLE phone_changes (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  asked_by TEXT NOT NULL,
  phone BLOB NOT NULL,
  tag TEXT NOT NULL,
  replaced TEXT,
  operator TEXT,
  in_force_at INTEGER,
  PRIMARY KEY (shop, customer, asked_at)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX phone_changes_waiting ON phone_changes (shop, customer, tag) WHERE in_force_at IS NULL;
`;

export type PhoneChange = Pick<PhoneRow, 'customer' | 'phone' | 'tag'> & {
  readonly askedAt: number;
  /** The till that requested it. */
  readonly askedBy: string;
  /** Tag of the number registered then; null: none was. */
  readonly replaced: string | null;
};

export type KeptChange = PhoneChange & {
  /** The operator who changed the card, by the requesting till's journal; null: not known. */
  readonly operator: string | null;
  /** Null while it waits. */
  readonly inForceAt: number | null;
};

/** Identifies a change in the outbox: the same number requested again later is another change. */
export const changeKey = ({ tag, askedAt }: Pick<PhoneChange, 'tag' | 'askedAt'>): string =>
  `${tag} ${askedAt}`;

const CHANGE = 'customer, phone, tag, asked_at, asked_by, replaced, operator, in_force_at';

/** The waiting changes of a customer's card, each to another number, oldest first. */
export async function changesOf(db: Database, customer: string): Promise<readonly KeptChange[]> {
  const sql = `SELECT ${CHANGE} FROM phone_changes
    WHERE shop = @shop AND customer = ? AND in_force_at IS NULL ORDER BY asked_at`;
  return db.all(sql, customer);
}

/** Stores a waiting change to a number that does not wait yet, asked for at a time when no other was. */
export const addChange = (db: Database, change: PhoneChange): Promise<void> =>
  addRow(db, 'phone_changes (customer, phone, tag, asked_at, asked_by, replaced)', change);

/** Deletes one waiting change; false: there is no such waiting change. */
export async function dropChange(
  db: Database,
  { customer, askedAt }: Pick<PhoneChange, 'customer' | 'askedAt'>,
): Promise<boolean> {
  const sql = `DELETE FROM phone_changes
    WHERE shop = @shop AND customer = ? AND asked_at = ? AND in_force_at IS NULL`;
  return (await db.changes(sql, customer, askedAt)) === 1;
}

/** Deletes all waiting changes of a customer's card. */
export async function dropChanges(db: Database, customer: string): Promise<void> {
  const sql =
    'DELETE FROM phone_changes WHERE shop = @shop AND customer = ? AND in_force_at IS NULL';
  await db.run(sql, customer);
}

/** Marks a waiting change as in force without consent. */
export async function endWait(
  db: Database,
  { customer, askedAt }: Pick<PhoneChange, 'customer' | 'askedAt'>,
  at: number,
): Promise<void> {
  const sql =
    'UPDATE phone_changes SET in_force_at = ? WHERE shop = @shop AND customer = ? AND asked_at = ?';
  await db.run(sql, at, customer, askedAt);
}

/**
 * Changes of a registered number requested by one of these tills until then, without an operator named by a journal;
 * oldest first.
 */
export async function unnamedChanges(
  db: Database,
  of: { readonly customer: string; readonly tills: readonly string[]; readonly until: number },
): Promise<readonly KeptChange[]> {
  const { customer, until } = of;
  const sql = `SELECT ${CHANGE} FROM phone_changes
    WHERE shop = @shop AND customer = @customer AND asked_by IN (@tills)
      AND asked_at <= @until AND replaced IS NOT NULL AND operator IS NULL ORDER BY asked_at`;
  return db.all(sql, { customer, until, tills: of.tills });
}

export async function nameOperator(
  db: Database,
  { customer, askedAt }: Pick<PhoneChange, 'customer' | 'askedAt'>,
  operator: string,
): Promise<void> {
  const sql =
    'UPDATE phone_changes SET operator = ? WHERE shop = @shop AND customer = ? AND asked_at = ?';
  await db.run(sql, operator, customer, askedAt);
}

/** Customers with a waiting change that was requested until then. */
export async function waitingSince(db: Database, until: number): Promise<readonly string[]> {
  const sql =
    'SELECT customer FROM phone_changes WHERE shop = @shop AND in_force_at IS NULL AND asked_at <= ?';
  return db.column(sql, until);
}

/** Waiting changes and, for a month, those in force; newest first. */
export async function keptChanges(db: Database, most: number): Promise<readonly KeptChange[]> {
  const sql = `SELECT ${CHANGE} FROM phone_changes
    WHERE shop = @shop ORDER BY in_force_at IS NOT NULL, asked_at DESC, customer LIMIT ?`;
  return db.all(sql, most);
}

/** Deletes changes a month after they came into force. */
export const sweepPhoneChanges = (db: Database, now: number): Promise<void> =>
  db.run('DELETE FROM phone_changes WHERE shop = @shop AND in_force_at <= ?', now - MONTH_MS);
