// Restores rows missing from the database that the journal file still has, and names the rest.
import type { AccountRow, ConfirmationRow, GrantUsedRow, SaleRow } from '$lib/domain/rows';
import type { Entry } from '$lib/contract/journal';
import { verifyEntry } from '$lib/proof/chain';
import type { TableName } from '$lib/storage/schema/change';
import { transact, type TillDb } from '$lib/storage/database/db';
import { entriesOf } from '$lib/storage/journal/reader';
import {
  isNothing,
  missingRows,
  wrongSumsIn,
  type EntryPlace,
  type MissingRows,
} from './missing-rows';
import { setQuarantine } from '$lib/storage/journal/quarantine';
import { balanceRow, recorded, type CustomerRow } from '$lib/storage/schema/records';
import { atDisk } from '$lib/storage/storage-error';
import { isEnrolled, tillIn } from '$lib/storage/database/till-record';
import { acknowledged } from '$lib/storage/journal/watermark';
import { withWriterLock } from '$lib/storage/journal/writer';
import type { Table } from 'dexie';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { Line } from '$lib/storage/wal/line';

export type RepairNews =
  /** So many rows were missing, and are back. */
  | { readonly kind: 'repaired'; readonly rows: number }
  /** These are nowhere on this device any more. */
  | { readonly kind: 'missing'; readonly rows: MissingRows };

/** Looks for lost rows and mends them while the till is in use; what a person must know of it. `at`: ms. Throws StorageError. */
export async function repair(db: TillDb, at: number): Promise<RepairNews[]> {
  const back = await restoreMissing(db, (work) => withWriterLock(db, work));
  if (back === null) return [];
  const left = await missingRows(db);
  const news: RepairNews[] = back > 0 ? [{ kind: 'repaired', rows: back }] : [];
  if (left === null || isNothing(left)) return news;
  await quarantineIfNeeded(db, left, at);
  return [...news, { kind: 'missing', rows: left }];
}

/** Entries that the relay has not got either: it would wait for them for ever. */
async function quarantineIfNeeded(
  db: TillDb,
  { till, entries }: MissingRows,
  at: number,
): Promise<void> {
  const now = await atDisk(() => tillIn(db));
  if (!isEnrolled(now) || now.id !== till) return;
  const held = (await acknowledged(db, now))?.seq ?? 0;
  if (!entries.some((place) => place.till === till && place.seq > held)) return;
  await setQuarantine(db, { because: 'entries-lost', since: at }, till);
}

/** Runs work in the writer's seat. */
type Seat = <T>(work: () => Promise<T>) => Promise<T>;

/** How many rows came back; null: none was missing. */
export async function restoreMissing(db: TillDb, seat: Seat): Promise<number | null> {
  const missing = await missingRows(db);
  if (missing === null || isNothing(missing)) return null;
  const { file } = db;
  const isInUse = file?.state === 'in-use' && file.till === missing.till;
  let back = 0;
  let whole = missing.entries.length === 0;
  if (isInUse) {
    const entries = await entriesIn(db, file, missing.entries);
    await putEntries(db, missing.till, entries);
    const rows = await restoreRows(db, file, new Set(missing.cards));
    back += entries.length + rows.back;
    whole = entries.length === missing.entries.length && rows.unread === 0;
  }
  return back + (isInUse && whole ? await restoreSums(db, seat) : 0);
}

/** Of the entries looked for those the file has, and that follow what is kept around them. */
async function entriesIn(
  db: TillDb,
  file: JournalFile,
  places: readonly EntryPlace[],
): Promise<Entry[]> {
  if (places.length === 0) return [];
  const nameOf = ({ till, seq }: EntryPlace) => `${till} ${seq}`;
  const wanted = new Set(places.map(nameOf));
  const candidates = new Map<string, Entry[]>();
  for await (const { lines } of file.whole()) {
    for (const entry of lines.flatMap(entriesOn)) {
      const name = nameOf(entry);
      if (!wanted.has(name) || !(await verifyEntry(entry))) continue;
      candidates.set(name, [...(candidates.get(name) ?? []), entry]);
    }
  }
  const found = new Map<string, Entry>();
  const around = async (place: EntryPlace) =>
    found.get(nameOf(place)) ?? (await entryAt(db, place));
  // from the newest back: what follows an entry names it by its hash, also where another had been given up in its place
  for (const { till, seq } of places.toSorted((a, b) => b.seq - a.seq)) {
    const [before, after] = [
      await around({ till, seq: seq - 1 }),
      await around({ till, seq: seq + 1 }),
    ];
    const fits = (candidates.get(nameOf({ till, seq })) ?? []).find(
      ({ hash, prevHash }) =>
        (after !== null && after.prevHash === hash) ||
        (after === null && before !== null && prevHash === before.hash),
    );
    if (fits !== undefined) found.set(nameOf(fits), fits);
  }
  return [...found.values()];
}

