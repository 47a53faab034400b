// The journals of all tills, and the relay's own, in one order without gaps.
// Committed rows are never changed.
import { createHash } from 'node:crypto';
import { GENESIS_HASH, type Entry } from '$lib/contract/journal';
import type { EntryOnWire } from '$lib/contract/journal-upload';
import type { Cursor, RelayAct, RelayBodyOf, Verdict } from '$lib/contract/shop-journal';
import { RULES_VERSION } from '$lib/contract/version';
import { canonical } from '$lib/proof/canonical';
import { logText, START_OF_LOG, type LogHead } from '$lib/proof/shop-log';
import type { Database } from './database';
import { addRow } from './rows';

export const migration = `
CREATE TABLE journal (
  shop TEXT NOT NULL,
  shop_order INTEGER NOT NULL,
  -- the shop's id for the relay's own entries
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  act TEXT NOT NULL,
  entry TEXT NOT NULL,
  not_understood INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'repeated', 'waiting', 'not-understood', 'delayed', 'refused', 'not-kept')),
  log_hash TEXT NOT NULL,
  PRIMARY KEY (shop, shop_order),
  UNIQUE (shop, till, seq)
) STRICT;
CREATE INDEX journal_not_understood ON journal (shop, till, received_at) WHERE not_understood > 0;
CREATE INDEX journal_of_shifts ON journal (shop, till, seq) WHERE act IN ('shift-opened', 'shift-closed');
CREATE TABLE epochs (
  shop TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  began INTEGER NOT NULL,
  -- the last place of the epoch before on which all tills and the relay agree
  shared INTEGER NOT NULL,
  -- the epoch that a restore of the relay lost, the reason for this one; null: another reason
  lost INTEGER,
  PRIMARY KEY (shop, epoch),
  UNIQUE (shop, began)
) STRICT, WITHOUT ROWID;
`;

/** The last entry of a till's chain that the relay has. `at`: its stated time, but no later than it arrived, ms. */
type HeldHead = { readonly seq: number; readonly hash: string; readonly at: number };

/** Result of appending one entry. `fork`: at `seq` the two chains differ; `gap`: the entries before it are missing. */
export type Appended =
  | { readonly kind: 'accepted'; readonly order: number }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'gap'; readonly expectedSeq: number }
  | { readonly kind: 'fork'; readonly seq: number };

/** SQL for the time of an entry: as it states, but no later than it arrived, ms. */
const ARRIVED = 'CASE WHEN at < received_at THEN at ELSE received_at END';

/** The newest entry of a till, or null where there is none. */
export async function headOf(db: Database, till: string): Promise<HeldHead | null> {
  const sql = `SELECT seq, hash, ${ARRIVED} AS at FROM journal WHERE shop = @shop AND till = ? ORDER BY seq DESC LIMIT 1`;
  return db.get(sql, till);
}

/** When the newest entry of the shop's order up to this place arrived, ms; 0: there is none. */
export async function arrivalUpTo(db: Database, order: number): Promise<number> {
  const sql = `SELECT received_at FROM journal WHERE shop = @shop AND shop_order <= ?
    ORDER BY shop_order DESC LIMIT 1`;
  return db.number(sql, order);
}

/** The hash at one place of a till's chain, or null. */
export const hashAt = (db: Database, till: string, seq: number): Promise<string | null> =>
  db.value('SELECT hash FROM journal WHERE shop = @shop AND till = ? AND seq = ?', till, seq);

/** Whether a till has acted since it was enrolled, apart from carrying its former journal over; `before`: a place. */
export async function hasOwnActs(
  db: Database,
  till: string,
  before = Number.MAX_SAFE_INTEGER,
): Promise<boolean> {
  const sql = `SELECT 1 FROM journal WHERE shop = @shop AND till = ? AND seq < ?
    AND act NOT IN ('till-enrolled', 'carried-over') LIMIT 1`;
  return db.has(sql, till, before);
}

