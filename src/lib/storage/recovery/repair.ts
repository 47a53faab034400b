// Checks every row against its entry, and restores lost or damaged rows.
// Reports those that it cannot restore.
import type { BalanceRow } from '$lib/contract/rows';
import { Fold } from '$lib/domain/fold';
import {
  isAddedTable,
  keyOf,
  NOTHING_BEFORE,
  projectedTables,
  writtenTo,
  type AddedTable,
  type KeyOf,
  type ProjectedTable,
  type RowOf,
} from '$lib/domain/rows';
import type { Entry } from '$lib/contract/journal';
import { verifyEntry } from '$lib/proof/chain';
import { sealCard, sealPerson } from '$lib/proof/record';
import { transact, withWriterLock, type TillDb } from '$lib/storage/database/db';
import { hasWrongIndexes } from '$lib/storage/database/indexes';
import {
  metaIn,
  saveMeta,
  isEnrolled,
  lineageIn,
  relayKeysIn,
  tillIn,
} from '$lib/storage/database/meta';
import { isSealed, takeSeals, type CardSeal, type CardSeals } from '$lib/storage/audit/card-seals';
import { checkedChain, soundEntryAt } from '$lib/storage/journal/checked-chain';
import { withProofs } from '$lib/proof/real-proofs';
import { isSame, writableRows } from '$lib/storage/journal/projection';
import { readEach, UNREADABLE, unreadableIn, type Read } from '$lib/storage/database/read-each';
import {
  isNothing,
  missingEntries,
  missingRows,
  type EntryPlace,
  type MissingRows,
} from './missing-rows';
import { setQuarantine } from '$lib/storage/journal/quarantine';
import type { CustomerRow } from '$lib/storage/schema/records';
import { acknowledged } from '$lib/storage/journal/watermark';
import { erasedIn } from '$lib/storage/remote/forgotten-customers';
import { keepNews } from './start-news';
import type { StartNews } from '$lib/storage/schema/start-news';
import type { JournalFile } from '$lib/storage/wal/journal-file';
import { attachedOn } from '$lib/storage/wal/line';
import type { Table } from 'dexie';

export type RepairNews =
  | Extract<StartNews, { kind: 'repaired' | 'left-out' }>
  /** These rows cannot be restored on this device; every start reports them again. */
  | { readonly kind: 'missing'; readonly rows: MissingRows };

/**
 * Checks all entries by their hashes and all rows by projecting again, while the till is in use; returns what to show. `at`:
 * ms. Throws StorageError.
 */
export async function repair(db: TillDb, at: number): Promise<RepairNews[]> {
  // counted before the walk: an upload may restore an entry whose place the walk has passed
  const absent = await missingEntries(db);
  let pass = await projectAgain(db);
  let back = pass.back;
  const lost = [...absent, ...pass.damaged];
  const restored = await restoreEntries(db, lost);
  if (restored > 0) {
    pass = await projectAgain(db);
    back += restored + pass.back;
  }
  // a lost entry's rows would be missing in recomputed sums, and it may have been the last to seal a card
  const isWhole = restored === lost.length;
  const seals = isWhole ? pass.seals : NO_SEALS;
  const suspects = await faultyCards(db, seals);
  const cards = await withWriterLock(db, async () => {
    back += await (isWhole ? restoreChanged(db, pass) : replaceUnreadable(db, pass));
    const unsealed = isWhole ? [] : await withoutCard(db);
    return restoreCards(db, [...suspects, ...unsealed], seals);
  });
  back += cards.back;
  const isMisled = await hasWrongIndexes(db);
  if (isMisled) await saveMeta(db, 'indexes-damaged', {});
  const news = await keepNews(db, back > 0 ? [{ kind: 'repaired' as const, rows: back }] : []);
  const missing = await missingRows(db);
  if (missing === null) return news;
  const entries = [...missing.entries, ...pass.damaged];
  // receipts and account steps are looked up by index: the next start rebuilds the indexes and checks again
  const unseen = isMisled && { receipts: [], sums: [] };
  const named = [...new Set([...cards.left, ...missing.cards])];
  const left = { ...missing, ...unseen, entries, cards: named };
  if (isNothing(left)) return news;
  await quarantineIfNeeded(db, left, at);
  return [...news, { kind: 'missing', rows: left }];
}

/** Quarantines the till if the relay lacks the missing entries as well, because it would wait for them for ever. */
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

/**
 * Restores the entries and cards from which the file is rebuilt. Returns the entries that stay damaged. The caller holds the
 * writer's lock. Throws StorageError.
 */
