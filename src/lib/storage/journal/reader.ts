// Reads the journal: its head, entries and confirmations.
import type { ActIdRow, ConfirmationRow, ProofShown } from '$lib/contract/rows';
import type { JournalHead } from '$lib/contract/challenge';
import type { Confirmation } from '$lib/contract/acts/account';
import type { Act, BodyOf, Entry } from '$lib/contract/journal';
import { Dexie, type Collection } from 'dexie';
import { inBoth, type TillDb } from '$lib/storage/database/db';
import { readEach, UNREADABLE } from '$lib/storage/database/read-each';
import { actBodies, GENESIS_HASH } from '$lib/storage/schema/records';
import { originalOf } from '$lib/proof/known-entry';
import { lineageIn, tillIn } from '$lib/storage/database/meta';

/** The entries of one till id after `after`, ascending. */
export function chainIn(
  db: TillDb,
  till: string,
  after = 0,
): Collection<Entry, [string, number], Entry> {
  return db.journal.where(':id').between([till, after], [till, Dexie.maxKey], false);
}

/** The hashes of these entries of one till id, in their order; undefined: missing. */
export async function hashesAt(
  db: TillDb,
  till: string,
  seqs: readonly number[],
): Promise<(string | undefined)[]> {
  const entries = await db.journal.bulkGet(seqs.map((seq): [string, number] => [till, seq]));
  return entries.map((entry) => entry?.hash);
}

/**
 * The last entry under the former till id, as named by the first entry of this till id; null if there is none. Awaits Dexie
 * only.
 */
export async function formerEndIn(
  db: TillDb,
  till: string,
): Promise<BodyOf<'till-enrolled'>['former']> {
  const first = await db.journal.get([till, 1]);
  return actBodies['till-enrolled'].safeParse(first?.body).data?.former ?? null;
}

/** The head of this till's journal; reads meta and journal, awaits Dexie only. */
export function headIn(db: TillDb): Promise<JournalHead> {
  return tillIn(db)
    .then((till) => (till === null ? undefined : chainIn(db, till.id).last()))
    .then(asHead);
}

/** Number of the last entry; 0: none. Does not read the entry, which may be a large one of an import. Awaits Dexie only. */
export function headSeqIn(db: TillDb): Promise<number> {
  return tillIn(db)
    .then((till) => (till === null ? [] : chainIn(db, till.id).reverse().limit(1).primaryKeys()))
    .then(([newest]) => newest?.[1] ?? 0);
}

/** The head of the journal under one till id. Awaits Dexie only. */
export function headOfTill(db: TillDb, till: string): Promise<JournalHead> {
  return chainIn(db, till).last().then(asHead);
}

const asHead = (last: Entry | undefined): JournalHead =>
  last === undefined
    ? { seq: 0, hash: GENESIS_HASH, at: 0 }
    : { seq: last.seq, hash: last.hash, at: last.at };

/** Highest policy version of any act of this till id; 0: none. Awaits Dexie only. */
export async function newestPolicyIn(db: TillDb, till: string): Promise<number> {
  const newest = await db.journal
    .where('[till+policy]')
    .between([till, Dexie.minKey], [till, Dexie.maxKey])
    .last();
  return newest?.policy ?? 0;
}

