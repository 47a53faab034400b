// The registered number of each customer, with its time. Encrypted; compared by keyed hash.
import type { Database } from './database';
import { forgottenWith } from './forgotten';
import { forgetDemoHistory, notePhone } from './phone-history';
import type { DataCipher } from './cipher';
import { putRow } from './rows';

export const migration = `
CREATE TABLE phones (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  phone BLOB NOT NULL,
  tag TEXT NOT NULL,
  since INTEGER NOT NULL,
  trusted INTEGER NOT NULL CHECK (trusted IN (0, 1)),
  demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
  proven INTEGER NOT NULL CHECK (proven IN (0, 1)),
  named_by TEXT,
  PRIMARY KEY (shop, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX phones_by_tag ON phones (shop, tag);
`;

export type PhoneRow = {
  readonly customer: string;
  /** Encrypted E.164. */
  readonly phone: Buffer;
  readonly tag: string;
  readonly since: number;
  /** Trusted by an operator: not new, whatever its age. */
  readonly trusted: boolean;
  /** A demo number, or registered by a code of the demo. */
  readonly demo: boolean;
  /** Whether a code of a real service was answered there, or the previous proven number consented to the change. */
  readonly proven: boolean;
  /** The till whose first naming registered it; null: registered in another way. */
  readonly namedBy: string | null;
};

type Raw = Omit<PhoneRow, 'trusted' | 'demo' | 'proven'> & {
  trusted: number;
  demo: number;
  proven: number;
};

/** Keyed hash of a number: equal numbers have equal tags. */
export const phoneTag = ({ cipher }: { readonly cipher: DataCipher }, phone: string): string =>
  cipher.keyedHash('phone', phone);

/** Keyed hash of all but the last four digits of a number. */
export const phoneBlock = ({ cipher }: { readonly cipher: DataCipher }, phone: string): string =>
  cipher.keyedHash('phone-block', phone.slice(0, -4));

/** The registered number of a customer, or null. */
export async function phoneOf(db: Database, customer: string): Promise<PhoneRow | null> {
  const sql = `SELECT customer, phone, tag, since, trusted, demo, proven, named_by
       FROM phones WHERE shop = @shop AND customer = ?`;
  const raw = await db.get<Raw>(sql, customer);
  if (raw === null) return null;
  return {
    ...raw,
    trusted: raw.trusted === 1,
    demo: raw.demo === 1,
    proven: raw.proven === 1,
  };
}

/** How many cards have this number registered, or had it when they were forgotten within the last 90 days. */
export const cardsWith = async (db: Database, tag: string): Promise<number> =>
  (await db.number('SELECT COUNT(*) FROM phones WHERE shop = @shop AND tag = ?', tag)) +
  (await forgottenWith(db, tag));

/** Registers a number in place of another; the history keeps both. */
export async function setPhone(db: Database, row: PhoneRow): Promise<void> {
  await notePhone(db, row);
  await putRow(
    db,
    'phones (customer, phone, tag, since, trusted, demo, proven, named_by)',
    'customer',
    {
      ...row,
      trusted: row.trusted,
      demo: row.demo,
      proven: row.proven,
    },
  );
}

/** Marks a customer's registered number as proven. */
export const markProven = (db: Database, customer: string): Promise<void> =>
  db.run('UPDATE phones SET proven = 1 WHERE shop = @shop AND customer = ?', customer);

/** Deletes every number registered with the demo provider. */
export async function forgetDemoPhones(db: Database): Promise<void> {
  const sql =
    'DELETE FROM phone_changes WHERE shop = @shop AND customer IN (SELECT customer FROM phones WHERE shop = @shop AND demo = 1)';
  await db.run(sql);
  await db.run('DELETE FROM phones WHERE shop = @shop AND demo = 1');
  await forgetDemoHistory(db);
}

/** Numbers on several cards or among `tags`, including those of waiting changes and of authorised persons. */
export async function cardsByNumber(
  db: Database,
  tags: readonly string[],
  most: number,
): Promise<
  readonly { readonly tag: string; readonly phone: Buffer; readonly customers: string[] }[]
> {
  const numbers = `WITH numbers AS (SELECT customer, tag, phone FROM phones WHERE shop = @shop
    UNION ALL SELECT customer, tag, phone FROM phone_changes WHERE shop = @shop AND in_force_at IS NULL
    UNION ALL SELECT customer, tag, phone FROM authorised_persons
      WHERE shop = @shop AND since IS NOT NULL AND removed_at IS NULL)`;
  const found = await db.column<string>(
    `${numbers} SELECT tag FROM numbers
       GROUP BY tag HAVING COUNT(DISTINCT customer) > 1 OR tag IN (@tags)
       ORDER BY COUNT(DISTINCT customer) DESC, tag LIMIT @most`,
    { most, tags },
  );
  const made: { tag: string; phone: Buffer; customers: string[] }[] = [];
  for (const tag of found) {
    const sql = `${numbers} SELECT customer, phone FROM numbers WHERE tag = @tag ORDER BY customer`;
    const rows = await db.all<Pick<PhoneRow, 'customer' | 'phone'>>(sql, { tag });
    const customers = [...new Set(rows.map(({ customer }) => customer))];
    for (const { phone } of rows.slice(0, 1)) made.push({ tag, phone, customers });
  }
  return made;
}
