// Reads rows when the database may be unable to read some, and finds the unreadable ones.
import type { Table } from 'dexie';
import { storageErrorOf } from '$lib/storage/storage-error';

/** Stands for a row that exists but cannot be read. */
export const UNREADABLE: unique symbol = Symbol('unreadable');
export type Read<Row> = Row | undefined | typeof UNREADABLE;

/**
 * The rows under these keys, in their order. One unreadable row fails a common read; then each row is read separately. Throws
 * StorageError if the disk fails in another way.
 */
export async function readEach<Row, Key>(
  table: Table<Row, Key>,
  keys: readonly Key[],
): Promise<Read<Row>[]> {
  try {
    return await table.bulkGet([...keys]);
  } catch (cause) {
    const failed = storageErrorOf(cause);
    if (failed === null) throw cause;
    if (failed.kind !== 'failed') throw failed;
    const rows: Read<Row>[] = [];
    for (const key of keys) rows.push(await table.get(key).catch(() => UNREADABLE));
    return rows;
  }
}

/** Rows read at once. */
const BATCH = 500;

/** The keys of the rows in this table that cannot be read. Throws StorageError. */
export async function unreadableIn<Row, Key>(table: Table<Row, Key>): Promise<Key[]> {
  const keys = await table.toCollection().primaryKeys();
  const unreadable: Key[] = [];
  for (let from = 0; from < keys.length; from += BATCH) {
    const batch = keys.slice(from, from + BATCH);
    const rows = await readEach(table, batch);
    unreadable.push(...batch.filter((_, place) => rows[place] === UNREADABLE));
  }
  return unreadable;
}
