// Customers who were forgotten, what of them is erased, and keyed hashes of their numbers for 90 days.
import type { Database } from './database';
import type { Place } from './discrepancies';
import type { DataCipher } from './cipher';
import { dropSnapshots } from './snapshots';
import { addRow } from './rows';

export const migration = `
CREATE TABLE forgotten (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  shop_order INTEGER NOT NULL,
  PRIMARY KEY (shop, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX forgotten_by_order ON forgotten (shop, shop_order);
CREATE TABLE forgotten_numbers (
  shop TEXT NOT NULL,
  customer TEXT NOT NULL,
  tag TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (shop, customer, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX forgotten_numbers_by_tag ON forgotten_numbers (shop, tag);
CREATE INDEX forgotten_numbers_by_at ON forgotten_numbers (shop, at);
`;

/** How long the keyed hash of a forgotten customer's number is kept, ms. */
const NUMBER_KEPT_MS = 90 * 24 * 3_600_000;

/** The entry by which a customer was forgotten. `at`: when the relay took it, ms; `order`: its place in the shop's order. */
export type Forgotten = Place & { readonly at: number; readonly order: number };

type Parts = { readonly db: Database; readonly cipher: DataCipher };

/** How a customer was forgotten; null: they were not. */
export async function forgottenOf(db: Database, customer: string): Promise<Forgotten | null> {
  const sql = `SELECT till, seq, hash, at, shop_order FROM forgotten
    WHERE shop = @shop AND customer = ?`;
  return db.get(sql, customer);
}

/** Whether anybody was forgotten after this place in the shop's order. */
export const isForgottenSince = (db: Database, order: number): Promise<boolean> =>
  db.has('SELECT 1 FROM forgotten WHERE shop = @shop AND shop_order > ? LIMIT 1', order);

/** How many forgotten customers had this number within the last 90 days. */
export const forgottenWith = (db: Database, tag: string): Promise<number> =>
  db.number('SELECT COUNT(*) FROM forgotten_numbers WHERE shop = @shop AND tag = ?', tag);

/** Every table with the numbers of a customer. */
const NUMBERS = [
  ...(['phones', 'phone_history', 'phone_changes', 'contacts', 'authorised_persons'] as const),
];

/**
 * Erases all that identifies a customer: cards, card secret and phone numbers, also in finished messages and code
 * requests, and every snapshot. A waiting message keeps its number until it is sent. Runs in the caller's transaction.
 */
export async function eraseCustomer(
  { db, cipher }: Parts,
  { customer, ...of }: Forgotten & { readonly customer: string },
): Promise<void> {
  await addRow(db, 'forgotten (customer, till, seq, hash, at, shop_order)', { customer, ...of });
  const numbers = new Set<string>();
  // a row without a number has nothing to erase, so it is deleted
  await db.run(
    'DELETE FROM authorised_persons WHERE shop = @shop AND customer = ? AND phone IS NULL',
    customer,
  );
  for (const table of NUMBERS) {
    const sql = `INSERT INTO forgotten_numbers (shop, customer, tag, at)
       SELECT DISTINCT @shop, customer, tag, CAST(@at AS BIGINT) FROM ${table} WHERE shop = @shop AND customer = @customer
       ON CONFLICT DO NOTHING`;
    await db.run(sql, { customer, at: of.at });
    const encrypted = `SELECT phone FROM ${table} WHERE shop = @shop AND customer = ?`;
    for (const phone of await db.column<Buffer>(encrypted, customer))
      numbers.add(cipher.decrypt(phone));
  }
  const others = ['card_salts', 'cards', 'reminder_choices', 'untold_debts'];
  for (const table of [...NUMBERS, ...others])
    await db.run(`DELETE FROM ${table} WHERE shop = @shop AND customer = ?`, customer);
  await db.run(
    `DELETE FROM challenge_codes WHERE shop = @shop AND challenge IN
       (SELECT id FROM challenges WHERE shop = @shop AND customer = ?)`,
    customer,
  );
  await db.run(
    'UPDATE challenges SET phone = NULL, text = NULL, code = NULL WHERE shop = @shop AND customer = ?',
    customer,
  );
  await db.run(
    `UPDATE outbox_recipients SET text = '', news = NULL, phone = NULL
       WHERE shop = @shop AND operator IS NULL AND state NOT IN ('waiting', 'leaving')
         AND message IN (SELECT id FROM outbox WHERE shop = @shop AND customer = ?)`,
    customer,
  );
  // messages that are still without a number
  await db.run(
    `UPDATE outbox SET text = '', news = NULL, open = 0 WHERE shop = @shop AND customer = ? AND open = 1`,
    customer,
  );
  await eraseSent({ db, cipher }, customer, numbers);
  // any snapshot may contain the card; a new one is made when it is due
  await dropSnapshots(db);
}

