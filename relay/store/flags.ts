// Findings about journal entries that should not have happened. Append-only.
import type { Flag, FlagKind } from '$lib/contract/journal-upload';
import type { Database } from './database';

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
`;

/** One finding about an entry. `detail`: the part it is about; null: the whole entry. */
export type Finding = { readonly kind: FlagKind; readonly detail: string | null };

/** The entry of a flag. */
export type FlaggedEntry = Pick<Flag, 'till' | 'seq' | 'hash'>;

export function addFlags(
  db: Database,
  { till, seq, hash }: FlaggedEntry,
  found: readonly Finding[],
  at: number,
): void {
  const add = db.prepare(
    `INSERT INTO flags (shop, till, seq, hash, kind, detail, at)
     VALUES (@shop, @till, @seq, @hash, @kind, @detail, @at)`,
  );
  for (const { kind, detail } of found) add.run({ till, seq, hash, kind, detail, at });
}

/** Flags after a cursor, oldest first. */
export function flagsAfter(db: Database, after: number, most: number): readonly Flag[] {
  return db
    .prepare(
      `SELECT cursor, till, seq, hash, kind, detail, at FROM flags WHERE shop = @shop AND cursor > ? ORDER BY cursor LIMIT ?`,
    )
    .all(after, most) as Flag[];
}
