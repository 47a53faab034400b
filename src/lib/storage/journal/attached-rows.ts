// Reads from the journal file the rows that acts have attached to their entries.
import type { IndexableType } from 'dexie';
import type { TillDb } from '$lib/storage/database/db';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import { attachedOn } from '$lib/storage/wal/line';

/** Keys of rows by table. */
export type RowKeys = ReadonlyMap<string, Iterable<IndexableType>>;

/** The newest version of each of these rows in the file, by table, without rows deleted since. Throws StorageError. */
export async function attachedRows(
  db: TillDb,
  file: JournalFile,
  wanted: RowKeys,
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const keys = new Map([...wanted].map(([name, some]) => [name, new Set<unknown>(some)]));
  const found = new Map([...wanted.keys()].map((name) => [name, new Map<unknown, unknown>()]));
  for await (const lines of file.whole()) {
    for (const change of lines.flatMap(attachedOn)) {
      const rows = found.get(change.table);
      if (rows === undefined || 'receipt' in change) continue;
      if (change.op === 'delete') for (const key of change.keys) rows.delete(key);
      else
        for (const row of change.rows) {
          const key = keyOf(db, change.table, row);
          if (keys.get(change.table)?.has(key) === true) rows.set(key, row);
        }
    }
  }
  return new Map([...found].map(([name, rows]) => [name, [...rows.values()]]));
}

function keyOf(db: TillDb, table: string, row: unknown): unknown {
  return (row as Record<string, unknown>)[db.table(table).schema.primKey.keyPath as string];
}
