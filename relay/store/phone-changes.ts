// Changes of number without the old number's consent: waiting, or in force for a month. Sealed.
import type { Database } from './database';
import type { PhoneRow } from './phones';
import { valueList } from './value-lists';

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
CREATE UNIQUE INDEX phone_changes_waiting ON phone_changes (shop, customer) WHERE in_force_at IS NULL;
`;

const MONTH_MS = 30 * 24 * 3_600_000;

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

const CHANGE =
  'customer, phone, tag, asked_at AS askedAt, asked_by AS askedBy, replaced, operator, in_force_at AS inForceAt';

/** The waiting change of a customer's card, or null. */
export function changeOf(db: Database, customer: string): KeptChange | null {
  const sql = `SELECT ${CHANGE} FROM phone_changes WHERE shop = @shop AND customer = ? AND in_force_at IS NULL`;
  return (db.prepare(sql).get(customer) as KeptChange | undefined) ?? null;
}

/** Stores a change in place of any other waiting one of this customer. */
export function setChange(db: Database, change: PhoneChange): void {
  db.transaction(() => {
    dropChange(db, change.customer);
    db.prepare(
      `INSERT INTO phone_changes (shop, customer, phone, tag, asked_at, asked_by, replaced)
       VALUES (@shop, @customer, @phone, @tag, @askedAt, @askedBy, @replaced)`,
    ).run(change);
  })();
}

/** Deletes a waiting change; false: none waits. */
export function dropChange(db: Database, customer: string): boolean {
  const sql =
    'DELETE FROM phone_changes WHERE shop = @shop AND customer = ? AND in_force_at IS NULL';
  return db.prepare(sql).run(customer).changes === 1;
}

/** Marks the waiting change as in force without consent. */
export function endWait(db: Database, customer: string, at: number): void {
  const sql =
    'UPDATE phone_changes SET in_force_at = ? WHERE shop = @shop AND customer = ? AND in_force_at IS NULL';
  db.prepare(sql).run(at, customer);
}

/**
 * Changes of a registered number requested by one of these tills until then, without an operator named by a journal;
 * oldest first.
 */
export function unnamedChanges(
  db: Database,
  of: { readonly customer: string; readonly tills: readonly string[]; readonly until: number },
): readonly KeptChange[] {
  const { customer, until } = of;
  const tills = valueList('till', of.tills);
  const sql = `SELECT ${CHANGE} FROM phone_changes
    WHERE shop = @shop AND customer = @customer AND asked_by IN (${tills.sql})
      AND asked_at <= @until AND replaced IS NOT NULL AND operator IS NULL ORDER BY asked_at`;
  return db.prepare(sql).all({ customer, until, ...tills.values }) as KeptChange[];
}

export function nameOperator(
  db: Database,
  { customer, askedAt }: Pick<PhoneChange, 'customer' | 'askedAt'>,
  operator: string,
): void {
  const sql =
    'UPDATE phone_changes SET operator = ? WHERE shop = @shop AND customer = ? AND asked_at = ?';
  db.prepare(sql).run(operator, customer, askedAt);
}

/** Customers with a waiting change that was requested until then. */
export function waitingSince(db: Database, until: number): readonly string[] {
  const sql =
    'SELECT customer FROM phone_changes WHERE shop = @shop AND in_force_at IS NULL AND asked_at <= ?';
  return db.prepare(sql).pluck().all(until) as string[];
}

/** Waiting changes and, for a month, those in force; newest first. */
export function keptChanges(db: Database, most: number): readonly KeptChange[] {
  const sql = `SELECT ${CHANGE} FROM phone_changes
    WHERE shop = @shop ORDER BY in_force_at IS NOT NULL, asked_at DESC, customer LIMIT ?`;
  return db.prepare(sql).all(most) as KeptChange[];
}

/** Deletes changes a month after they came into force. */
export function sweepPhoneChanges(db: Database, now: number): void {
  db.prepare('DELETE FROM phone_changes WHERE shop = @shop AND in_force_at <= ?').run(
    now - MONTH_MS,
  );
}