export async function restoreSources(db: TillDb): Promise<EntryPlace[]> {
  // counted before the walk, as in `repair`
  const absent = await missingEntries(db);
  const { damaged, seals } = await sourcesIn(db);
  const lost = [...absent, ...damaged];
  const restored = await restoreEntries(db, lost);
  const newest = restored > 0 ? (await sourcesIn(db)).seals : seals;
  // a lost entry may have been the last to seal a card
  const isWhole = restored === lost.length;
  const valid = isWhole ? newest : NO_SEALS;
  const unsealed = isWhole ? [] : await withoutCard(db);
  await restoreCards(db, [...(await faultyCards(db, valid)), ...unsealed], valid);
  const left = await Promise.all(
    damaged.map(async (place) =>
      (await soundEntryAt(db, place.till, place.seq)) === null ? [place] : [],
    ),
  );
  return left.flat();
}

type Sources = { readonly damaged: readonly EntryPlace[]; readonly seals: CardSeals };

/** The damaged entries, and the newest hash of each card in the sound ones. */
async function sourcesIn(db: TillDb): Promise<Sources> {
  const damaged: EntryPlace[] = [];
  const seals = new Map<string, CardSeal>();
  for (const till of (await lineageIn(db)).toReversed()) {
    for await (const batch of batchesOf(db, till)) {
      damaged.push(...batch.damaged);
      for (const entry of batch.sound) takeSeals(seals, entry);
    }
  }
  return { damaged, seals };
}

/** Restores the entries at these places from the file; returns how many it found. Rows are not changed. Throws StorageError. */
export async function restoreEntries(db: TillDb, places: readonly EntryPlace[]): Promise<number> {
  const file = await fileInUse(db);
  if (file === null || places.length === 0) return 0;
  const entries = await entriesIn(db, file, places);
  if (entries.length > 0) await transact(db, [db.journal], () => db.journal.bulkPut(entries));
  return entries.length;
}

const NO_SEALS: CardSeals = new Map();

/** Customers whose card is missing, unreadable, or does not match its newest hash. */
async function faultyCards(db: TillDb, seals: CardSeals): Promise<string[]> {
  const [here, erased] = await Promise.all([
    db.customers.toCollection().primaryKeys(),
    erasedIn(db),
  ]);
  const sealed = [...seals.keys()].filter((customer) => !erased.has(customer));
  return faultyAmong(db, [...new Set([...here, ...sealed])], seals);
}

const withoutCard = async (db: TillDb) => (await missingRows(db))?.cards ?? [];

async function faultyAmong(
  db: TillDb,
  customers: readonly string[],
  seals: CardSeals,
): Promise<string[]> {
  const faulty: string[] = [];
  for (let from = 0; from < customers.length; from += BATCH) {
    const batch = customers.slice(from, from + BATCH);
    const rows = await readEach(db.customers, batch);
    const right = await Promise.all(
      rows.map((row, place) => isRight(row, seals.get(batch[place] ?? ''))),
    );
    faulty.push(...batch.filter((_, place) => right[place] !== true));
  }
  return faulty;
}

async function isRight(row: Read<CustomerRow>, seal: CardSeal | undefined): Promise<boolean> {
  if (row === undefined || row === UNREADABLE) return false;
  return seal === undefined || isSealed(row, seal);
}

/**
 * Restores those of these cards that are still faulty from the file. Returns how many, and the customers whose card the file
 * lacks as well. The caller holds the writer's lock.
 */
async function restoreCards(
  db: TillDb,
  suspects: readonly string[],
  seals: CardSeals,
): Promise<{ readonly back: number; readonly left: readonly string[] }> {
  const faulty = await faultyAmong(db, suspects, seals);
  const file = await fileInUse(db);
  const cards = file === null ? [] : await cardsIn(file, new Set(faulty), seals);
  if (cards.length > 0) await transact(db, [db.customers], () => db.customers.bulkPut(cards));
  const put = new Set(cards.map(({ id }) => id));
  return { back: cards.length, left: faulty.filter((customer) => !put.has(customer)) };
}

/** The journal file, if it is the current till's and every act is written to it. */
export async function fileInUse(db: TillDb): Promise<JournalFile | null> {
  const { file } = db;
  // the row of former tills may be the one that cannot be read
  const till = await tillIn(db);
  return file?.state === 'in-use' && file.till === till?.id ? file : null;
}