function entriesOn(line: Line): Entry[] {
  if (line.kind === 'act') return [line.entry];
  const isJournal =
    line.kind === 'rows' && (line.table === 'journal' || line.table === 'formerJournal');
  return isJournal ? (line.rows as Entry[]) : [];
}

async function entryAt(db: TillDb, { till, seq }: EntryPlace): Promise<Entry | null> {
  const [now, former] = await atDisk(() =>
    Promise.all([db.journal.get(seq), db.formerJournal.get([till, seq])]),
  );
  return now?.till === till ? now : (former ?? null);
}

async function putEntries(db: TillDb, till: string, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const isNow = (entry: Entry) => entry.till === till;
  await transact(db, [db.journal, db.formerJournal], () =>
    Promise.all([
      db.journal.bulkAdd(entries.filter(isNow)),
      db.formerJournal.bulkAdd(entries.filter((entry) => !isNow(entry))),
    ]),
  );
}

/** Tables whose rows an entry makes once and nothing changes. */
const REPAIRED = ['sales', 'accountEntries', 'confirmations'] as const satisfies TableName[];
type RepairedTable = (typeof REPAIRED)[number];
type RepairedRow = SaleRow | AccountRow | ConfirmationRow;

const keyOf: { readonly [T in RepairedTable]: (row: never) => unknown } = {
  sales: ({ id }: SaleRow) => id,
  accountEntries: ({ hash, index }: AccountRow) => [hash, index],
  confirmations: ({ at, hash, index }: ConfirmationRow) => [at, hash, index],
};

/** Rows of entries that are here, and the newest of each card that is gone. */
async function restoreRows(
  db: TillDb,
  file: JournalFile,
  cards: ReadonlySet<string>,
): Promise<{ back: number; unread: number }> {
  const found = new Map<string, CustomerRow>();
  let back = 0;
  let unread = 0;
  for await (const piece of file.whole()) {
    unread += piece.unread;
    const rowsOf = (table: TableName) => piece.lines.flatMap((line) => rowsOn(line, table));
    for (const card of rowsOf('customers') as CustomerRow[]) {
      if (cards.has(card.id)) found.set(card.id, card);
    }
    for (const table of REPAIRED)
      back += await addMissing(db, table, rowsOf(table) as RepairedRow[]);
    await putUsed(db, rowsOf('grantsUsed') as GrantUsedRow[]);
  }
  if (found.size > 0) {
    await transact(db, [db.customers], () => db.customers.bulkPut([...found.values()]));
  }
  return { back: back + found.size, unread };
}

function rowsOn(line: Line, table: TableName): readonly unknown[] {
  if (line.kind === 'rows') return line.table === table ? line.rows : [];
  if (line.kind !== 'act') return [];
  return line.changes.flatMap((change): readonly unknown[] =>
    change.table === table && 'rows' in change ? change.rows : [],
  );
}

async function addMissing(
  db: TillDb,
  name: RepairedTable,
  rows: readonly RepairedRow[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const table: Table<RepairedRow, unknown> = db.table(name);
  const here = await atDisk(() => table.bulkGet(rows.map((row) => keyOf[name](row as never))));
  const lacking = rows.filter((_, place) => here[place] === undefined);
  // an act that was given up has rows in the file, and no entry
  const made = await atDisk(() => entriesOf(db, lacking));
  const own = lacking.filter((_, place) => made[place] !== undefined);
  if (own.length > 0) await transact(db, [table], () => table.bulkPut(own));
  return own.length;
}

/** No code may close a second sale because the row of the first is gone. */
async function putUsed(db: TillDb, rows: readonly GrantUsedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const [here, sales] = await atDisk(() =>
    Promise.all([
      db.grantsUsed.bulkGet(rows.map(({ challenge }) => challenge)),
      db.sales.bulkGet(rows.map(({ sale }) => sale)),
    ]),
  );
  const own = rows.filter((_, place) => here[place] === undefined && sales[place] !== undefined);
  if (own.length > 0) await transact(db, [db.grantsUsed], () => db.grantsUsed.bulkPut(own));
}

/** All steps are here: what they come to is right. */
async function restoreSums(db: TillDb, seat: Seat): Promise<number> {
  const sums = (await missingRows(db))?.sums ?? [];
  let back = 0;
  for (const customer of sums) {
    // no sale may count on a sum meanwhile, nor wait for all of them
    back += await seat(() =>
      transact(db, [db.accountEntries, db.balances], async () => {
        const rows = (await wrongSumsIn(db, customer)).map((row) => recorded(balanceRow, row));
        await db.balances.bulkPut(rows);
        return rows.length;
      }),
    );
  }
  return back;
}
