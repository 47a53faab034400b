// Restores rows missing from the database from the journal file, and names those it cannot restore.
import { project } from '$lib/domain/projection';
import {
  addedTables,
  writtenTo,
  NOTHING_BEFORE,
  type AddedTable,
  type ProjectedChange,
  type RowOf,
} from '$lib/domain/rows';
import type { Entry, KnownEntry } from '$lib/contract/journal';
import { verifyEntry } from '$lib/proof/chain';
import type { Change } from '$lib/storage/schema/change';
import { transact, type TillDb } from '$lib/storage/database/db';
import { storedRows, withProofs, writableRows } from '$lib/storage/journal/projection';
import { batchesOf } from '$lib/storage/journal/reader';
import { relayKeysIn } from '$lib/storage/journal/real-proofs';
import {
  isNothing,
  missingRows,
  wrongSumsIn,
  type EntryPlace,
  type MissingRows,
} from './missing-rows';
import { setQuarantine } from '$lib/storage/journal/quarantine';
import { balanceRow, recorded, type CustomerRow } from '$lib/storage/schema/records';
import { isEnrolled, lineageIn, tillIn } from '$lib/storage/database/till-record';
import { acknowledged } from '$lib/storage/journal/watermark';
import { withWriterLock } from '$lib/storage/journal/writer';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import type { SettledLine } from '$lib/storage/wal/line';

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
type WithLock = <T>(work: () => Promise<T>) => Promise<T>;

/** Number of restored rows; null: none was missing. */
export async function restoreMissing(db: TillDb, withLock: WithLock): Promise<number | null> {
  const missing = await missingRows(db);
  if (missing === null || isNothing(missing)) return null;
  const { file } = db;
  const isInUse = file?.state === 'in-use' && file.till === missing.till;
  const entries = isInUse ? await entriesIn(db, file, missing.entries) : [];
  if (entries.length > 0) await transact(db, [db.journal], () => db.journal.bulkAdd(entries));
  const cards = isInUse ? await cardsIn(file, new Set(missing.cards)) : [];
  if (cards.length > 0) await transact(db, [db.customers], () => db.customers.bulkPut(cards));
  const back = entries.length + cards.length + (await restoreRows(db));
  // without the account entries of a missing journal entry, a recomputed sum would be wrong
  const isWhole = entries.length === missing.entries.length;
  return back + (isWhole ? await restoreSums(db, withLock) : 0);
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
  for await (const lines of file.whole()) {
    for (const entry of lines.flatMap((line) => (line.kind === 'act' ? [line.entry] : []))) {
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

async function entryAt(db: TillDb, { till, seq }: EntryPlace): Promise<Entry | null> {
  return (await db.journal.get([till, seq])) ?? null;
}

/** The newest row of each of these cards in the file. */
async function cardsIn(file: JournalFile, cards: ReadonlySet<string>): Promise<CustomerRow[]> {
  const found = new Map<string, CustomerRow>();
  if (cards.size === 0) return [];
  for await (const lines of file.whole()) {
    for (const row of lines.flatMap(attachedOn).flatMap(cardsAmong)) {
      if (cards.has(row.id)) found.set(row.id, row);
    }
  }
  return [...found.values()];
}

function attachedOn(line: SettledLine): readonly Change[] {
  if (line.kind === 'act') return line.attached;
  return line.kind === 'attached' ? line.changes : [];
}

function cardsAmong(change: Change): readonly CustomerRow[] {
  return change.table === 'customers' && change.op !== 'delete' ? change.rows : [];
}

const BATCH = 500;

/** Projects every entry again and adds the rows that are missing: only where an entry adds rows, whatever was before it. */
async function restoreRows(db: TillDb): Promise<number> {
  const [names, keys] = await Promise.all([lineageIn(db), relayKeysIn(db)]);
  let back = 0;
  for (const name of names) {
    for await (const entries of batchesOf(db, name, BATCH)) {
      const known = await withProofs(entries, keys);
      const changes = known.flatMap(({ entry, real }) => projected(entry, real));
      for (const table of addedTables)
        back += await addMissing(db, table, writtenTo(table, changes));
    }
  }
  return back;
}

/** Nothing if it cannot be projected: it was set aside when it was replayed. */
function projected(entry: KnownEntry, real: ReadonlySet<string>): ProjectedChange[] {
  try {
    return project(entry, NOTHING_BEFORE, real);
  } catch {
    return [];
  }
}

async function addMissing(
  db: TillDb,
  name: AddedTable,
  rows: readonly RowOf<AddedTable>[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const here = await storedRows(db, name, rows);
  const lacking = await writableRows(
    db,
    name,
    rows.filter((_, place) => here[place] === undefined),
  );
  const table = db.table(name);
  if (lacking.length > 0) await transact(db, [table], () => table.bulkPut(lacking));
  return lacking.length;
}

/** Recomputes the sums, now that all account entries are present. */
async function restoreSums(db: TillDb, withLock: WithLock): Promise<number> {
  const sums = (await missingRows(db))?.sums ?? [];
  let back = 0;
  for (const customer of sums) {
    // one lock per customer: no sale may use a wrong sum, nor wait for all of them
    back += await withLock(() =>
      transact(db, [db.accountEntries, db.balances], async () => {
        const rows = (await wrongSumsIn(db, customer)).map((row) => recorded(balanceRow, row));
        await db.balances.bulkPut(rows);
        return rows.length;
      }),
    );
  }
  return back;
}
