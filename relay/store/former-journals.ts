// Entries of former tills unknown to this relay, and their rows, until an owner accepts them.
// None of them is in a balance, a limit or a dispute.
import type { AccountRow } from '$lib/contract/rows';
import type { AccountEntry } from '$lib/contract/acts/account';
import type { Credit } from '$lib/contract/acts/customer';
import type { FormerWaiting } from '$lib/contract/till';
import { mapInTurn } from '../in-turn';
import type { Database } from './database';
import { creditBy, keepCredit } from './credits';
import { actTable, addActs, type ActRow } from './journal-acts';
import type { AuthorView } from './originals';
import { addRow, putRow } from './rows';

/** SQL condition: the waiting entry is of `@till` and `@former`. */
const IS_OF = 'e.shop = @shop AND e.till = @till AND e.former = @former';

export const migration = `
CREATE TABLE former_journals (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  former TEXT NOT NULL,
  entries INTEGER NOT NULL,
  head_seq INTEGER NOT NULL,
  head_hash TEXT NOT NULL,
  digest TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (shop, till, former)
) STRICT, WITHOUT ROWID;
CREATE TABLE former_entries (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  till TEXT NOT NULL,
  former TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  act TEXT NOT NULL,
  PRIMARY KEY (shop, hash),
  FOREIGN KEY (shop, shop_order) REFERENCES journal (shop, shop_order)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_entries_by_till ON former_entries (shop, till, former, shop_order);
CREATE TABLE former_steps (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  step INTEGER NOT NULL,
  customer TEXT NOT NULL,
  account TEXT NOT NULL CHECK (account IN ('debt', 'points')),
  delta INTEGER NOT NULL,
  PRIMARY KEY (shop, hash, step),
  FOREIGN KEY (shop, hash) REFERENCES former_entries (shop, hash) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX former_steps_by_customer ON former_steps (shop, customer);
${actTable('former_acts', 'former_entries (shop, hash) ON DELETE CASCADE')}
CREATE TABLE former_cards (
  shop TEXT NOT NULL,
  hash TEXT NOT NULL,
  customer TEXT NOT NULL,
  credit TEXT NOT NULL,
  PRIMARY KEY (shop, hash, customer),
  FOREIGN KEY (shop, hash) REFERENCES former_entries (shop, hash) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX former_cards_by_customer ON former_cards (shop, customer);
`;

/** A till, and a former name whose entries it uploaded. */
export type Former = { readonly till: string; readonly former: string };

/** One original of a former name, and its place in the shop's order. */
type FormerEntry = Former & {
  readonly hash: string;
  readonly seq: number;
  readonly order: number;
  readonly act: string;
};

/** The rows that an entry would leave. */
type FormerRows = {
  readonly steps: readonly Pick<AccountRow, 'hash' | 'index' | 'customer' | 'account' | 'delta'>[];
  readonly acts: readonly ActRow[];
  readonly cards: readonly { readonly customer: string; readonly credit: Credit }[];
};

type JournalRow = Omit<FormerWaiting, 'head' | 'sums'> & {
  readonly till: string;
  readonly seq: number;
  readonly hash: string;
};

const JOURNAL = 'till, former, entries, head_seq AS seq, head_hash AS hash, digest, since';

/** The waiting entries of one former name; null: none. */
export async function waitingOf(
  db: Database,
  { till, former }: Former,
): Promise<FormerWaiting | null> {
  const sql = `SELECT ${JOURNAL} FROM former_journals WHERE shop = @shop AND till = ? AND former = ?`;
  const row = await db.get(sql, till, former);
  return row === null ? null : withSums(db, row as JournalRow);
}

/** SHA-256 over all waiting entries of one former name; null: none. */
export async function digestOf(db: Database, { till, former }: Former): Promise<string | null> {
  const sql = 'SELECT digest FROM former_journals WHERE shop = @shop AND till = ? AND former = ?';
  return db.value(sql, till, former);
}

