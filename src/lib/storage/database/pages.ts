// Reads a whole table in key order, page by page, so that no act has to wait.
import { Dexie, type IndexableType, type Table } from 'dexie';
import { readEach, type Read } from './read-each';

/** Each page is a read of its own: rows may be written between two of them. */
export async function* pagesOf<Row, Key>(
  table: Table<Row, Key>,
  size: number,
): AsyncGenerator<Row[]> {
  for (let after: IndexableType = Dexie.minKey; ;) {
    const page = () => table.where(':id').above(after).limit(size);
    const [rows, keys] = await Promise.all([page().toArray(), page().primaryKeys()]);
    const last = keys.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last as IndexableType;
  }
}

/** Some rows of a table, each under its key, also those that cannot be read. */
export type ReadPage<Row, Key> = {
  readonly keys: readonly Key[];
  readonly rows: readonly Read<Row>[];
};

/** The same between two keys, not including `from`, of a table that may have rows that cannot be read. Throws StorageError. */
export async function* readPagesOf<Row, Key>(
  table: Table<Row, Key>,
  size: number,
  [from, to]: readonly [IndexableType, IndexableType] = [Dexie.minKey, Dexie.maxKey],
): AsyncGenerator<ReadPage<Row, Key>> {
  for (let after = from; ;) {
    const page = table.where(':id').between(after, to, false, true).limit(size);
    const keys = await page.clone().primaryKeys();
    const last = keys.at(-1);
    if (last === undefined) return;
    // one request for all of them; a row that cannot be read fails it
    const rows = await page.toArray().catch(() => []);
    yield { keys, rows: rows.length === keys.length ? rows : await readEach(table, keys) };
    after = last as IndexableType;
  }
}
