// Reads a whole table in key order, page by page, so that no act has to wait.
import { Dexie, type IndexableType, type Table } from 'dexie';

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