/** The waiting entries of each former name of a till. */
export async function waitingAt(db: Database, till: string): Promise<readonly FormerWaiting[]> {
  const sql = `SELECT ${JOURNAL} FROM former_journals WHERE shop = @shop AND till = ? ORDER BY former`;
  return mapInTurn(await db.all<JournalRow>(sql, till), (row) => withSums(db, row));
}

async function withSums(
  db: Database,
  { till, seq, hash, ...row }: JournalRow,
): Promise<FormerWaiting> {
  const sql = `SELECT s.customer, s.account, SUM(CAST(s.delta AS DOUBLE PRECISION)) AS total
       FROM former_entries e JOIN former_steps s ON s.shop = e.shop AND s.hash = e.hash
       WHERE ${IS_OF}
       GROUP BY s.customer, s.account`;
  const balances = await db.all<{
    customer: string;
    account: AccountEntry['account'];
    total: number;
  }>(sql, { till, former: row.former });
  const moved = balances.filter(({ total }) => total !== 0);
  // sums that no honest till can have made are cut off, because they are only shown
  const sum = (account: AccountEntry['account'], part: (total: number) => number): number =>
    Math.min(
      Number.MAX_SAFE_INTEGER,
      moved.reduce((all, one) => all + (one.account === account ? part(one.total) : 0), 0),
    );
  return {
    ...row,
    head: { seq, hash },
    sums: {
      customers: new Set(moved.map(({ customer }) => customer)).size,
      debt: sum('debt', (total) => Math.max(0, total)),
      prepaid: sum('debt', (total) => Math.max(0, -total)),
      points: sum('points', Math.abs),
    },
  };
}

/** Stores an original that waits, with its rows. `digest`: over all waiting entries of this name, the new one last. */
export async function addFormerEntry(
  db: Database,
  { seq, ...entry }: FormerEntry,
  { steps, acts, cards }: FormerRows,
  of: { readonly digest: string; readonly now: number },
): Promise<void> {
  const sql = `INSERT INTO former_journals (shop, till, former, entries, head_seq, head_hash, digest, since)
       VALUES (@shop, @till, @former, 1, @seq, @hash, @digest, @now)
     ON CONFLICT (shop, till, former) DO UPDATE SET entries = former_journals.entries + 1,
       head_seq = excluded.head_seq, head_hash = excluded.head_hash, digest = excluded.digest`;
  await db.run(sql, { till: entry.till, former: entry.former, seq, hash: entry.hash, ...of });
  await addRow(db, 'former_entries (hash, till, former, shop_order, act)', entry);
  const intoSteps = 'former_steps (hash, step, customer, account, delta)';
  for (const step of steps) await addRow(db, intoSteps, { ...step, step: step.index });
  await addActs(db, 'former_acts', acts);
  const { hash } = entry;
  for (const { customer, credit } of cards)
    await putRow(db, 'former_cards (hash, customer, credit)', 'hash, customer', {
      hash,
      customer,
      credit: JSON.stringify(credit),
    });
}

/**
 * The credit on a customer's card as a device knows it; null: it knows no card. If none of its accepted entries has the card, the
 * newest waiting entry that it uploaded decides, because the device itself counts that entry.
 */
export async function creditAt(
  db: Database,
  { customer, device, seen }: AuthorView & { readonly customer: string },
): Promise<Credit | null> {
  const counted = await creditBy(db, { customer, device, seen });
  if (counted !== null) return counted;
  const sql = `SELECT c.credit FROM former_cards c
    JOIN former_entries e ON e.shop = c.shop AND e.hash = c.hash
    WHERE c.shop = @shop AND c.customer = @customer
      AND e.till IN (@device) AND e.former IN (@device)
    ORDER BY e.shop_order DESC LIMIT 1`;
  const row = await db.value(sql, { customer, device });
  return typeof row === 'string' ? (JSON.parse(row) as Credit) : null;
}

