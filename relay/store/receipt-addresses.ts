// Addresses for electronic receipts, by the hashes that sales name. Encrypted, kept for a month.
import type { ReceiptAddress } from '$lib/contract/acts/sale';
import { MONTH_MS } from '$lib/domain/values/durations';
import type { DataCipher } from './cipher';
import type { Database } from './database';
import { forgottenOf } from './forgotten';

export const migration = `
CREATE TABLE receipt_addresses (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  customer TEXT,
  at INTEGER NOT NULL,
  address BLOB NOT NULL,
  PRIMARY KEY (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_addresses_by_customer ON receipt_addresses (shop, customer);
CREATE INDEX receipt_addresses_by_at ON receipt_addresses (shop, at);
`;

type Parts = { readonly db: Database; readonly cipher: DataCipher };

/**
 * Stores the address that a sale names by `hash`, unless its customer was forgotten. An address that already exists under this hash
 * is identical and stays. `at`: when the relay received it, ms.
 */
export async function addReceiptAddress(
  { db, cipher }: Parts,
  hash: string,
  {
    customer,
    address,
    at,
  }: {
    readonly customer: string | null;
    readonly address: ReceiptAddress;
    readonly at: number;
  },
): Promise<void> {
  if (customer !== null && (await forgottenOf(db, customer)) !== null) return;
  const sql = `INSERT INTO receipt_addresses (shop, hash, customer, at, address)
    VALUES (@shop, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
  await db.run(sql, hash, customer, at, cipher.encrypt(address.to));
}

/** The address of this hash, a phone number or an e-mail address; null: the relay does not have it. */
export async function receiptAddressOf(
  { db, cipher }: Parts,
  hash: string,
): Promise<string | null> {
  const sql = 'SELECT address FROM receipt_addresses WHERE shop = @shop AND hash = ?';
  const address = (await db.value(sql, hash)) as Buffer | undefined;
  return address === undefined ? null : cipher.decrypt(address);
}

/** Deletes addresses received a month ago or earlier. `now`: ms. */
export async function sweepReceiptAddresses(db: Database, now: number): Promise<void> {
  const sql = 'DELETE FROM receipt_addresses WHERE shop = @shop AND at <= ?';
  await db.run(sql, now - MONTH_MS);
}
