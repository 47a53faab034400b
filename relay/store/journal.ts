// The journals of all tills in one order, as uploaded. Rows are never changed or deleted.
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
  received_at INTEGER NOT NULL,
  UNIQUE (shop, till, seq),
  UNIQUE (shop, place)
) STRICT;
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

/**
 * The beginning of a till's journal, ms: the time of its first entry, or its arrival where it is dated ahead; 0: there is
 * none.
 */
/** Whether a till has acted since it was enrolled, apart from carrying its former journal over. */
export async function hasOwnActs(db: Database, till: string): Promise<boolean> {
  const sql = `SELECT 1 FROM journal WHERE shop = @shop AND till = ?
    AND act NOT IN ('till-enrolled', 'carried-over') LIMIT 1`;
  return (await db.get(sql, till)) !== undefined;
}

export async function beganAt(db: Database, till: string): Promise<number> {
  const sql = `SELECT ${ARRIVED} FROM journal WHERE shop = @shop AND till = ? AND seq = 1`;
  return ((await db.value(sql, till)) as number | undefined) ?? 0;
}

/** One entry of a till as uploaded, or null. */
export async function entryAt(db: Database, till: string, seq: number): Promise<unknown> {
  const row = 'SELECT entry FROM journal WHERE shop = @shop AND till = ? AND seq = ?';
  const entry = await db.value(row, till, seq);
  return typeof entry === 'string' ? JSON.parse(entry) : null;
}

/** Appends one entry to the till's chain; the same entry again changes nothing. Runs in the caller's transaction. */
export async function appendEntry(
  db: Database,
  entry: EntryOnWire,
  receivedAt: number,
): Promise<Appended> {
  const { till, seq, hash, prevHash, at, act } = entry;
  const head = (await headOf(db, till)) ?? { seq: 0, hash: GENESIS_HASH };
  if (seq <= head.seq)
    return (await hashAt(db, till, seq)) === hash ? { kind: 'duplicate' } : { kind: 'fork', seq };
  if (seq > head.seq + 1) return { kind: 'gap', expectedSeq: head.seq + 1 };
  if (prevHash !== head.hash) return { kind: 'fork', seq: Math.max(head.seq, 1) };
  const place = await db.value(
    `INSERT INTO journal (shop, till, seq, hash, at, act, entry, received_at)
       VALUES (@shop, @till, @seq, @hash, @at, @act, @entry, @receivedAt) RETURNING place`,
    { till, seq, hash, at, act, entry: JSON.stringify(entry), receivedAt },
  );
  return { kind: 'accepted', place: place as number };
}
