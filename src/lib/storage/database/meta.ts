// Reads and stores single values by key, each checked by the schema of its key.
import type { Change } from '$lib/storage/schema/change';
import {
  metaValues,
  recorded,
  type MetaKey,
  type MetaRow,
  type MetaValue,
} from '$lib/storage/schema/records';
import { transact, type TillDb } from './db';

/** The value under this key; null: none. Awaits Dexie only. */
export function metaIn<K extends MetaKey>(db: TillDb, key: K): Promise<MetaValue<K> | null> {
  return db.meta.get(key).then((row) => (row === undefined ? null : (row.value as MetaValue<K>)));
}

/** The row of a value, parsed by the schema of its key. */
export function metaRow<K extends MetaKey>(key: K, value: MetaValue<K>): MetaRow<K> {
  return { key, value: recorded<unknown>(metaValues[key], value) as MetaValue<K> };
}

/** A value as a change that is stored together with an act. */
export function metaChange<K extends MetaKey>(key: K, value: MetaValue<K>): Change {
  return { table: 'meta', op: 'put', rows: [metaRow(key, value) as MetaRow] };
}

/** Stores a value within a transaction that writes meta. Awaits Dexie only. */
export function putMetaIn<K extends MetaKey>(
  db: TillDb,
  key: K,
  value: MetaValue<K>,
): PromiseLike<unknown> {
  return db.meta.put(metaRow(key, value) as MetaRow);
}

/** Stores a value in a transaction of its own. Throws StorageError. */
export async function saveMeta<K extends MetaKey>(
  db: TillDb,
  key: K,
  value: MetaValue<K>,
): Promise<void> {
  const row = metaRow(key, value) as MetaRow;
  await transact(db, [db.meta], () => db.meta.put(row));
}
