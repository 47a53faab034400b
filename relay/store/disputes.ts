// Customers who say that something on their account was not them, by the till where that was written down. A row goes once it is settled; the journal keeps both.
import type { Database } from './database';

export const migration = `
CREATE TABLE disputes (
  customer TEXT NOT NULL,
  till TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  PRIMARY KEY (customer, till)
) STRICT, WITHOUT ROWID;
INSERT INTO disputes (customer, till, opened_at)
  SELECT json_extract(entry, '$.body.customer'), till, at FROM journal j
  WHERE act = 'dispute' AND json_extract(entry, '$.body.state') = 'open' AND NOT EXISTS (
    SELECT 1 FROM journal later WHERE later.act = 'dispute' AND later.till = j.till AND later.seq > j.seq
      AND json_extract(later.entry, '$.body.customer') = json_extract(j.entry, '$.body.customer'));
`;

/** Since when a customer disputes something, ms, at whichever till; null: he does not. */
export function disputedSince(db: Database, customer: string): number | null {
  const sql = 'SELECT MIN(opened_at) FROM disputes WHERE customer = ?';
  return db.prepare(sql).pluck().get(customer) as number | null;
}

export function openDispute(
  db: Database,
  dispute: { readonly customer: string; readonly till: string; readonly at: number },
): void {
  db.prepare(
    `INSERT INTO disputes (customer, till, opened_at) VALUES (@customer, @till, @at)
     ON CONFLICT DO NOTHING`,
  ).run(dispute);
}

/** Settles what this device has opened; where it has not, whatever is open: a dispute must not outlive a lost till. */
export function settleDispute(
  db: Database,
  { customer, device }: { readonly customer: string; readonly device: readonly string[] },
): void {
  const own = db
    .prepare('DELETE FROM disputes WHERE customer = ? AND till IN (SELECT value FROM json_each(?))')
    .run(customer, JSON.stringify(device));
  if (own.changes === 0) db.prepare('DELETE FROM disputes WHERE customer = ?').run(customer);
}

const SHOWN = 200;

/** Customers with disputes that other devices have opened, the oldest first. */
export function disputesElsewhere(
  db: Database,
  device: readonly string[],
): { customer: string; since: number }[] {
  const sql = `SELECT customer, MIN(opened_at) AS since FROM disputes
    WHERE till NOT IN (SELECT value FROM json_each(?)) GROUP BY customer ORDER BY since LIMIT ${SHOWN}`;
  return db.prepare(sql).all(JSON.stringify(device)) as { customer: string; since: number }[];
}
