// Customers who will get their balance by message, after acts from another relay's time.
import type { Database } from './database';

export const migration = `
CREATE TABLE pending_accounts (
  customer TEXT PRIMARY KEY,
  entry TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_accounts_by_asked_at ON pending_accounts (asked_at);
`;

export type PendingAccount = {
  readonly customer: string;
  /** The first entry that moved it: its hash, till and place. */
  readonly entry: string;
  readonly till: string;
  readonly seq: number;
  /** When the entry was uploaded, ms. */
  readonly askedAt: number;
};

/** Adds a customer; a customer who is waiting keeps their time, as the balance will include this. */
export function addPendingAccount(db: Database, pending: PendingAccount): void {
  db.prepare(
    `INSERT INTO pending_accounts (customer, entry, till, seq, asked_at)
     VALUES (@customer, @entry, @till, @seq, @askedAt) ON CONFLICT DO NOTHING`,
  ).run(pending);
}

/** Those due at `upTo`, oldest first. */
export function dueAccounts(db: Database, upTo: number): readonly PendingAccount[] {
  return db
    .prepare(
      `SELECT customer, entry, till, seq, asked_at AS askedAt FROM pending_accounts
       WHERE asked_at <= ? ORDER BY asked_at LIMIT 500`,
    )
    .all(upTo) as PendingAccount[];
}

export function dropPendingAccount(db: Database, customer: string): void {
  db.prepare('DELETE FROM pending_accounts WHERE customer = ?').run(customer);
}
