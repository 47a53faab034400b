// Restores rows missing from the database from the journal file, and names those it cannot restore.
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
import { isEnrolled, tillIn } from '$lib/storage/database/till-record';
import { acknowledged } from '$lib/storage/journal/watermark';
import { withWriterLock } from '$lib/storage/journal/writer';
import type { Table } from 'dexie';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { Line } from '$lib/storage/wal/line';

export type RepairNews =
  /** This many rows were missing and have been restored. */
  | { readonly kind: 'repaired'; readonly rows: number }
  /** These rows cannot be restored on this device. */
  | { readonly kind: 'missing'; readonly rows: MissingRows };

/** Finds and restores lost rows while the till is in use; returns what to show. `at`: ms. Throws StorageError. */
export async function repair(db: TillDb, at: number): Promise<RepairNews[]> {
  const back = await restoreMissing(db, (work) => withWriterLock(db, work));
  if (back === null) return [];
  const left = await missingRows(db);
  const news: RepairNews[] = back > 0 ? [{ kind: 'repaired', rows: back }] : [];
  if (left === null || isNothing(left)) return news;
  await quarantineIfNeeded(db, left, at);
  return [...news, { kind: 'missing', rows: left }];
}

/** Quarantines the till if the relay lacks the missing entries, too: it would wait for them for ever. */
async function quarantineIfNeeded(
  db: TillDb,
  { till, entries }: MissingRows,
  at: number,
): Promise<void> {
  const now = await tillIn(db);
  if (!isEnrolled(now) || now.id !== till) return;
  const held = (await acknowledged(db, now))?.seq ?? 0;
  if (!entries.some((place) => place.till === till && place.seq > held)) return;
  await setQuarantine(db, { because: 'entries-lost', since: at }, till);
}

/** Runs work while holding the writer's lock. */
type Seat = <T>(work: () => Promise<T>) => Promise<T>;

/** Number of restored rows; null: none was missing. */
export async function restoreMissing(db: TillDb, seat: Seat): Promise<number | null> {
  const missing = await missingRows(db);
  if (missing === null || isNothing(missing)) return null;
  const { file } = db;
  const isInUse = file?.state === 'in-use' && file.till === missing.till;
  let back = 0;
  let whole = missing.entries.length === 0;
  if (isInUse) {
    const entries = await entriesIn(db, file, missing.entries);
    if (entries.length > 0) await transact(db, [db.journal], () => db.journal.bulkAdd(entries));
    const rows = await restoreRows(db, file, new Set(missing.cards));
    back += entries.length + rows.back;
    whole = entries.length === missing.entries.length && rows.unread === 0;
  }
  return back + (isInUse && whole ? await restoreSums(db, seat) : 0);
}

/** Those of the missing entries that the file has and that fit the chain around them. */
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
  // newest first: the next entry names it by hash, which tells it from an abandoned act with the same number
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
  return line.kind === 'rows' && line.table === 'journal' ? (line.rows as Entry[]) : [];
}

async function entryAt(db: TillDb, { till, seq }: EntryPlace): Promise<Entry | null> {
  return (await db.journal.get([till, seq])) ?? null;
}

/** Tables whose rows an entry creates once and nothing changes. */
const REPAIRED = ['sales', 'accountEntries', 'confirmations'] as const satisfies TableName[];
type RepairedTable = (typeof REPAIRED)[number];
type RepairedRow = SaleRow | AccountRow | ConfirmationRow;

const keyOf: { readonly [T in RepairedTable]: (row: never) => unknown } = {
  sales: ({ id }: SaleRow) => id,
  accountEntries: ({ hash, index }: AccountRow) => [hash, index],
  confirmations: ({ at, hash, index }: ConfirmationRow) => [at, hash, index],
};

/** Restores the rows of existing entries, and the newest row of each missing card. */
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
  const here = await table.bulkGet(rows.map((row) => keyOf[name](row as never)));
  const lacking = rows.filter((_, place) => here[place] === undefined);
  // an abandoned act has rows in the file, but no entry
  const made = await entriesOf(db, lacking);
  const own = lacking.filter((_, place) => made[place] !== undefined);
  if (own.length > 0) await transact(db, [table], () => table.bulkPut(own));
  return own.length;
}

/** Restores the rows of used codes: without them a code could close a second sale. */
async function putUsed(db: TillDb, rows: readonly GrantUsedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const [here, sales] = await Promise.all([
    db.grantsUsed.bulkGet(rows.map(({ challenge }) => challenge)),
    db.sales.bulkGet(rows.map(({ sale }) => sale)),
  ]);
  const own = rows.filter((_, place) => here[place] === undefined && sales[place] !== undefined);
  if (own.length > 0) await transact(db, [db.grantsUsed], () => db.grantsUsed.bulkPut(own));
}

/** Recomputes the sums, now that all account entries are present. */
async function restoreSums(db: TillDb, seat: Seat): Promise<number> {
  const sums = (await missingRows(db))?.sums ?? [];
  let back = 0;
  for (const customer of sums) {
    // one lock per customer: no sale may use a wrong sum, nor wait for all of them
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
