// Authorised persons of customers: further phones that may confirm purchases on an account. Encrypted.
import type { Database } from './database';

export const migration = `
CREATE TABLE authorised_persons (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  person TEXT NOT NULL,
  phone BLOB,
  tag TEXT,
  name BLOB,
  demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
  asked_at INTEGER NOT NULL,
  since INTEGER,
  till TEXT,
  shop_order INTEGER,
  removed_at INTEGER,
  PRIMARY KEY (shop, customer, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX authorised_persons_by_tag ON authorised_persons (shop, tag);
`;

/** How long a requested person is kept if no entry adds them, ms. */
const ASKED_MS = 30 * 24 * 3_600_000;

type AskedPerson = {
  readonly customer: string;
  readonly person: string;
  /** Encrypted E.164. */
  readonly phone: Buffer;
  readonly tag: string;
  /** Encrypted. */
  readonly name: Buffer;
  /** Asked about through the demo. */
  readonly demo: boolean;
  readonly askedAt: number;
};

/**
 * `since`: when the customer gave their code; `till` and `order`: of the entry that added the person; null: no entry has.
 * `removedAt` null: not removed. Times in ms.
 */
export type PersonRow = AskedPerson & {
  readonly since: number | null;
  readonly till: string | null;
  readonly order: number | null;
  readonly removedAt: number | null;
};

/** A person who may confirm. */
export type AddedPerson = PersonRow & {
  readonly since: number;
  readonly till: string;
  readonly order: number;
  readonly removedAt: null;
};

type Raw = Omit<PersonRow, 'demo'> & { demo: number };

const SELECTED = `SELECT customer, person, phone, tag, name, demo, asked_at, since,
  till, shop_order, removed_at FROM authorised_persons WHERE shop = @shop AND customer = @customer`;

const read = ({ demo, ...row }: Raw): PersonRow => ({ ...row, demo: demo === 1 });

/**
 * All persons of a customer, including removed ones and those whom the customer was only asked about. Without persons whose removal
 * arrived before they were added.
 */
export async function personsOf(db: Database, customer: string): Promise<readonly PersonRow[]> {
  const sql = `${SELECTED} AND phone IS NOT NULL ORDER BY person`;
  const rows = await db.all<Raw>(sql, { customer });
  return rows.map(read);
}

/** Whether an entry has removed the person, even if it arrived before the entry that added them. */
export const wasRemoved = (
  db: Database,
  { customer, person }: Pick<PersonRow, 'customer' | 'person'>,
): Promise<boolean> =>
  db.has(`${SELECTED} AND person = @person AND removed_at IS NOT NULL`, { customer, person });

export const mayConfirm = (row: PersonRow): row is AddedPerson =>
  row.since !== null && row.removedAt === null;

/** Stores the person whom a customer is asked about. Until an entry adds the person, the number of the newest request counts. */
export async function askAbout(db: Database, row: AskedPerson): Promise<void> {
  await db.run(
    `DELETE FROM authorised_persons
       WHERE shop = @shop AND customer = @customer AND since IS NULL AND asked_at <= @before`,
    { customer: row.customer, before: row.askedAt - ASKED_MS },
  );
  await db.run(
    `INSERT INTO authorised_persons (shop, customer, person, phone, tag, name, demo, asked_at)
     VALUES (@shop, @customer, @person, @phone, @tag, @name, @demo, @askedAt)
     ON CONFLICT (shop, customer, person) DO UPDATE SET phone = excluded.phone, tag = excluded.tag,
       name = excluded.name, demo = excluded.demo, asked_at = excluded.asked_at
     WHERE authorised_persons.since IS NULL`,
    { ...row, demo: Number(row.demo) },
  );
}

/** Lets a person confirm from now on with this number. A person who was added before is not changed. */
export async function addPerson(
  db: Database,
  row: AskedPerson & Pick<AddedPerson, 'since' | 'till' | 'order'>,
): Promise<void> {
  const sql = `INSERT INTO authorised_persons (shop, customer, person, phone, tag, name, demo, asked_at, since, till, shop_order)
     VALUES (@shop, @customer, @person, @phone, @tag, @name, @demo, @askedAt, @since, @till, @order)
     ON CONFLICT (shop, customer, person) DO UPDATE SET phone = excluded.phone, tag = excluded.tag,
       name = excluded.name, demo = excluded.demo, asked_at = excluded.asked_at, since = excluded.since,
       till = excluded.till, shop_order = excluded.shop_order
     WHERE authorised_persons.since IS NULL`;
  await db.run(sql, { ...row, demo: Number(row.demo) });
}

/** Takes the right to confirm from a person, even if the entry that adds them has not arrived yet. `at`: ms. */
export async function removePerson(
  db: Database,
  of: { readonly customer: string; readonly person: string; readonly at: number },
): Promise<void> {
  const sql = `INSERT INTO authorised_persons (shop, customer, person, demo, asked_at, removed_at)
     VALUES (@shop, @customer, @person, 0, @at, @at)
     ON CONFLICT (shop, customer, person) DO UPDATE SET removed_at = excluded.removed_at
     WHERE authorised_persons.removed_at IS NULL`;
  await db.run(sql, of);
}

/** Takes the right to confirm from all persons of a customer. `at`: ms. */
export async function removeAllPersons(
  db: Database,
  of: { readonly customer: string; readonly at: number },
): Promise<void> {
  const sql = `UPDATE authorised_persons SET removed_at = @at
       WHERE shop = @shop AND customer = @customer AND removed_at IS NULL`;
  await db.run(sql, of);
}

/** Deletes everybody who was added by a code of the demo provider. */
export const forgetDemoPersons = (db: Database): Promise<void> =>
  db.run('DELETE FROM authorised_persons WHERE shop = @shop AND demo = 1');
