// Customers' disputes by the hash of their entry. A closing may arrive before its dispute.
import type { Database } from './database';
import { addIfNew } from './rows';
import type { AuthorView } from './originals';
import { cardsOfAccount } from './merges';

export const migration = `
CREATE TABLE disputes (
  shop TEXT NOT NULL,
  entry TEXT NOT NULL,
  customer TEXT NOT NULL,
  till TEXT NOT NULL,
  about TEXT,
  opened_at INTEGER NOT NULL,
  -- the place in the shop's order from which on it counts
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX disputes_by_customer ON disputes (shop, customer);
CREATE TABLE dispute_closings (
  shop TEXT NOT NULL,
  dispute TEXT NOT NULL,
  customer TEXT NOT NULL,
  entry TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  closed_at INTEGER NOT NULL,
  PRIMARY KEY (shop, dispute, customer)
) STRICT, WITHOUT ROWID;
`;

const IS_OPEN = `NOT EXISTS (
  SELECT 1 FROM dispute_closings c WHERE c.shop = d.shop AND c.dispute = d.entry AND c.customer = d.customer)`;

export type Dispute = {
  /** Hash of the original that opened it. */
  readonly entry: string;
  readonly customer: string;
  readonly till: string;
  /** Hash of the disputed entry; null: the dispute is about no single entry. */
  readonly about: string | null;
  /** ms. */
  readonly at: number;
  /** The place in the shop's order from which on it counts. */
  readonly order: number;
};

export type Closing = {
  /** Hash of the dispute's entry. */
  readonly dispute: string;
  readonly customer: string;
  /** The original that closed it. */
  readonly entry: string;
  readonly till: string;
  readonly seq: number;
  /** ms. */
  readonly at: number;
};

/** Since when a customer has an open dispute, ms, at any till; null: they have none. */
export async function disputedSince(db: Database, customer: string): Promise<number | null> {
  const sql = `SELECT MIN(opened_at) FROM disputes d
    WHERE shop = @shop AND customer IN ${cardsOfAccount(null)} AND ${IS_OPEN}`;
  return db.value(sql, { customer });
}

/** Whether the customer has an open dispute that the author of an entry knew. */
export async function isDisputedBy(
  db: Database,
  of: AuthorView & { readonly customer: string },
): Promise<boolean> {
  const sql = `SELECT 1 FROM disputes d WHERE shop = @shop AND customer IN ${cardsOfAccount('@seen')}
    AND (till IN (@device) OR shop_order <= @seen) AND ${IS_OPEN} LIMIT 1`;
  return db.has(sql, of);
}

/** A dispute by its entry, or null. */
export async function disputeOf(db: Database, entry: string): Promise<Dispute | null> {
  const sql = `SELECT entry, customer, till, about, opened_at AS at, shop_order FROM disputes
    WHERE shop = @shop AND entry = ?`;
  return db.get(sql, entry);
}

/** Hashes of the entries that open disputes are about, if the author of an entry knew these disputes. */
export async function openAbout(db: Database, view: AuthorView): Promise<string[]> {
  const sql = `SELECT about FROM disputes d WHERE shop = @shop
    AND (till IN (@device) OR shop_order <= @seen) AND about IS NOT NULL AND ${IS_OPEN}`;
  return db.column(sql, view);
}

/** Stores a dispute, with its closing where that arrived before. */
export async function addDispute(db: Database, dispute: Dispute): Promise<Closing | null> {
  const into = 'disputes (entry, customer, till, about, opened_at, shop_order)';
  await addIfNew(db, into, { ...dispute, openedAt: dispute.at });
  const sql = `SELECT dispute, customer, entry, till, seq, closed_at AS at FROM dispute_closings
       WHERE shop = @shop AND dispute = @entry AND customer = @customer`;
  return db.get(sql, dispute);
}

/** Stores the first closing of a dispute; returns the closed dispute, null where it was closed before or is unknown. */
export async function addClosing(db: Database, closing: Closing): Promise<Dispute | null> {
  const into = 'dispute_closings (dispute, customer, entry, till, seq, closed_at)';
  if (!(await addIfNew(db, into, { ...closing, closedAt: closing.at }))) return null;
  const sql = `SELECT entry, customer, till, about, opened_at AS at, shop_order FROM disputes
       WHERE shop = @shop AND entry = @dispute AND customer = @customer`;
  return db.get(sql, closing);
}
