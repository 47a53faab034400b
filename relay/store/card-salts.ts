// The secret salt of each customer's card; until the card is stored, as a till named it. Encrypted.
import type { Database } from './database';
import { forgottenOf } from './forgotten';
import type { DataCipher } from './cipher';
import { addIfNew, putRow } from './rows';

export const migration = `
CREATE TABLE card_salts (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  salt BLOB NOT NULL,
  PRIMARY KEY (shop, customer)
) STRICT, WITHOUT ROWID;
`;

type Parts = { readonly db: Database; readonly cipher: DataCipher };

/** The salt of a customer's card, hex; null: no till has named it. */
export async function cardSaltOf({ db, cipher }: Parts, customer: string): Promise<string | null> {
  const sql = 'SELECT salt FROM card_salts WHERE shop = @shop AND customer = ?';
  const salt = await db.value<Buffer>(sql, customer);
  return salt === null ? null : cipher.decrypt(salt);
}

/**
 * Stores the salt of a card's first naming; false: the relay knows the card with another one, which stays, or the customer was
 * forgotten.
 */
export async function takeCardSalt(
  parts: Parts,
  { customer, cardSalt }: { readonly customer: string; readonly cardSalt: string },
): Promise<boolean> {
  const { db, cipher } = parts;
  if ((await forgottenOf(db, customer)) !== null) return false;
  await addIfNew(db, 'card_salts (customer, salt)', { customer, salt: cipher.encrypt(cardSalt) });
  return (await cardSaltOf(parts, customer)) === cardSalt;
}

/** Stores the salt of the card itself, or one that a grant of this relay proves, in place of another one. */
export const keepCardSalt = (
  { db, cipher }: Parts,
  { customer, cardSalt }: { readonly customer: string; readonly cardSalt: string },
): Promise<void> =>
  putRow(db, 'card_salts (customer, salt)', 'customer', {
    customer,
    salt: cipher.encrypt(cardSalt),
  });