/** Erases these numbers, E.164, from the records of sent messages, which would keep them for a day. */
async function eraseSent(
  { db, cipher }: Parts,
  customer: string,
  numbers: ReadonlySet<string>,
): Promise<void> {
  const erased = `UPDATE sendings SET phone = NULL, phone_masked = '', provider_text = NULL
    WHERE shop = @shop`;
  await db.run(
    `${erased} AND challenge IN (SELECT id FROM challenges WHERE shop = @shop AND customer = ?)`,
    customer,
  );
  const sql = 'SELECT id, phone FROM sendings WHERE shop = @shop AND phone IS NOT NULL';
  for (const { id, phone } of await db.all<{ id: number; phone: Buffer }>(sql))
    if (numbers.has(cipher.decrypt(phone))) await db.run(`${erased} AND id = ?`, id);
}

/** Whether a message to the customer still waits to be sent. A complete message without a number does not count. */
export async function hasUnsent(db: Database, customer: string): Promise<boolean> {
  const sql = `SELECT 1 FROM outbox WHERE shop = @shop AND customer = ?
    AND (text IS NULL AND open = 1 OR EXISTS (SELECT 1 FROM outbox_recipients r
      WHERE r.shop = outbox.shop AND r.message = outbox.id AND r.operator IS NULL AND r.state IN ('waiting', 'leaving')))
    LIMIT 1`;
  return db.has(sql, customer);
}

/** Whether a code of the customer waits for its answer, or confirmed an act that no journal has brought yet. `now`: ms. */
export async function isConfirming(db: Database, customer: string, now: number): Promise<boolean> {
  const sql = `SELECT 1 FROM challenges c WHERE c.shop = @shop AND c.customer = @customer
    AND (c.state IN ('sending', 'awaiting') AND c.expires_at > @now
      OR EXISTS (SELECT 1 FROM open_grants g
        WHERE g.shop = c.shop AND g.challenge = c.id AND g.unclaimed_at IS NULL))
    LIMIT 1`;
  return db.has(sql, { customer, now });
}

/** Deletes the keyed hashes of numbers that were forgotten 90 days ago, wherever they are. `now`: ms. */
export async function sweepForgotten(db: Database, now: number): Promise<void> {
  const before = now - NUMBER_KEPT_MS;
  const due = 'SELECT customer FROM forgotten_numbers WHERE shop = @shop AND at <= @before';
  await db.transaction(async (db) => {
    // nearly always none: the messages of a customer are found by reading all
    if (!(await db.has(`${due} LIMIT 1`, { before }))) return;
    await db.run(
      `UPDATE challenges SET phone_tag = '', phone_block = '' WHERE shop = @shop AND customer IN (${due})`,
      { before },
    );
    await db.run(
      `UPDATE outbox_recipients SET phone_tag = 'forgotten ' || id WHERE shop = @shop AND operator IS NULL
         AND message IN (SELECT id FROM outbox WHERE shop = @shop AND customer IN (${due}))`,
      { before },
    );
    await db.run('DELETE FROM forgotten_numbers WHERE shop = @shop AND at <= @before', { before });
  });
}
