// Entries that cannot be part of a journal: damaged ones, those after them, and forks.
// They are kept until they are carried over.
import type { Database } from './database';
import { actTable } from './journal-acts';
import { addIfNew } from './rows';

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
export const quarantinedFrom = (db: Database, till: string): Promise<number | null> =>
  db.value('SELECT seq FROM quarantined_tills WHERE shop = @shop AND till = ?', till);

/** Accepts no more entries into a till's journal from this place on. An earlier such place stays. */
export async function quarantineTill(
  db: Database,
  of: { readonly till: string; readonly seq: number; readonly since: number },
): Promise<void> {
  await addIfNew(db, 'quarantined_tills (till, seq, since)', of);
}

/** One entry beside the journal of the till that uploaded it. */
type QuarantinedEntry = {
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
  if (await db.has(known, entry.original)) return false;
  const bytes = entry.entry === null ? 0 : Buffer.byteLength(entry.entry);
  return addIfNew(
    db,
    'quarantined_entries (original, till, seq, hash, entry, bytes, received_at)',
    { ...entry, bytes },
  );
}

/** Whether an entry with this content hash was ever kept beside a journal, even if it was carried over since. */
export const wasQuarantined = (db: Database, original: string): Promise<boolean> =>
  db.has('SELECT 1 FROM quarantined_entries WHERE shop = @shop AND original = ?', original);

/** Whether a till's chain beside its journal has this hash. */
export const isQuarantinedHead = (db: Database, till: string, hash: string): Promise<boolean> =>
  db.has(
    'SELECT 1 FROM quarantined_entries WHERE shop = @shop AND till = ? AND hash = ? LIMIT 1',
    till,
    hash,
  );

/** The places of a till's entries beside its journal. */
export async function quarantinedPlaces(db: Database, till: string): Promise<readonly number[]> {
  const sql = 'SELECT DISTINCT seq FROM quarantined_entries WHERE shop = @shop AND till = @till';
  return db.column(sql, { till });
}

/** Bytes of a till's entries that were kept beside its journal since then. */
export async function quarantinedSince(db: Database, till: string, since: number): Promise<number> {
  const sql = `SELECT COALESCE(SUM(bytes), 0) FROM quarantined_entries
    WHERE shop = @shop AND till = ? AND received_at > ?`;
  return db.number(sql, till, since);
}

/** Deletes the acts that an entry beside the journal has in caps and thresholds; called once a journal has the entry. */
export const dropQuarantinedActs = (db: Database, original: string): Promise<void> =>
  db.run('DELETE FROM quarantined_acts WHERE shop = @shop AND hash = ?', original);