/** The act at one place of a till's chain, or null. */
export const actAt = (db: Database, till: string, seq: number): Promise<string | null> =>
  db.value('SELECT act FROM journal WHERE shop = @shop AND till = ? AND seq = ?', till, seq);

/** Bytes of a till's entries that were stored whole since then although the relay does not understand them. */
export const notUnderstoodSince = (db: Database, till: string, since: number): Promise<number> =>
  db.number(
    `SELECT COALESCE(SUM(not_understood), 0) FROM journal
    WHERE shop = @shop AND till = ? AND received_at > ? AND not_understood > 0`,
    till,
    since,
  );

/** An entry that the relay did not understand. `order`: its place. */
export type NotUnderstood = {
  readonly order: number;
  readonly till: string;
  readonly seq: number;
  readonly receivedAt: number;
  readonly entry: unknown;
};

/** The entries that were not understood and have not been judged again, oldest first. */
export async function notUnderstood(db: Database): Promise<readonly NotUnderstood[]> {
  const sql = `SELECT shop_order, till, seq, received_at, entry FROM journal
    WHERE shop = @shop AND not_understood > 0 AND verdict = 'not-understood'`;
  const rows = await db.all<NotUnderstood & { entry: string }>(sql);
  // sorted here: for an order by the key SQLite would read the whole journal instead of the few in the index
  return rows
    .sort((a, b) => a.order - b.order)
    .map((row) => ({ ...row, entry: JSON.parse(row.entry) as unknown }));
}

/** Removes the entry at this place from those that were not understood. */
export const noteUnderstood = (db: Database, order: number): Promise<void> =>
  db.run('UPDATE journal SET not_understood = 0 WHERE shop = @shop AND shop_order = ?', order);

/**
 * Appends the later verdict on an entry. Its first verdict stays, because the log's hashes include it. Runs in the caller's
 * transaction. Returns the order.
 */
export async function appendJudgedAgain(
  db: Database,
  { order, till, seq }: Pick<NotUnderstood, 'order' | 'till' | 'seq'>,
  verdict: 'accepted' | 'refused',
  at: number,
): Promise<number> {
  await noteUnderstood(db, order);
  return appendOwn(db, 'judged-again', { till, seq, verdict }, at);
}

/** How an entry is stored. `hashes`: without its content, only its place in the chain. */
export type Keeping = 'understood' | 'not-understood' | 'hashes';

/** An entry as it is stored. */
function textOf(entry: EntryOnWire, keeping: Keeping): string {
  if (keeping !== 'hashes') return JSON.stringify(entry);
  const { till, seq, at, act, prevHash, hash } = entry;
  return JSON.stringify({ till, seq, at, act, prevHash, hash });
}

/** One entry of a till as stored, or null. */
export async function entryAt(db: Database, till: string, seq: number): Promise<unknown> {
  const row = 'SELECT entry FROM journal WHERE shop = @shop AND till = ? AND seq = ?';
  const entry = await db.value(row, till, seq);
  return typeof entry === 'string' ? JSON.parse(entry) : null;
}