/** Newest first, for the screen, without unreadable entries. `before`: only entries with a lower number. */
export async function latestEntries(
  db: TillDb,
  page: { before: number | null; limit: number; acts: readonly Act[] | null },
): Promise<Entry[]> {
  const { before, limit, acts } = page;
  const till = await tillIn(db);
  if (till === null) return [];
  const wanted: ReadonlySet<string> | null = acts === null ? null : new Set(acts);
  const found: Entry[] = [];
  for await (const batch of backwards(db, till.id, before)) {
    found.push(...batch.filter(({ act }) => wanted?.has(act) ?? true));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

const REPAID: ReadonlySet<string> = new Set(['repayment', 'overpayment-returned']);

/**
 * This device's newest repayments and payouts. Ids of acts are UUIDv7, so their index is in the order in which the acts began.
 */
export async function latestRepayments(db: TillDb, limit: number): Promise<Entry[]> {
  const found: Entry[] = [];
  for (let below: string | null = null; found.length < limit;) {
    const older = below === null ? db.actIds.toCollection() : db.actIds.where(':id').below(below);
    const rows: ActIdRow[] = await older.reverse().limit(BATCH).toArray();
    // acts of shifts have ids as well, so filter by kind
    const entries = await entriesOf(db, rows);
    found.push(...entries.flatMap((entry) => (entry && REPAID.has(entry.act) ? [entry] : [])));
    const last = rows.at(-1);
    if (last === undefined) break;
    below = last.id;
  }
  return found.slice(0, limit);
}

/** The entries of one till id below `before`, newest first, in batches, without unreadable ones. */
async function* backwards(
  db: TillDb,
  till: string,
  before: number | null,
): AsyncGenerator<Entry[]> {
  for (let below: number | typeof Dexie.maxKey = before ?? Dexie.maxKey; ;) {
    const keys = await db.journal
      .where(':id')
      .between([till, Dexie.minKey], [till, below], true, false)
      .reverse()
      .limit(BATCH)
      .primaryKeys();
    const last = keys.at(-1);
    if (last === undefined) return;
    const rows = await readEach(db.journal, keys);
    yield rows.filter((row) => row !== undefined && row !== UNREADABLE);
    below = last[1];
  }
}

const BATCH = 200;

/** All readable entries of this device in batches, newest first: its journal, then those of its former till ids. */
export async function* entriesBackwards(db: TillDb): AsyncGenerator<Entry[]> {
  for (const till of await lineageIn(db)) yield* backwards(db, till, null);
}

/** This till's entries after `after`, ascending, for verification and upload. */
export async function entriesAfter(db: TillDb, after: number, limit: number): Promise<Entry[]> {
  const till = await tillIn(db);
  return till === null ? [] : chainIn(db, till.id, after).limit(limit).toArray();
}

/** Position of the entry that a row was written with. */
export type Written = { readonly till: string; readonly seq: number; readonly hash: string };

/**
 * The entries these rows were written with, in their order, including those of other tills; undefined: not here, or unreadable.
 * Awaits Dexie only.
 */
export async function entriesOf(
  db: TillDb,
  rows: readonly Written[],
): Promise<(Entry | undefined)[]> {
  const places = rows.map(({ till, seq }): [string, number] => [till, seq]);
  const held = await readEach(db.journal, places);
  const own = held.map((entry, place) =>
    entry !== UNREADABLE && entry?.hash === rows[place]?.hash ? entry : undefined,
  );
  const others = rows.filter((_, place) => own[place] === undefined).map(({ hash }) => hash);
  if (others.length === 0) return own;
  const remote = await remoteEntriesIn(db, others);
  return own.map((entry, place) => entry ?? remote.get(rows[place]?.hash ?? ''));
}

/** The entries of other tills with these hashes, including carried-over originals. Awaits Dexie only. */
export async function remoteEntriesIn(
  db: TillDb,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, Entry>> {
  const rows = await db.remoteJournal
    .where('original')
    .anyOf([...hashes])
    .toArray();
  return new Map(
    rows.flatMap(({ original, entry }): [string, Entry][] =>
      // its schema was checked when it was stored
      entry === null ? [] : [[original, originalOf(entry as unknown as Entry)]],
    ),
  );
}

/** The entry a row was written with; null if it is not here. */
export async function entryOf(db: TillDb, row: Written): Promise<Entry | null> {
  return (await entriesOf(db, [row]))[0] ?? null;
}

/** The confirmations of a customer's acts after `after` (ms, -1: of all), at all tills. Awaits Dexie only. */
export const confirmationsOf = (
  db: TillDb,
  customer: string,
  after: number,
): Promise<ConfirmationRow[]> =>
  inBoth(db, 'confirmations', (table) =>
    table
      .where('[customer+at]')
      .between([customer, after], [customer, Dexie.maxKey], false)
      .toArray(),
  );

export type ConfirmationFilter = {
  readonly shown: ProofShown | null;
  readonly action: Confirmation['action'] | null;
  /** Key of the last row of the previous page. */
  readonly after: readonly [at: number, hash: string, index: number] | null;
  readonly limit: number;
};

/** One debt or redemption with its stored proof. */
export type ConfirmedAct = ConfirmationRow & {
  readonly confirmation: Confirmation;
  readonly act: string;
};

/** Debts and redemptions of this device with their proofs, newest first. */
export async function confirmationsPage(
  db: TillDb,
  filter: ConfirmationFilter,
): Promise<ConfirmedAct[]> {
  const { shown, action, after, limit } = filter;
  const table = db.confirmations;
  const from =
    shown !== null
      ? table
          .where('[shown+at]')
          .between([shown, Dexie.minKey], [shown, after?.[0] ?? Dexie.maxKey], true, true)
      : after === null
        ? table.toCollection()
        : table.where(':id').belowOrEqual([...after]);
  const rows = await from
    .reverse()
    .filter(
      (row) =>
        (action === null || row.action === action) && (after === null || isOlder(row, after)),
    )
    .limit(limit)
    .toArray();
  const entries = await entriesOf(db, rows);
  return rows.flatMap((row, i) => {
    const entry = entries[i];
    const confirmation = entry && confirmationsIn(entry)[row.index];
    return confirmation === undefined ? [] : [{ ...row, confirmation, act: entry?.act ?? '' }];
  });
}

/** Whether a row comes after the last one of the previous page (keys descending). */
function isOlder(row: ConfirmationRow, [at, hash, index]: readonly [number, string, number]) {
  if (row.at !== at) return row.at < at;
  if (row.hash !== hash) return row.hash < hash;
  return row.index < index;
}

function confirmationsIn(entry: Entry): Confirmation[] {
  const { confirmations } = entry.body;
  return Array.isArray(confirmations) ? (confirmations as Confirmation[]) : [];
}