/** The lost entries that the file has and that fit the chain around them. */
async function entriesIn(
  db: TillDb,
  file: JournalFile,
  places: readonly EntryPlace[],
): Promise<Entry[]> {
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
    found.get(nameOf(place)) ?? (await soundEntryAt(db, place.till, place.seq));
  // First from newest to oldest: the next entry names the hash of this one, which distinguishes it from an abandoned act with the
  // same number. Then from oldest to newest: an entry without a successor only has to follow the one before it.
  const ascending = places.toSorted((a, b) => a.seq - b.seq);
  const away = await metaIn(db, 'file-away');
  const find = (place: EntryPlace, fits: (entry: Entry) => boolean) => {
    const entry = (candidates.get(nameOf(place)) ?? []).find(fits);
    if (entry !== undefined) found.set(nameOf(place), entry);
  };
  for (const place of ascending.toReversed()) {
    const after = await around({ ...place, seq: place.seq + 1 });
    if (after !== null) find(place, ({ hash }) => after.prevHash === hash);
  }
  for (const place of ascending) {
    const [before, after] = [
      await around({ ...place, seq: place.seq - 1 }),
      await around({ ...place, seq: place.seq + 1 }),
    ];
    // the end of an ignored file may hold an act that was reported as not saved
    const isLeft = away !== null && place.till === file.till && place.seq >= away.seq;
    if (after === null && before !== null && !isLeft)
      find(place, ({ prevHash }) => prevHash === before.hash);
  }
  return [...found.values()];
}

/** The newest row of each of these cards in the file; for a card with a known hash, the newest row that matches it. */
async function cardsIn(
  file: JournalFile,
  cards: ReadonlySet<string>,
  seals: CardSeals,
): Promise<CustomerRow[]> {
  const found = new Map<string, CustomerRow>();
  if (cards.size === 0) return [];
  for await (const row of versionsOf(cards, file)) {
    const seal = seals.get(row.id);
    if (seal === undefined || (await isSealed(row, seal))) found.set(row.id, row);
  }
  return [...found.values()];
}

/** All versions of these cards in the file, oldest first. */
async function* versionsOf(cards: ReadonlySet<string>, file: JournalFile) {
  for await (const lines of file.whole())
    for (const change of lines.flatMap(attachedOn))
      if (change.table === 'customers' && change.op !== 'delete')
        yield* change.rows.filter(({ id }) => cards.has(id));
}

/**
 * Versions of these customers' cards in the file, where the card or a person on it has one of these hashes; also if the database
 * cannot read the cards. Throws StorageError.
 */
export async function sealedCards(
  db: TillDb,
  customers: ReadonlySet<string>,
  hashes: ReadonlySet<string>,
): Promise<CustomerRow[]> {
  const file = await fileInUse(db);
  const found = new Map<string, CustomerRow>();
  if (file === null) return [];
  for await (const row of versionsOf(customers, file))
    for (const seal of [sealCard(row), ...row.persons.map(sealPerson)]) {
      const hash = await seal.catch(() => null);
      if (hash !== null && hashes.has(hash)) found.set(hash, row);
    }
  return [...new Set(found.values())];
}

const BATCH = 500;

type Batch = {
  readonly sound: readonly Entry[];
  readonly damaged: readonly EntryPlace[];
  readonly last: number;
};

async function* batchesOf(db: TillDb, till: string, after = 0): AsyncGenerator<Batch> {
  for (let from = after; ;) {
    const { sound, damaged, last } = await checkedChain(db, till, from, BATCH);
    if (last === null) return;
    yield { sound, damaged: damaged.map((seq) => ({ till, seq })), last };
    from = last;
  }
}

/** The result of a walk through all journals of this device. */
type Pass = {
  readonly fold: Fold;
  /** The newest hash of each card. */
  readonly seals: Map<string, CardSeal>;
  readonly damaged: readonly EntryPlace[];
  /** Number of rows restored in tables to which entries only add. */
  readonly back: number;
  /** Number of the last entry walked in the current till's journal. */
  readonly last: number;
};

/** Projects every sound entry again and restores the rows it adds. */
async function projectAgain(db: TillDb): Promise<Pass> {
  const into = { fold: new Fold(NOTHING_BEFORE), seals: new Map<string, CardSeal>() };
  return { ...into, ...(await walk(db, into, null)) };
}

/** `after`: walk only the current journal, after this entry; null: all journals, oldest first. */
async function walk(
  db: TillDb,
  { fold, seals }: Pick<Pass, 'fold' | 'seals'>,
  after: number | null,
): Promise<Omit<Pass, 'fold' | 'seals'>> {
  const [names, keys] = await Promise.all([lineageIn(db), relayKeysIn(db)]);
  const damaged: EntryPlace[] = [];
  let back = 0;
  let last = after ?? 0;
  for (const till of after === null ? names.toReversed() : names.slice(0, 1)) {
    for await (const batch of batchesOf(db, till, after ?? 0)) {
      damaged.push(...batch.damaged);
      for (const entry of batch.sound) takeSeals(seals, entry);
      for (const { entry, real } of await withProofs(batch.sound, keys)) {
        try {
          fold.take(entry, real);
        } catch {
          // `project` threw an invariant error; the entry was set aside when it was replayed
        }
      }
      for (const { table, rows } of fold.takeAdded()) back += await putBack(db, table, rows);
      if (till === names[0]) last = batch.last;
    }
  }
  return { damaged, back, last };
}

