// Single values by key: reads and stores them, above all this device's identity and proven time.
import type { RelayKeys } from '$lib/proof/real-proofs';
import type { Change } from '$lib/storage/schema/change';
import {
  metaValues,
  recorded,
  type EnrolledTill,
  type FormerTill,
  type MetaKey,
  type MetaRow,
  type MetaValue,
  type Till,
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

/** Null before the first run. */
export function tillIn(db: TillDb): Promise<Till | null> {
  return metaIn(db, 'till');
}

/** Former identities of this device before re-enrolments, newest first. */
export async function formerTillsIn(db: TillDb): Promise<FormerTill[]> {
  return (await metaIn(db, 'former-tills')) ?? [];
}

/** The till ids of this device: the current one, then its former ones, newest first. */
export async function lineageIn(db: TillDb): Promise<string[]> {
  const [till, names] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return [...(till === null ? [] : [till]), ...names].map(({ id }) => id);
}

/** Former till ids that were enrolled at a relay other than the current one. */
export async function namesElsewhereIn(db: TillDb): Promise<ReadonlySet<string>> {
  const [till, names] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return new Set(names.filter(({ shop }) => shop !== till?.shop).map(({ id }) => id));
}

export function isEnrolled(till: Till | null): till is EnrolledTill {
  return till !== null && till.shop !== null && till.relayKey !== null && till.number !== null;
}

/** The relay key that was pinned under each till id of this device. Awaits Dexie only. */
export async function relayKeysIn(db: TillDb): Promise<RelayKeys> {
  const [till, former] = await Promise.all([tillIn(db), formerTillsIn(db)]);
  return new Map(
    [...(isEnrolled(till) ? [till] : []), ...former].map(({ id, relayKey }) => [id, relayKey]),
  );
}

/** Lower bound of the time, some minutes old; 0 before the relay's first answer. Awaits Dexie only. */
export async function provenIn(db: TillDb): Promise<number> {
  return (await metaIn(db, 'clock'))?.contactAt ?? 0;
}

/**
 * The end of rolling windows. Acts leave a window only by proven time, so a clock set forward frees no cap. Awaits Dexie only.
 */
export async function windowsEndIn(db: TillDb, at: number): Promise<number> {
  const mark = await metaIn(db, 'clock');
  return mark === null ? at : Math.min(at, mark.contactAt);
}
