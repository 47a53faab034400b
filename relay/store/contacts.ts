// Numbers that tills named for customers: the first and the newest one of each till.
// They are encrypted, and give no rights.
import type { Database } from './database';
import { putRow } from './rows';

export const migration = `
CREATE TABLE contacts (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  till TEXT NOT NULL,
  slot TEXT NOT NULL CHECK (slot IN ('first', 'newest')),
  tag TEXT NOT NULL,
  phone BLOB NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (shop, customer, till, slot)
) STRICT, WITHOUT ROWID;
`;

export type Contact = {
  readonly customer: string;
  /** The till that named it. */
  readonly till: string;
  readonly tag: string;
  /** Encrypted E.164. */
  readonly phone: Buffer;
  /** When the relay first got it from this till, ms. */
  readonly since: number;
};

/** Stores a number as the till's first one for the customer or in place of its newest; false: no till's number is new. */
export async function addContact(db: Database, contact: Contact): Promise<boolean> {
  const known = await contactsOf(db, contact.customer);
  const isNew = known.every(({ tag }) => tag !== contact.tag);
  if (known.some(({ till, tag }) => till === contact.till && tag === contact.tag)) return isNew;
  const slot = known.some(({ till }) => till === contact.till) ? 'newest' : 'first';
  await putRow(db, 'contacts (customer, till, slot, tag, phone, since)', 'customer, till, slot', {
    ...contact,
    slot,
  });
  return isNew;
}

/** Deletes a number that a till has corrected. */
export async function dropContact(
  db: Database,
  contact: Pick<Contact, 'customer' | 'till' | 'tag'>,
): Promise<void> {
  const sql =
    'DELETE FROM contacts WHERE shop = @shop AND customer = @customer AND till = @till AND tag = @tag';
  await db.run(sql, contact);
}

/** The numbers of a customer by all tills, oldest first; one number may be named by several. */
export async function contactsOf(db: Database, customer: string): Promise<readonly Contact[]> {
  const sql = `SELECT customer, till, tag, phone, since FROM contacts
    WHERE shop = @shop AND customer = ? ORDER BY since, till, slot`;
  return db.all(sql, customer);
}
