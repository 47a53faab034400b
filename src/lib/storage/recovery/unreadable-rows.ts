// Replaces rows that the database cannot read: restores them from the journal file or removes them.
import type { IndexableType } from 'dexie';
import { projectedTables } from '$lib/domain/rows';
import { renewGate, transact, withWriterLock, type TillDb } from '$lib/storage/database/db';
import { metaRow, tillIn } from '$lib/storage/database/meta';
import { unreadableIn } from '$lib/storage/database/read-each';
import { attachedRows } from '$lib/storage/journal/attached-rows';
import { chainIn } from '$lib/storage/journal/reader';
import { forgetRemote, remoteTables } from '$lib/storage/remote/remote-order';
import { showComeGoods } from '$lib/storage/remote/shown-goods';
import type { TableName } from '$lib/storage/schema/change';
import type { StartNews } from '$lib/storage/schema/start-news';
import type { MetaRow } from '$lib/storage/schema/records';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import { fileInUse, repair, restoreEntries } from './repair';
import { keepNews } from './start-news';

/** The keys of unreadable rows by table. Tables without such rows are absent. */
type Unreadable = ReadonlyMap<string, readonly IndexableType[]>;

/** Tables with rows attached to entries, except `meta` and cards, which `repair` handles. */
const ATTACHED = [
  ...(['forgotten', 'reserveVerifiers', 'reserveTries', 'pinFailures'] as const),
] as const satisfies TableName[];

/** Tables whose rows are not projected from entries. Rows without a copy are sent again by the relay, or are not essential. */
const OTHERS = [
  ...ATTACHED,
  'customers',
  'meta',
  'policy',
  'drafts',
  'notices',
  'keptGoods',
] as const satisfies TableName[];

/** These values are never removed: without them a number could be printed twice, or entries would lose their till. */
const NEEDED: readonly unknown[] = ['former-tills', 'numbers-taken', 'removal'];

/** Values that somebody chose or has not read yet, so their loss is reported. All other values are created again. */
const NAMED: readonly unknown[] = ['preferences', 'start-news', 'backup-folder'];

type ReplacedNews = Extract<StartNews, { kind: 'repaired' | 'left-out' }>;

/**
 * Replaces every unreadable row so that a start can proceed; also the `schema` row, which every write checks, if it is lost.
 * Returns whether any was replaced. Changes nothing if the row with the till's key cannot be read. `at`: ms. Throws
 * StorageError.
 */
export async function replaceUnreadable(
  db: TillDb,
  file: JournalFile,
  at: number,
): Promise<boolean> {
  // the key has no other copy, and a disk that cannot be read now may be readable later, so a person decides
  const till = await tillIn(db);
  const before = await unreadableRows(db);
  if (before.size === 0) return renewLostGate(db, file);
  if (till === null) return false;
  if (before.get('meta')?.includes('schema') === true) await renewGate(db);
  db.file = file;
  await file.open(till.id);
  // these tables are a copy of what the relay has: the next download starts again
  if (remoteTables(db).some(({ name }) => before.has(name))) await forgetRemote(db, 'kept');
  await replaceOthers(db, at);
  const entries = (before.get('journal') ?? []) as [string, number][];
  await restoreEntries(
    db,
    entries.map(([name, seq]) => ({ till: name, seq })),
  );
  if (entries.length > 0 || projectedTables.some((name) => before.has(name))) await repair(db, at);
  return count(await unreadableRows(db)) < count(before);
}

/**
 * Writes the lost `schema` row again, which every write checks: if the till's row is here, or if there is no file to rebuild a
 * till from, so that the device can be enrolled again. Returns whether it did. Throws StorageError.
 */
async function renewLostGate(db: TillDb, file: JournalFile): Promise<boolean> {
  if ((await db.meta.get('schema')) !== undefined) return false;
  const isLost = (await tillIn(db)) === null;
  if (isLost && ((await file.tills()).length > 0 || file.state === 'away')) return false;
  await renewGate(db);
  if (isLost) await keepNews(db, [{ kind: 'lost' }]);
  return true;
}

/**
 * Replaces unreadable rows that are not projected from entries: restores those that the file has, and removes the others.
 * Returns what to show. `at`: ms. Throws StorageError.
 */
export function replaceOthers(db: TillDb, at: number): Promise<ReplacedNews[]> {
  return withWriterLock(db, async () => {
    const lost = await unreadableRows(db, OTHERS);
    if (lost.size === 0) return [];
    const back = await putAttached(db, lost);
    await putStandIns(db, at);
    const [left, news] = [await unreadableRows(db, OTHERS), [] as ReplacedNews[]];
    for (const [name, keys] of left) {
      const some = keys.filter((key) => !NEEDED.includes(key));
      await transact(db, [db.table(name)], () => db.table(name).bulkDelete(some));
    }
    // without this version the relay sends all verifiers again
    if (left.has('reserveVerifiers'))
      await transact(db, [db.meta], () => db.meta.delete('reserve-codes'));
    if (left.has('keptGoods')) await showComeGoods(db);
    const receipts = left.get('drafts')?.length ?? 0;
    const own = left.get('meta')?.filter((key) => NAMED.includes(key)) ?? [];
    const others = own.length + count(left, ATTACHED);
    if (back > 0) news.push({ kind: 'repaired', rows: back });
    if (receipts + others > 0) news.push({ kind: 'left-out', receipts, others });
    return keepNews(db, news);
  });
}

async function unreadableRows(
  db: TillDb,
  names: readonly string[] = db.tables.map(({ name }) => name),
): Promise<Unreadable> {
  const found = new Map<string, readonly IndexableType[]>();
  for (const name of names) {
    const keys = await unreadableIn(db.table<unknown, IndexableType>(name));
    if (keys.length > 0) found.set(name, keys);
  }
  return found;
}

const count = (rows: Unreadable, names: readonly string[] = [...rows.keys()]) =>
  names.reduce((sum, name) => sum + (rows.get(name)?.length ?? 0), 0);

/** Restores rows as they were last attached to an act; returns how many. */
async function putAttached(db: TillDb, lost: Unreadable): Promise<number> {
  const file = await fileInUse(db);
  if (file === null) return 0;
  let back = 0;
  for (const [name, rows] of await attachedRows(db, file, lost)) {
    if (rows.length > 0) await transact(db, [db.table(name)], () => db.table(name).bulkPut(rows));
    back += rows.length;
  }
  return back;
}

/** Writes these values again with placeholders, because only their presence matters. */
async function putStandIns(db: TillDb, at: number): Promise<void> {
  const lost: readonly unknown[] = await unreadableIn(db.meta);
  const till = await tillIn(db);
  const [last] = await chainIn(db, till?.id ?? '')
    .reverse()
    .limit(1)
    .primaryKeys();
  const rows = [
    metaRow('quarantine', { because: 'damaged', since: at }),
    metaRow('file-away', { seq: (last?.[1] ?? 0) + 1 }),
    metaRow('indexes-damaged', {}),
  ].filter(({ key }) => lost.includes(key)) as MetaRow[];
  if (rows.length > 0) await transact(db, [db.meta], () => db.meta.bulkPut(rows));
}
