// Findings about journal entries that should not have happened. Append-only.
import type { Flag, FlagKind } from '$lib/contract/journal-upload';
import type { Database } from './database';
import { addSummaryItem } from './summaries';
import { addRow } from './rows';

export const migration = `
CREATE TABLE flags (
  cursor INTEGER PRIMARY KEY,
  shop TEXT NOT NULL,
  till TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX flags_by_shop ON flags (shop, cursor);
CREATE INDEX flags_by_till ON flags (shop, till, kind, at);
`;

/** One finding about an entry. `detail`: the part it is about; null: the whole entry. */
export type Finding = { readonly kind: FlagKind; readonly detail: string | null };

/** The entry of a flag. */
export type FlaggedEntry = Pick<Flag, 'till' | 'seq' | 'hash'>;

export async function addFlags(
  db: Database,
  entry: FlaggedEntry,
  found: readonly Finding[],
  at: number,
): Promise<void> {
  for (const one of found) {
    await addRow(db, 'flags (till, seq, hash, kind, detail, at)', { ...entry, ...one, at });
    await addSummaryItem(db, { kind: 'flag', flag: one.kind }, at);
  }
}

/** The flags of an entry. */
export async function flagsOf(
  db: Database,
  { till, seq, hash }: FlaggedEntry,
): Promise<readonly Finding[]> {
  const sql =
    'SELECT kind, detail FROM flags WHERE shop = @shop AND till = ? AND seq = ? AND hash = ?';
  return db.all(sql, till, seq, hash);
}

/** Whether an entry or a head of this till got a flag of this kind after `since`, ms. */
export async function isFlaggedSince(
  db: Database,
  { till, kind, since }: { till: string; kind: FlagKind; since: number },
): Promise<boolean> {
  const sql = `SELECT 1 FROM flags WHERE shop = @shop AND till = ? AND kind = ? AND at > ? LIMIT 1`;
  return db.has(sql, till, kind, since);
}

/** Flags after a cursor, oldest first. */
export const flagsAfter = (db: Database, after: number, most: number): Promise<readonly Flag[]> =>
  db.all(
    `SELECT cursor, till, seq, hash, kind, detail, at FROM flags WHERE shop = @shop AND cursor > ? ORDER BY cursor LIMIT ?`,
    after,
    most,
  );