/** Restores those of the rows that are missing or damaged. Does not overwrite a row of another entry. */
async function putBack(
  db: TillDb,
  name: AddedTable,
  rows: readonly RowOf<AddedTable>[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const table: Table<RowOf<AddedTable>, KeyOf<AddedTable>> = db.table(name);
  const keys = rows.map(keyOf[name] as (row: RowOf<AddedTable>) => KeyOf<AddedTable>);
  const held = await readEach(table, keys);
  const faulty = rows.filter((row, place) => !isSame(row, held[place]));
  if (faulty.length === 0) return 0;
  const spoiled: KeyOf<AddedTable>[] = [];
  for (const [place, key] of keys.entries()) {
    const row = held[place];
    if (row === undefined || isSame(rows[place], row)) continue;
    if (row === UNREADABLE || !(await isOfAnother(db, row, rows[place]))) spoiled.push(key);
  }
  return transact(db, [table, db.sales], async () => {
    await table.bulkDelete(spoiled);
    const writable = await writableRows(db, name, faulty);
    await table.bulkPut(writable);
    return writable.length;
  });
}

/** Whether a stored row belongs to another entry than the expected one, that is, two entries claim one key. */
async function isOfAnother(
  db: TillDb,
  stored: RowOf<AddedTable>,
  expected: RowOf<AddedTable> | undefined,
): Promise<boolean> {
  if (!('hash' in stored)) {
    const isSameSale =
      expected !== undefined && 'sale' in expected && expected.sale === stored.sale;
    if (isSameSale || typeof stored.sale !== 'string') return false;
    return (await db.sales.get(stored.sale)) !== undefined;
  }
  const { till, seq, hash } = stored;
  if (expected !== undefined && 'hash' in expected && expected.hash === hash) return false;
  if (typeof till !== 'string' || typeof seq !== 'number') return false;
  return (await soundEntryAt(db, till, seq))?.hash === hash;
}

/**
 * Used while entries are missing: replaces unreadable rows only, and leaves out those of missing entries. Sums are computed
 * from the steps that are here. Returns the number of restored rows. The caller holds the writer's lock.
 */
async function replaceUnreadable(db: TillDb, pass: Pass): Promise<number> {
  await walk(db, pass, pass.last);
  const changes = pass.fold.changes();
  let back = 0;
  for (const name of projectedTables) {
    const table: Table<RowOf<ProjectedTable>, KeyOf<ProjectedTable>> = db.table(name);
    const keys = await unreadableIn(table);
    if (keys.length === 0) continue;
    const keyIn = keyOf[name] as (row: RowOf<ProjectedTable>) => KeyOf<ProjectedTable>;
    const wanted = new Set(keys.map((key) => JSON.stringify(key)));
    const rows: readonly RowOf<ProjectedTable>[] =
      name === 'balances'
        ? await sumsOfSteps(db, keys as BalanceKey[])
        : writtenTo(name, changes).filter((row) => wanted.has(JSON.stringify(keyIn(row))));
    await transact(db, [table], async () => {
      await table.bulkDelete(keys);
      await table.bulkPut(rows);
    });
    back += rows.length;
  }
  return back;
}

type BalanceKey = KeyOf<'balances'>;

/** These sums, computed from the stored account steps. */
async function sumsOfSteps(db: TillDb, keys: readonly BalanceKey[]): Promise<BalanceRow[]> {
  const sums: BalanceRow[] = [];
  for (const [customer, account] of keys) {
    const steps = await db.accountEntries.where('customer').equals(customer).toArray();
    const own = steps.filter((step) => step.account === account);
    sums.push({ customer, account, sum: own.reduce((sum, { delta }) => sum + delta, 0) });
  }
  return sums;
}

/** Restores the rows that later entries change or delete. The caller holds the writer's lock. */
async function restoreChanged(db: TillDb, pass: Pass): Promise<number> {
  await walk(db, pass, pass.last);
  const changed = pass.fold.changes().filter(({ table }) => !isAddedTable(table));
  let back = 0;
  for (const change of changed) {
    const table: Table<RowOf<ProjectedTable>, KeyOf<ProjectedTable>> = db.table(change.table);
    if (change.op === 'delete') {
      const kept = await table
        .where(':id')
        .anyOf([...change.keys])
        .primaryKeys();
      if (kept.length > 0) await transact(db, [table], () => table.bulkDelete(kept));
      back += kept.length;
      continue;
    }
    const rows = change.rows as readonly RowOf<ProjectedTable>[];
    const keyIn = keyOf[change.table] as (row: RowOf<ProjectedTable>) => KeyOf<ProjectedTable>;
    const held = await readEach(table, rows.map(keyIn));
    const faulty = rows.filter((row, place) => !isSame(row, held[place]));
    if (faulty.length > 0) await transact(db, [table], () => table.bulkPut(faulty));
    back += faulty.length;
  }
  return back;
}
