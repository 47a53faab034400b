// Replaces rows that the database cannot read: from the journal file, or by leaving them out.
import type { IndexableType } from 'dexie';
import { projectedTables } from '$lib/domain/rows';
import { renewGate, transact, type TillDb } from '$lib/storage/database/db';
import { metaRow } from '$lib/storage/database/meta';
import { unreadableIn } from '$lib/storage/database/read-each';
import { tillIn } from '$lib/storage/database/till-record';
import { attachedRows } from '$lib/storage/journal/attached-rows';
import { chainIn } from '$lib/storage/journal/reader';
import { withWriterLock } from '$lib/storage/database/writer-lock';
import { forgetRemote, remoteTables } from '$lib/storage/remote/remote-order';
import { showComeGoods } from '$lib/storage/remote/shown-goods';
import type { TableName } from '$lib/storage/schema/change';
import type { StartNews } from '$lib/storage/schema/start-news';
import type { MetaRow } from '$lib/storage/schema/records';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import { repair, restoreEntries } from './repair';
import { keepNews } from './start-news';

/** The keys of unreadable rows by table, without tables that have none. */
type Unreadable = ReadonlyMap<string, readonly IndexableType[]>;

/** Rows that acts attach to their entries, beside those in `meta`, and cards, which `repair` names. */
const ATTACHED = [
  ...(['forgotten', 'reserveVerifiers', 'reserveTries', 'pinFailures'] as const),
] as const satisfies TableName[];

/** Tables whose rows are not projected from entries. Their rows without a copy come again, or the till does without them. */
const OTHERS = [
  ...ATTACHED,
  'customers',
  'meta',
  'policy',
  'drafts',
  'receiptAddresses',
  'notices',
  'keptGoods',
] as const satisfies TableName[];

/** Without these values a number could be printed twice, or entries lose their till: they are not left out. */
const NEEDED: readonly unknown[] = ['former-tills', 'numbers-taken', 'removal'];

/** What somebody has chosen or has not read; the other values come again. */
const NAMED: readonly unknown[] = ['preferences', 'start-news', 'backup-folder'];

type ReplacedNews = Extract<StartNews, { kind: 'repaired' | 'left-out' }>;

/**
 * Replaces every row that cannot be read, or the lost one that every write checks, so that a start gets further; returns whether
 * it has replaced any. Changes nothing if the row with the till's key cannot be read. `at`: ms. Throws StorageError.
 */
export async function replaceUnreadable(
  db: TillDb,
  file: JournalFile,
  at: number,
): Promise<boolean> {
  // the key has no other copy, and a disk that can read nothing now may do so later: a person decides
  const till = await tillIn(db);
  const before = await unreadableRows(db);
  if (before.size === 0) return renewLostGate(db, file);
  if (till === null) return false;
  if (before.get('meta')?.includes('schema') === true) await renewGate(db);
  db.file = file;
  await file.open(till.id);
  // a copy of what the relay has: the next download begins again
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
 * Writes the row that every write checks again where it is lost: beside a till, or where there is no file to rebuild one from, so
 * that the device can be connected again. Returns whether it has. Throws StorageError.
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
 * The same for rows that are not projected from entries: puts back those that the file has, and leaves out others; returns what to
 * show. `at`: ms. Throws StorageError.
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
    // without a version the relay sends all of them
    if (left.has('reserveVerifiers'))
      await transact(db, [db.meta], () => db.meta.delete('reserve-codes'));
    if (left.has('keptGoods')) await showComeGoods(db);
    const receipts = left.get('drafts')?.length ?? 0;
    const own = left.get('meta')?.filter((key) => NAMED.includes(key)) ?? [];
    const others = own.length + count(left, ATTACHED);
    if (back > 0) news.push({ kind: 'repaired', rows: back });
    if (receipts + others > 0) news.push({ kind: 'left-out', receipts, others });
    await keepNews(db, news);
    return news;
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

/** Puts rows back as they were last attached to an act; returns how many. */
async function putAttached(db: TillDb, lost: Unreadable): Promise<number> {
  const { file } = db;
  if (file?.state !== 'in-use' || file.till !== (await tillIn(db))?.id) return 0;
  let back = 0;
  for (const [name, rows] of await attachedRows(db, file, lost)) {
    if (rows.length > 0) await transact(db, [db.table(name)], () => db.table(name).bulkPut(rows));
    back += rows.length;
  }
  return back;
}

/** Of these values it is enough to know that they are there. */
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