/** The waiting entries that open or close disputes, in the order of their arrival, as their journal has them. */
export async function formerDisputes(
  db: Database,
  { till, former }: Former,
): Promise<readonly { readonly hash: string; readonly entry: unknown }[]> {
  const sql = `SELECT e.hash, j.entry FROM former_entries e JOIN journal j ON j.shop = e.shop AND j.shop_order = e.shop_order
       WHERE ${IS_OF} AND e.act IN ('dispute', 'settled')
       ORDER BY e.shop_order`;
  const rows = await db.all<{ hash: string; entry: string }>(sql, { till, former });
  return rows.map(({ hash, entry }) => ({ hash, entry: JSON.parse(entry) as unknown }));
}

/** Whether entries that move this customer's accounts wait for an owner, at any till. */
export const isWaitingFor = (db: Database, customer: string): Promise<boolean> =>
  db.has('SELECT 1 FROM former_steps WHERE shop = @shop AND customer = ? LIMIT 1', customer);

/** Customers whose debt rises or whose points fall by the waiting entries. */
export async function formerCustomers(
  db: Database,
  { till, former }: Former,
): Promise<readonly string[]> {
  const sql = `SELECT DISTINCT a.customer FROM former_entries e
       JOIN former_acts a ON a.shop = e.shop AND a.hash = e.hash
       WHERE ${IS_OF} ORDER BY a.customer`;
  return db.column(sql, { till, former });
}

/**
 * Moves the rows of one former name's waiting entries to the balances, acts and cards that count. `order`: the place of the
 * acceptance in the shop's order. Runs in the caller's transaction.
 */
export async function countFormer(
  db: Database,
  {
    till,
    former,
    receivedAt,
    order,
  }: Former & { readonly receivedAt: number; readonly order: number },
): Promise<void> {
  const of = { till, former };
  const HASHES = `SELECT hash FROM former_entries WHERE shop = @shop AND till = @till AND former = @former`;
  await db.run(
    `INSERT INTO journal_steps (shop, hash, step, customer, account, delta, received_at, shop_order)
       SELECT @shop, s.hash, s.step, s.customer, s.account, s.delta, CAST(@receivedAt AS BIGINT), CAST(@order AS BIGINT)
       FROM former_entries e JOIN former_steps s ON s.shop = e.shop AND s.hash = e.hash
       WHERE ${IS_OF}`,
    { ...of, receivedAt, order },
  );
  await db.run(
    `INSERT INTO journal_acts (shop, hash, act, till, seq, at, customer, action, amount, proof, below, shop_order)
       SELECT @shop, a.hash, a.act, a.till, a.seq, a.at, a.customer, a.action, a.amount, a.proof, a.below, CAST(@order AS BIGINT)
       FROM former_entries e JOIN former_acts a ON a.shop = e.shop AND a.hash = e.hash
       WHERE ${IS_OF}`,
    { ...of, order },
  );
  await db.run(
    `UPDATE journal_debts SET shop_order = @order WHERE shop = @shop AND hash IN (${HASHES})`,
    { ...of, order },
  );
  await db.run(
    `UPDATE returns SET shop_order = @order WHERE shop = @shop AND hash IN (${HASHES})`,
    { ...of, order },
  );
  const cards = await db.all<{ customer: string; credit: string; own: number }>(
    `SELECT c.customer, c.credit, e.shop_order AS own FROM former_entries e
       JOIN former_cards c ON c.shop = e.shop AND c.hash = e.hash
       WHERE ${IS_OF} ORDER BY e.shop_order`,
    of,
  );
  const newest = new Map(cards.map((card) => [card.customer, card]));
  // stored with the entry's own place in the order, so that a later change of the device stays
  for (const { customer, credit, own } of newest.values())
    await keepCredit(db, {
      customer,
      till: former,
      credit: JSON.parse(credit) as Credit,
      order: own,
      changed: own,
    });
  await db.run(`DELETE FROM quarantined_acts WHERE shop = @shop AND hash IN (${HASHES})`, of);
  await db.run(
    'DELETE FROM former_entries WHERE shop = @shop AND till = @till AND former = @former',
    of,
  );
  await db.run(
    'DELETE FROM former_journals WHERE shop = @shop AND till = @till AND former = @former',
    of,
  );
}
