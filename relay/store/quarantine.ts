// Entries that cannot be part of a journal: damaged ones, those after them, and forks.
// They are kept until they are carried over.
import type { Database } from './database';
import { actTable } from './journal-acts';

export const migration = `
CREATE TABLE quarantined_tills (
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (shop, till)
) STRICT, WITHOUT ROWID;
CREATE TABLE quarantined_entries (
  shop TEXT NOT NULL,
  original TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  entry TEXT,
  bytes INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (shop, original)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantined_entries_by_till ON quarantined_entries (shop, till, received_at);
CREATE INDEX quarantined_entries_by_hash ON quarantined_entries (shop, till, hash);
${actTable('quarantined_acts', 'quarantined_entries (shop, original)')}
`;

/** The place of a till's first damaged entry, from which on nothing enters its journal; null: there is none. */
export async function quarantinedFrom(db: Database, till: string): Promise<number | null> {
  const sql = 'SELECT seq FROM quarantined_tills WHERE shop = @shop AND till = ?';
  return ((await db.value(sql, till)) as number | undefined) ?? null;
}

/** Accepts no more entries into a till's journal from this place on. An earlier such place stays. */
export async function quarantineTill(
  db: Database,
  of: { readonly till: string; readonly seq: number; readonly since: number },
): Promise<void> {
  const sql = `INSERT INTO quarantined_tills (shop, till, seq, since) VALUES (@shop, @till, @seq, @since)
    ON CONFLICT DO NOTHING`;
  await db.run(sql, of);
}

/** One entry beside the journal of the till that uploaded it. */
export type QuarantinedEntry = {
  /** Hash of the content of the entry, or of the one it carries over. */
  readonly original: string;
  readonly till: string;
  readonly seq: number;
  /** The hash that the entry states. */
  readonly hash: string;
  /** As uploaded; null: only its hashes and place are kept. */
  readonly entry: string | null;
  readonly receivedAt: number;
};

/** Keeps an entry beside the journal, once; false: it is already there or in the journal. */
export async function addQuarantined(db: Database, entry: QuarantinedEntry): Promise<boolean> {
  const known = 'SELECT 1 FROM journal_originals WHERE shop = @shop AND hash = ?';
  if ((await db.get(known, entry.original)) !== undefined) return false;
  const bytes = entry.entry === null ? 0 : Buffer.byteLength(entry.entry);
  const { changes } = await db.run(
    `INSERT INTO quarantined_entries (shop, original, till, seq, hash, entry, bytes, received_at)
       VALUES (@shop, @original, @till, @seq, @hash, @entry, @bytes, @receivedAt) ON CONFLICT DO NOTHING`,
    { ...entry, bytes },
  );
  return changes === 1;
}

/** Whether an entry with this content hash was ever kept beside a journal, even if it was carried over since. */
export async function wasQuarantined(db: Database, original: string): Promise<boolean> {
  const sql = 'SELECT 1 FROM quarantined_entries WHERE shop = @shop AND original = ?';
  return (await db.get(sql, original)) !== undefined;
}

/** Whether a till's chain beside its journal has this hash. */
export async function isQuarantinedHead(
  db: Database,
  till: string,
  hash: string,
): Promise<boolean> {
  const sql =
    'SELECT 1 FROM quarantined_entries WHERE shop = @shop AND till = ? AND hash = ? LIMIT 1';
  return (await db.get(sql, till, hash)) !== undefined;
}

/** The places of a till's entries beside its journal. */
export async function quarantinedPlaces(db: Database, till: string): Promise<readonly number[]> {
  const sql = 'SELECT DISTINCT seq FROM quarantined_entries WHERE shop = @shop AND till = @till';
  return (await db.column(sql, { till })) as number[];
}

/** Bytes of a till's entries that were kept beside its journal since then. */
export async function quarantinedSince(db: Database, till: string, since: number): Promise<number> {
  const sql = `SELECT COALESCE(SUM(bytes), 0) FROM quarantined_entries
    WHERE shop = @shop AND till = ? AND received_at > ?`;
  return (await db.value(sql, till, since)) as number;
}

/** Deletes the acts that an entry beside the journal has in caps and thresholds; called once a journal has the entry. */
export async function dropQuarantinedActs(db: Database, original: string): Promise<void> {
  await db.run('DELETE FROM quarantined_acts WHERE shop = @shop AND hash = ?', original);
}
