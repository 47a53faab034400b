// Customers' cards and authorised persons, by the hashes that journal entries name. Encrypted again.
import type { PersonalRecord } from '$lib/contract/journal-upload';
import type { Database } from './database';
import { forgottenOf } from './forgotten';
import type { DataCipher } from './cipher';
import { addIfNew } from './rows';

export const migration = `
CREATE TABLE cards (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  customer TEXT NOT NULL,
  card BLOB NOT NULL,
  PRIMARY KEY (shop, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_by_customer ON cards (shop, customer);
`;

type Parts = { readonly db: Database; readonly cipher: DataCipher };

/**
 * Stores a state of a customer's card, or a person on it, unless the customer was forgotten. A record that already exists under this
 * hash is identical and stays.
 */
export async function addRecord(
  { db, cipher }: Parts,
  {
    hash,
    customer,
    record,
  }: { readonly hash: string; readonly customer: string; readonly record: PersonalRecord },
): Promise<void> {
  if ((await forgottenOf(db, customer)) !== null) return;
  await addIfNew(db, 'cards (hash, customer, card)', {
    hash,
    customer,
    card: cipher.encrypt(JSON.stringify(record)),
  });
}

/** Whether a card or a person of this customer is stored. */
export const hasCard = (db: Database, customer: string): Promise<boolean> =>
  db.has('SELECT 1 FROM cards WHERE shop = @shop AND customer = ? LIMIT 1', customer);

/** The record of this hash; null: the relay does not have it. */
export async function recordOf(
  { db, cipher }: Parts,
  hash: string,
): Promise<PersonalRecord | null> {
  const sql = 'SELECT card FROM cards WHERE shop = @shop AND hash = ?';
  const card = await db.value<Buffer>(sql, hash);
  return card === null ? null : (JSON.parse(cipher.decrypt(card)) as PersonalRecord);
}
