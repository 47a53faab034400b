// Adds rows to tables, and says which column of a table is which field in the code.
import type { Database } from './database';

/** The field of a column: `phone_tag` is `phoneTag`, and `shop_order` is `order`, which is a word of SQL. */
export const nameOf = (column: string): string =>
  column === 'shop_order'
    ? 'order'
    : column.replace(/_[a-z]/g, ([, letter = '']) => letter.toUpperCase());

/** The column of a field. */
export const columnOf = (name: string): string =>
  name === 'order' ? 'shop_order' : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The columns of `table (columns)`. */
const columnsOf = (into: string): readonly string[] =>
  into.slice(into.indexOf('(') + 1, -1).split(/,\s+/);

/** A field for each column; other fields are left out. */
type Fields = object;

async function add(db: Database, into: string, row: Fields, onConflict = ''): Promise<boolean> {
  const given = new Map(Object.entries(row));
  const names = columnsOf(into).map(nameOf);
  const values = names.map((name) => `@${name}`).join(', ');
  const sql = `INSERT INTO ${into.replace('(', '(shop, ')} VALUES (@shop, ${values}) ${onConflict}`;
  return (
    (await db.changes(sql, Object.fromEntries(names.map((name) => [name, given.get(name)])))) === 1
  );
}

/** Adds a row. `into`: the table and its columns besides the shop, as `stops (scope, since, until)`. Rejects if its key is taken. */
export async function addRow(db: Database, into: string, row: Fields): Promise<void> {
  await add(db, into, row);
}

/** Adds a row unless there is one with the same key, or with the same columns of a unique index. Returns whether it was added. */
export const addIfNew = (db: Database, into: string, row: Fields): Promise<boolean> =>
  add(db, into, row, 'ON CONFLICT DO NOTHING');

/** Adds a row, or changes the one with the same `key`: the columns of its key besides the shop. */
export async function putRow(db: Database, into: string, key: string, row: Fields): Promise<void> {
  const keys = key.split(', ');
  const changed = columnsOf(into)
    .filter((column) => !keys.includes(column))
    .map((column) => `${column} = excluded.${column}`);
  await add(db, into, row, `ON CONFLICT (shop, ${key}) DO UPDATE SET ${changed.join(', ')}`);
}
