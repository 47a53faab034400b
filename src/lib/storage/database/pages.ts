// Reads a whole table in key order, page by page, so that no act has to wait.
import { Dexie, type IndexableType, type Table } from 'dexie';
import { readEach, type Read } from './read-each';

/** Each page is a separate read: rows may be written between two pages. */
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

/** One page of a table: its keys, and for each key the row or `UNREADABLE`. */
export type ReadPage<Row, Key> = {
  readonly keys: readonly Key[];
  readonly rows: readonly Read<Row>[];
};

/** Like `pagesOf`, between two keys (without `from`), for tables that may contain unreadable rows. Throws StorageError. */
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
    // one request for the whole page; a single unreadable row fails it
    const rows = await page.toArray().catch(() => []);
    yield { keys, rows: rows.length === keys.length ? rows : await readEach(table, keys) };
    after = last as IndexableType;
  }
}