/** The entries of a till after one place, up to another, as stored; fewer where some are not here. */
export async function entriesOfTill(
  db: Database,
  till: string,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Promise<readonly unknown[]> {
  const sql = `SELECT entry FROM journal WHERE shop = @shop AND till = @till AND seq > @after AND seq <= @upTo
    ORDER BY seq`;
  const rows = await db.all<{ entry: string }>(sql, { till, after, upTo });
  return rows.map(({ entry }): unknown => JSON.parse(entry));
}

/**
 * Appends one entry to the till's chain, under the next number of the shop's order; the same entry again changes nothing. It
 * counts as accepted until `setVerdict`. Runs in the caller's transaction.
 */
export async function appendEntry(
  db: Database,
  entry: EntryOnWire,
  arrival: { readonly receivedAt: number; readonly keeping: Keeping },
): Promise<Appended> {
  const { till, seq, hash, prevHash } = entry;
  const head = (await headOf(db, till)) ?? { seq: 0, hash: GENESIS_HASH };
  if (seq <= head.seq)
    return (await hashAt(db, till, seq)) === hash ? { kind: 'duplicate' } : { kind: 'fork', seq };
  if (seq > head.seq + 1) return { kind: 'gap', expectedSeq: head.seq + 1 };
  if (prevHash !== head.hash) return { kind: 'fork', seq: Math.max(head.seq, 1) };
  return { kind: 'accepted', order: await insert(db, entry, arrival) };
}

/**
 * Appends an entry of the relay itself, whose chain has the shop's id for a till. `at`: ms. Runs in the caller's transaction.
 * Returns its order.
 */
export async function appendOwn<A extends RelayAct>(
  db: Database,
  act: A,
  body: RelayBodyOf<A>,
  at: number,
): Promise<number> {
  const head = (await headOf(db, db.shop)) ?? { seq: 0, hash: GENESIS_HASH };
  const [epoch, { order }] = [await epochOf(db), await logHead(db)];
  const sealed: Omit<Entry, 'hash'> = {
    v: 1,
    till: db.shop,
    seq: head.seq + 1,
    at,
    operator: null,
    policy: 0,
    seen: { epoch, order },
    rules: RULES_VERSION,
    act,
    body,
    prevHash: head.hash,
  };
  const entry = { ...sealed, hash: sha256(canonical(sealed)) };
  return insert(db, entry, { receivedAt: at, keeping: 'understood' });
}

async function insert(
  db: Database,
  entry: EntryOnWire,
  { receivedAt, keeping }: { readonly receivedAt: number; readonly keeping: Keeping },
): Promise<number> {
  const { hash } = entry;
  const before = await logHead(db);
  const order = before.order + 1;
  const verdict: Verdict = keeping === 'hashes' ? 'not-kept' : 'accepted';
  const logHash = sha256(logText(before, { order, hash, verdict }));
  const text = textOf(entry, keeping);
  const notUnderstood = keeping === 'not-understood' ? Buffer.byteLength(text) : 0;
  const into =
    'journal (shop_order, till, seq, hash, at, act, entry, not_understood, received_at, verdict, log_hash)';
  const placed = { order, entry: text, notUnderstood, receivedAt, verdict, logHash };
  await addRow(db, into, { ...entry, ...placed });
  return order;
}

/** Changes the verdict of the entry that was just appended. Runs in the transaction that appended it. */
export async function setVerdict(db: Database, order: number, verdict: Verdict): Promise<void> {
  const before = await logHashAt(db, order - 1);
  const row = await db.get(
    'SELECT hash, (SELECT MAX(shop_order) FROM journal WHERE shop = @shop) AS newest FROM journal WHERE shop = @shop AND shop_order = ?',
    order,
  );
  const { hash, newest } = row as { hash: string; newest: number };
  if (before === null || newest !== order) throw new Error(`order ${order} is not the newest`);
  const log = { order: order - 1, logHash: before };
  const logHash = sha256(logText(log, { order, hash, verdict }));
  const sql = 'UPDATE journal SET verdict = ?, log_hash = ? WHERE shop = @shop AND shop_order = ?';
  await db.run(sql, verdict, logHash, order);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The end of the shop's order. */
export const logHead = async (db: Database): Promise<LogHead> =>
  (await db.get<LogHead>(`SELECT shop_order, log_hash FROM journal WHERE shop = @shop
    ORDER BY shop_order DESC LIMIT 1`)) ?? START_OF_LOG;

/** The hash of the shop's log up to an order, or null where there is none. */
export async function logHashAt(db: Database, order: number): Promise<string | null> {
  if (order === 0) return START_OF_LOG.logHash;
  const sql = 'SELECT log_hash FROM journal WHERE shop = @shop AND shop_order = ?';
  return db.value(sql, order);
}

/** An entry in the shop's order, as text. */
export type OrderedRow = {
  readonly order: number;
  readonly till: string;
  readonly seq: number;
  readonly hash: string;
  readonly receivedAt: number;
  readonly verdict: Verdict;
  readonly entry: string;
};

/** Entries after an order, limited in number, and in bytes for those of other tills; at least one if there is any. */
export async function entriesAfter(
  db: Database,
  { after, till }: { readonly after: number; readonly till: string },
  most: { readonly entries: number; readonly bytes: number },
): Promise<readonly OrderedRow[]> {
  const sizes = await db.column<number>(
    `SELECT CASE WHEN till = ? THEN 0 ELSE octet_length(entry) END FROM journal
       WHERE shop = @shop AND shop_order > ? ORDER BY shop_order LIMIT ?`,
    till,
    after,
    most.entries,
  );
  let bytes = 0;
  const tooMuch = sizes.findIndex((size, index) => (bytes += size) > most.bytes && index > 0);
  const count = tooMuch < 0 ? sizes.length : tooMuch;
  return db.all(
    `SELECT shop_order, till, seq, hash, received_at, verdict, entry
       FROM journal WHERE shop = @shop AND shop_order > ? ORDER BY shop_order LIMIT ?`,
    after,
    count,
  );
}

/** How many entries follow an order, and their bytes; counts at most `most` entries. */
export async function grownSince(
  db: Database,
  order: number,
  most: number,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  const sql = `SELECT COUNT(*) AS entries, COALESCE(SUM(size), 0) AS bytes FROM (
      SELECT octet_length(entry) AS size FROM journal WHERE shop = @shop AND shop_order > ?
      ORDER BY shop_order LIMIT ?) AS grown`;
  return db.one(sql, order, most);
}

/**
 * How many entries of others than this till follow the place `after`, and when the first of them arrived, ms; null: none. A binary
 * search over the till's own entries, possible because neither their numbers nor the shop's order have gaps.
 */
export async function othersAfter(
  db: Database,
  { after, till }: { readonly after: number; readonly till: string },
): Promise<{ readonly entries: number; readonly since: number | null }> {
  const sql = 'SELECT shop_order FROM journal WHERE shop = @shop AND till = ? AND seq = ?';
  const orderOf = async (seq: number) => await db.number(sql, till, seq);
  // read first: an upload meanwhile must not count as entries of others
  const { order: head } = await logHead(db);
  const held = (await headOf(db, till))?.seq ?? 0;
  /** The `seq` of the first entry from `from` on for which `isSo`, which is true for all later ones, too; `held + 1`: none. */
  const firstWhere = async (from: number, isSo: (order: number, seq: number) => boolean) => {
    let [low, high] = [from, held + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isSo(await orderOf(middle), middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const own = await firstWhere(1, (order) => order > after);
  const entries = head - after - (held + 1 - own);
  if (entries <= 0) return { entries: 0, since: null };
  // up to the first entry of another till, the till's own follow each other in the order
  const next = await firstWhere(own, (order, seq) => order - after > seq - own + 1);
  const first = 'SELECT received_at FROM journal WHERE shop = @shop AND shop_order = ?';
  return { entries, since: await db.number(first, after + 1 + next - own) };
}

/** When the newest epoch began, ms; 0: there is none. */
export const epochSince = (db: Database): Promise<number> =>
  db.number(`SELECT j.received_at FROM epochs e JOIN journal j ON j.shop = e.shop AND j.shop_order = e.began
    WHERE e.shop = @shop ORDER BY e.began DESC LIMIT 1`);

/** The epoch of the entry of this order; without an order of the newest one; 0 before the first. */
export async function epochOf(db: Database, order = Number.MAX_SAFE_INTEGER): Promise<number> {
  const sql =
    'SELECT epoch FROM epochs WHERE shop = @shop AND began <= ? ORDER BY began DESC LIMIT 1';
  return db.number(sql, order);
}

/** Whether the relay was ever restored from an older copy, so that entries which had a place in the order may be lost. */
export const wasPutBack = async (db: Database): Promise<boolean> =>
  (await db.value('SELECT COUNT(*) FROM epochs WHERE shop = @shop')) !== 1;

/** Whether this database was restored from a backup, the last time after `at`, ms. */
export const wasPutBackSince = async (db: Database, at: number): Promise<boolean> =>
  (await wasPutBack(db)) && at <= (await epochSince(db));

/** The last place in this relay's order that an entry's author had seen; 0: none. */
export async function seenOrder(db: Database, { epoch, order }: Entry['seen']): Promise<number> {
  const orders = epoch === 0 ? null : await ordersOf(db, epoch);
  return orders === null ? 0 : Math.min(order, orders.to);
}

/**
 * The range of an epoch in the shop's order: from the entry that began it to the last one that the next epoch shares, or to the
 * end. Null if there was no such epoch.
 */
export async function ordersOf(
  db: Database,
  epoch: number,
): Promise<{ readonly from: number; readonly to: number } | null> {
  const sql = `SELECT began AS "from", (
      SELECT n.shared FROM epochs n WHERE n.shop = e.shop AND n.began > e.began
        ORDER BY n.began LIMIT 1) AS "to"
    FROM epochs e WHERE e.shop = @shop AND e.epoch = ?`;
  const row = await db.get<{ from: number; to: number | null }>(sql, epoch);
  if (row === null) return null;
  return { from: row.from, to: row.to ?? (await logHead(db)).order };
}

/** The last place up to a till's cursor at which relay and till may have the same entry. The cursor's place counts only if hashes match. */
export async function commonWith(
  db: Database,
  { epoch, order, logHash }: Pick<Cursor, 'epoch' | 'order' | 'logHash'>,
): Promise<number> {
  if (order === 0) return 0;
  const orders = await ordersOf(db, epoch);
  if (orders === null) return 0;
  if ((await logHashAt(db, order)) === logHash) return order;
  if (order > orders.to) return orders.to;
  return Math.min(order, orders.from) - 1;
}

/** Whether a new epoch was already begun because this one, or its end, was lost. Compares no clocks. */
export async function isKnownLost(db: Database, lost: number): Promise<boolean> {
  const newest = await epochOf(db);
  if (lost === newest) return false;
  const sql = 'SELECT 1 FROM epochs WHERE shop = @shop AND (epoch = ? OR lost = ?) LIMIT 1';
  return db.has(sql, lost, lost);
}

/**
 * Begins a new epoch of the shop's order after the relay was restored from a backup and lost the end of it: lost and new entries
 * have the same places, in different epochs. `epoch`: random, so that two restores of one backup differ; `lost`: the epoch that
 * had the lost place, if known; `lostAt`: a time before the restore, ms. Entries received later are not shared with lost epochs.
 * Runs in the caller's transaction.
 */
export async function beginEpoch(
  db: Database,
  epoch: number,
  at: number,
  {
    lost = null,
    lostAt = null,
  }: { readonly lost?: number | null; readonly lostAt?: number | null } = {},
): Promise<void> {
  const { order: head } = await logHead(db);
  const shared = lostAt === null ? head : await sharedUntil(db, lostAt);
  const began = await appendOwn(db, 'epoch-began', { epoch, shared }, at);
  await addRow(db, 'epochs (epoch, began, shared, lost)', { epoch, began, shared, lost });
}

/** The last order of the newest epoch that had arrived at this time, ms. */
async function sharedUntil(db: Database, at: number): Promise<number> {
  const began = 'SELECT MAX(began) FROM epochs WHERE shop = @shop';
  const sql = `SELECT shop_order FROM journal WHERE shop = @shop AND (received_at <= ? OR shop_order = (${began}))
    ORDER BY shop_order DESC LIMIT 1`;
  return db.number(sql, at);
}
