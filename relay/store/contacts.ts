// Numbers that tills named for customers without a registered one. Sealed; they give no rights.
import type { Database } from './database';

export const migration = `
CREATE TABLE contacts (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  tag TEXT NOT NULL,
  phone BLOB NOT NULL,
  since INTEGER NOT NULL,
  -- the order of insertion: two can have the same time
  place INTEGER NOT NULL,
  PRIMARY KEY (shop, customer, tag)
) STRICT, WITHOUT ROWID;
`;

/** Upper bound of numbers per customer; later ones are dropped. */
const MOST = 5;

export type Contact = {
  readonly customer: string;
  readonly tag: string;
  /** Sealed E.164. */
  readonly phone: Buffer;
  /** When the relay first got it, ms. */
  readonly since: number;
};

/** Stores a number unless it is known; false: nothing was stored. */
export async function addContact(db: Database, contact: Contact): Promise<boolean> {
  const { changes } = await db.run(
    `INSERT INTO contacts (shop, customer, tag, phone, since, place)
       SELECT @shop, @customer, @tag, @phone, @since, held.count
       FROM (SELECT COUNT(*) AS count FROM contacts WHERE shop = @shop AND customer = @customer) AS held
       WHERE held.count < ${MOST}
       ON CONFLICT DO NOTHING`,
    contact,
  );
  return changes === 1;
}

/** The numbers of a customer, in the order of insertion. */
export async function contactsOf(db: Database, customer: string): Promise<readonly Contact[]> {
  const sql =
    'SELECT customer, tag, phone, since FROM contacts WHERE shop = @shop AND customer = ? ORDER BY place';
  return (await db.all(sql, customer)) as Contact[];
}
