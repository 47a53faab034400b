// The journals of all tills in one order. Rows are never changed or deleted.
import type { EntryOnWire } from '$lib/contract/journal-upload';
import { GENESIS_HASH } from '$lib/contract/journal';
import type { Database } from './database';

export const migration = `
CREATE TABLE journal (
  place INTEGER PRIMARY KEY,
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  at INTEGER NOT NULL,
  act TEXT NOT NULL,
  entry TEXT NOT NULL,
  not_understood INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  UNIQUE (shop, till, seq),
  UNIQUE (shop, place)
) STRICT;
CREATE INDEX journal_not_understood ON journal (shop, till, received_at) WHERE not_understood > 0;
`;

/** The end of a till's chain. `at`: the entry's own time, or its arrival where it is dated ahead. */
export type HeldHead = { readonly seq: number; readonly hash: string; readonly at: number };

/** Result of appending one entry. `fork`: at `seq` the two chains differ; `gap`: the entries before it are missing. */
export type Appended =
  | { readonly kind: 'accepted'; readonly place: number }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'gap'; readonly expectedSeq: number }
  | { readonly kind: 'fork'; readonly seq: number };

/** An entry's own time, or its arrival where it is dated ahead. */
const ARRIVED = 'CASE WHEN at < received_at THEN at ELSE received_at END';

/** The newest entry of a till, or null where there is none. */
export async function headOf(db: Database, till: string): Promise<HeldHead | null> {
  const row = (await db.get(
    `SELECT seq, hash, ${ARRIVED} AS at FROM journal WHERE shop = @shop AND till = ? ORDER BY seq DESC LIMIT 1`,
    till,
  )) as HeldHead | undefined;
  return row ?? null;
}

/** The hash at one place of a till's chain, or null. */
export async function hashAt(db: Database, till: string, seq: number): Promise<string | null> {
  const row = (await db.get(
    'SELECT hash FROM journal WHERE shop = @shop AND till = ? AND seq = ?',
    till,
    seq,
  )) as { hash: string } | undefined;
  return row?.hash ?? null;
}

/** Whether a till has acted since it was enrolled, apart from carrying its former journal over; `before`: a place. */
export async function hasOwnActs(
  db: Database,
  till: string,
  before = Number.MAX_SAFE_INTEGER,
): Promise<boolean> {
  const sql = `SELECT 1 FROM journal WHERE shop = @shop AND till = ? AND seq < ?
    AND act NOT IN ('till-enrolled', 'carried-over') LIMIT 1`;
  return (await db.get(sql, till, before)) !== undefined;
}

/** The act at one place of a till's chain, or null. */
export async function actAt(db: Database, till: string, seq: number): Promise<string | null> {
  const sql = 'SELECT act FROM journal WHERE shop = @shop AND till = ? AND seq = ?';
  return ((await db.value(sql, till, seq)) as string | undefined) ?? null;
}

/** Bytes of a till's entries that were stored whole since then, though the relay does not understand them. */
export async function notUnderstoodSince(
  db: Database,
  till: string,
  since: number,
): Promise<number> {
  const sql = `SELECT COALESCE(SUM(not_understood), 0) FROM journal
    WHERE shop = @shop AND till = ? AND received_at > ? AND not_understood > 0`;
  return (await db.value(sql, till, since)) as number;
}

/** How an entry is stored. `hashes`: without what it says, only its place in the chain. */
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

/** Appends one entry to the till's chain; the same entry again changes nothing. Runs in the caller's transaction. */
export async function appendEntry(
  db: Database,
  entry: EntryOnWire,
  { receivedAt, keeping }: { readonly receivedAt: number; readonly keeping: Keeping },
): Promise<Appended> {
  const { till, seq, hash, prevHash, at, act } = entry;
  const head = (await headOf(db, till)) ?? { seq: 0, hash: GENESIS_HASH };
  if (seq <= head.seq)
    return (await hashAt(db, till, seq)) === hash ? { kind: 'duplicate' } : { kind: 'fork', seq };
  if (seq > head.seq + 1) return { kind: 'gap', expectedSeq: head.seq + 1 };
  if (prevHash !== head.hash) return { kind: 'fork', seq: Math.max(head.seq, 1) };
  const text = textOf(entry, keeping);
  const notUnderstood = keeping === 'not-understood' ? Buffer.byteLength(text) : 0;
  const place = await db.value(
    `INSERT INTO journal (shop, till, seq, hash, at, act, entry, not_understood, received_at)
       VALUES (@shop, @till, @seq, @hash, @at, @act, @entry, @notUnderstood, @receivedAt)
       RETURNING place`,
    { till, seq, hash, at, act, entry: text, notUnderstood, receivedAt },
  );
  return { kind: 'accepted', place: place as number };
}
