// The copy of the shop's order: entries of other tills, and the rows projected from them.
// It is only a copy: if it is lost or damaged, it is dropped and downloaded again.
import type { Entry } from '$lib/contract/journal';
import type { EntryOnWire, PersonalRecord } from '$lib/contract/journal-upload';
import {
  remoteCardRow,
  remoteCategoryRow,
  remoteEntryRow,
  remoteProductRow,
  remoteTillRow,
  type RemoteCardRow,
  type RemoteEntryRow,
} from '$lib/contract/shop-copy';
import type { Cursor, OrderedEntry } from '$lib/contract/shop-journal';
import {
  beforeOf,
  type Before,
  type ProjectedChange,
  type ProjectedTable,
  type ReadTable,
} from '$lib/domain/rows';
import { originalPlace } from '$lib/proof/known-entry';
import { accepts, isWaiting, rowInCopy, ShopFold } from '$lib/proof/shop-fold';
import { START_OF_LOG } from '$lib/proof/shop-log';
import { readTogether, transact, type TillDb } from '$lib/storage/database/db';
import { metaIn, putMetaIn } from '$lib/storage/database/meta';
import { formerTillsIn, isEnrolled, tillIn } from '$lib/storage/database/till-record';
import { withWriterLock } from '$lib/storage/database/writer-lock';
import { recorded, type CustomerRow } from '$lib/storage/schema/records';
import type { RemoteCursor } from '$lib/storage/schema/remote-record';
import type { Table } from 'dexie';
import { erasedTables, eraseIn, isErased, showAgainIn } from './forgotten-customers';
import { remoteBalancesIn } from './packed-balances';
import { cardStatesIn, packTables } from './packed-cards';
import { shownCard } from './remote-cards';
import { goodsToKeep, keepGoodsIn, type Keeping } from './shown-goods';

/** The cursor of a till that has downloaded nothing. */
export const START_OF_ORDER: Cursor = { ...START_OF_LOG, epoch: 0 };

/** How far the order has been downloaded; null: not at all. Awaits Dexie only. */
export function remoteCursorIn(db: TillDb): Promise<RemoteCursor | null> {
  return metaIn(db, 'remote-cursor');
}

/** Entries of other tills that wait for a decision and may count later. Throws StorageError. */
export async function waitingIn(db: TillDb): Promise<readonly EntryOnWire[]> {
  const rows = await db.remoteJournal.where('effect').equals('waiting').toArray();
  return rows.flatMap(({ entry }) => entry ?? []);
}

/** Consecutive entries of the order, verified: those after `from`, up to `to`. */
export type Downloaded = {
  /** The till they were sent to. Its own entries are sent as places only. */
  readonly till: string;
  readonly from: Cursor;
  readonly entries: readonly OrderedEntry[];
  readonly to: Omit<RemoteCursor, 'epochs'>;
  /** The relay's signature over `to`; null: the relay signed only a later point. */
  readonly checkpoint: string | null;
  /** Cards and persons named by these entries, by hash, as far as the relay has them. They are verified. */
  readonly records: ReadonlyMap<string, PersonalRecord>;
};

/**
 * `erased`: applied, and cards were erased with it. `moved`: the copy does not end at `from`, or the device has another till id
 * by now. `fork`: the relay's entries of this till differ from its own journal. `unreachable`: records are missing, and the
 * relay was not reached.
 */
export type Applied = 'applied' | 'erased' | 'moved' | 'fork' | 'unreachable';

/** Verified cards and persons, by hash. */
type Records = ReadonlyMap<string, PersonalRecord>;
/** Asks the relay for these records; the result lacks those that the relay lacks. Null: the relay was not reached. */
export type AskRecords = (hashes: readonly string[]) => Promise<Records | null>;

/**
 * Stores these verified entries and the rows they project to, all or nothing. It reads and projects before it takes the
 * writer's lock, so that a sale waits only for the write. Throws StorageError.
 */
export async function applyDownloaded(
  db: TillDb,
  downloaded: Downloaded,
  ask: AskRecords = () => Promise.resolve(new Map()),
): Promise<Applied> {
  for (;;) {
    const prepared = await preparedFor(db, downloaded, ask);
    if (typeof prepared === 'string') return prepared;
    const outcome = await written(db, downloaded, prepared);
    if (outcome !== 'cards-changed') return outcome;
  }
}

/**
 * Prepares what a download writes. Only downloads, and whatever drops the copy, write these tables; so only other rows are read
 * again under the lock.
 */
async function preparedFor(
  db: TillDb,
  { till: sentTo, from, entries, to, records: named }: Downloaded,
  ask: AskRecords,
) {
  const read = await readTogether(db, readTables(db), async () => {
    const [till, former, cursor, tills] = await Promise.all([
      tillIn(db),
      formerTillsIn(db),
      remoteCursorIn(db),
      db.remoteTills.toArray(),
    ]);
    if (!isEnrolled(till) || till.id !== sentTo) return 'moved';
    if (!isSamePoint(cursor ?? START_OF_ORDER, from)) return 'moved';
    const isAccepting = entries.some((each) => 'entry' in each && accepts(each.entry));
    const waiting = isAccepting
      ? await db.remoteJournal.where('effect').equals('waiting').sortBy('order')
      : [];
    const lineage = [till, ...former].map(({ id }) => id);
    const own = await OwnEntries.read(db, lineage, { entries, waiting });
    if (entries.some((each) => 'own' in each && !own.has(till.id, each.own))) return 'fork';
    const ownWaiting = waiting.flatMap((row) => {
      const entry = own.of(row);
      return entry === null ? [] : [{ row, own: entry }];
    });
    const epochs = cursor?.epochs ?? [];
    const fold = new ShopFold(till, { tills, epochs, waiting, ownWaiting });
    for (const each of entries) {
      const row = rowOf(each, till.id, own);
      fold.take(row, own.of(row));
    }
    const [before, held, refused, products, categories] = await Promise.all([
      beforeIn(db, fold),
      cardsIn(db, fold),
      refusedErasuresIn(db, fold),
      rowsIn(db.remoteProducts, fold.changedProducts),
      rowsIn(db.remoteCategories, fold.changedCategories),
    ]);
    return { fold, before, held, refused, products, categories };
  });
  if (read === 'moved' || read === 'fork') return read;
  const { fold, before, held } = read;
  // the own cards of refused erasures are erased here, so ask the relay for them
  const lacking = new Set(
    held.flatMap(({ customer, own, isErased }) => (own || isErased ? [] : [customer])),
  );
  const missing = fold.ownRecordHashes(lacking).filter((hash) => !named.has(hash));
  const asked = missing.length === 0 ? named : await ask(missing);
  if (asked === null) return 'unreachable';
  const records = new Map([...named, ...asked]);
  const products = fold
    .productsAfter(read.products.filter((row) => row !== undefined))
    .map((row) => recorded(remoteProductRow, row));
  const categories = fold
    .categoriesAfter(read.categories.filter((row) => row !== undefined))
    .map((row) => recorded(remoteCategoryRow, row));
  const projected = await fold.changes(before);
  const customers = await customersAfter(fold, held, { records, lacking });
  const joined = [...fold.changedTills.values()].map((row) => recorded(remoteTillRow, row));
  const puts: (readonly [Table, readonly object[]])[] = [
    [db.remoteJournal, [...fold.rows.values()]],
    [db.remoteTills, joined],
    [db.remoteCards, customers.states],
    [db.remoteCustomers, customers.shown],
    [db.remoteProducts, products],
    [db.remoteCategories, categories],
  ];
  const changes = projected.filter(({ table }) => Object.hasOwn(projectedInto(db), table));
  return {
    held,
    puts: puts.filter(([, rows]) => rows.length > 0),
    hidden: customers.hidden,
    erased: customers.erased,
    notForgotten: fold.notForgotten,
    refused: read.refused && without(read.refused, customers.forgotten),
    changes: changes.filter((each) => (each.op === 'delete' ? each.keys : each.rows).length > 0),
    goodsMark: fold.hasGoods ? to.order : null,
    epochs: fold.epochs,
  };
}

type Prepared = Exclude<Awaited<ReturnType<typeof preparedFor>>, string>;

/** Undoes the transaction. `cards-changed`: this till has changed a card meanwhile. */
class NotWritten extends Error {
  constructor(readonly because: 'moved' | 'cards-changed') {
    super(because);
  }
}

/** Checks and writes are issued together, so that the lock is held for one round trip to the disk. */
function written(
  db: TillDb,
  { till: sentTo, from, to, checkpoint }: Downloaded,
  { held, puts, hidden, erased, notForgotten, refused, changes, goodsMark, epochs }: Prepared,
): Promise<'applied' | 'erased' | 'moved' | 'cards-changed'> {
  const isErasing = erased.length + notForgotten.length > 0;
  const tables = [...puts.map(([table]) => table), ...changes.map((change) => tableOf(db, change))];
  const scope = [
    ...tables,
    ...(held.length > 0 ? [db.customers, db.remoteCustomers] : []),
    ...(isErasing ? erasedTables(db) : []),
  ];
  return withWriterLock(db, () =>
    transact(db, [...new Set([...scope, db.meta])], async () => {
      const [till, cursor, cards] = await Promise.all([
        tillIn(db),
        remoteCursorIn(db),
        held.length > 0 ? db.customers.bulkGet(held.map(({ customer }) => customer)) : [],
        ...puts.map(([table, rows]) => table.bulkPut(rows)),
        ...changes.map((change) => write(db, change)),
        hidden.length > 0 && db.remoteCustomers.bulkDelete(hidden),
        isErasing && showAgainIn(db, notForgotten).then(() => eraseIn(db, erased)),
        refused !== null && putMetaIn(db, 'refused-erasures', refused),
        goodsMark !== null && putMetaIn(db, 'remote-goods', goodsMark),
        putMetaIn(db, 'remote-cursor', { ...to, epochs }),
        checkpoint !== null && putMetaIn(db, 'checkpoint', checkpoint),
      ]);
      if (till?.id !== sentTo || !isSamePoint(cursor ?? START_OF_ORDER, from))
        throw new NotWritten('moved');
      if (held.some(({ own }, place) => JSON.stringify(own) !== JSON.stringify(cards[place])))
        throw new NotWritten('cards-changed');
      return erased.length > 0 ? ('erased' as const) : ('applied' as const);
    }),
  ).catch((cause: unknown) => {
    if (cause instanceof NotWritten) return cause.because;
    throw cause;
  });
}

/** The tables that `preparedFor` reads. They are read in one transaction, because each transaction is a round trip. */
const readTables = (db: TillDb): Table[] => [
  ...[db.meta, db.journal, db.customers, db.forgotten],
  ...[db.remoteJournal, db.remoteTills, db.remoteCards, db.remoteCardPacks],
  db.remoteBalancePacks,
  ...[db.remoteProducts, db.remoteCategories],
  ...Object.values(sharedTables(db)),
];

/**
 * Drops the whole copy, so that the next download begins at the first entry. `goods`: whether the goods shown now stay on
 * screen until the order has been downloaded again. Throws StorageError.
 */
export async function forgetRemote(db: TillDb, goods: 'kept' | 'dropped'): Promise<void> {
  const keeping = goods === 'kept' ? await goodsToKeep(db) : null;
  await transact(db, [...remoteTables(db), db.keptGoods, db.meta], () =>
    forgetRemoteIn(db, keeping),
  );
}

/** Like `forgetRemote`, within a transaction over meta, `keptGoods` and these tables. Awaits Dexie only. */
export function forgetRemoteIn(db: TillDb, keeping: Keeping | null): Promise<unknown> {
  return Promise.all([
    ...remoteTables(db).map((table) => table.clear()),
    db.meta.bulkDelete(['remote-cursor', 'remote-snapshot', 'remote-goods', 'refused-erasures']),
    keeping && keepGoodsIn(db, keeping),
  ]);
}

/**
 * To be called when the whole order is here. Shows customers again whose cards were erased here but whom a restored relay has
 * refused to forget since; drops the copy, because the next download brings their cards. Returns whether there are any. Throws
 * StorageError.
 */
export async function showErasedAgain(db: TillDb): Promise<boolean> {
  if (((await metaIn(db, 'refused-erasures')) ?? []).length === 0) return false;
  const keeping = await goodsToKeep(db);
  await transact(db, [...remoteTables(db), db.keptGoods, db.meta, db.forgotten], async () => {
    const refused = (await metaIn(db, 'refused-erasures')) ?? [];
    await db.forgotten.bulkPut(
      refused.map((customer) => ({ customer, state: 'refused' as const })),
    );
    await forgetRemoteIn(db, keeping);
  });
  return true;
}

/** The tables of the copy. */
export const remoteTables = (db: TillDb): Table[] => [
  db.remoteJournal,
  db.remoteChunks,
  db.remoteTills,
  db.remoteCards,
  ...packTables(db),
  db.remoteBalancePacks,
  db.remoteCustomers,
  db.remoteProducts,
  db.remoteCategories,
  ...Object.values(projectedInto(db)),
];

/** The projected tables that later entries change, by the name of the corresponding table of this device. */
export const sharedTables = (db: TillDb) =>
  ({
    balances: db.remoteBalances,
    debts: db.remoteDebts,
    disputes: db.remoteDisputes,
    stock: db.remoteStock,
  }) satisfies Partial<Record<ReadTable, Table>>;
export type SharedTable = keyof ReturnType<typeof sharedTables>;

/** All projected tables of the copy. */
const projectedInto = (db: TillDb) =>
  ({
    ...sharedTables(db),
    accountEntries: db.remoteAccountEntries,
    confirmations: db.remoteConfirmations,
    addedProducts: db.remoteAddedProducts,
    sales: db.remoteSales,
    returns: db.remoteReturns,
  }) satisfies Partial<Record<ProjectedTable, Table>>;

export const isSamePoint = (a: Cursor, b: Cursor): boolean =>
  a.epoch === b.epoch && a.order === b.order && a.logHash === b.logHash;

type Place = { readonly seq: number; readonly hash: string };

/** Those of some entries that are in this device's journal, under any of its till ids. */
class OwnEntries {
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(entries: readonly Entry[]) {
    this.#entries = new Map(entries.map((entry) => [nameOf(entry.till, entry), entry]));
  }

  /** `lineage`: the till ids of this device, the current one first. Awaits Dexie only. */
  static async read(
    db: TillDb,
    [current = '', ...former]: readonly string[],
    from: {
      readonly entries: readonly OrderedEntry[];
      readonly waiting: readonly RemoteEntryRow[];
    },
  ): Promise<OwnEntries> {
    const names = new Set([current, ...former]);
    const places = from.entries.flatMap((each): [string, number][] => {
      if ('own' in each) return [[current, each.own.seq]];
      // a former id of this device, or a second copy of it, may have carried the entry over
      const original = originalPlace(each.entry);
      return original !== null && names.has(original.till) ? [[original.till, original.seq]] : [];
    });
    const held = await rowsIn(db.journal, [
      ...places,
      ...from.waiting.flatMap(({ own }): [string, number][] => (own ? [[own.till, own.seq]] : [])),
    ]);
    return new OwnEntries(held.filter((entry) => entry !== undefined));
  }

  has(till: string, place: Place): boolean {
    return this.#entries.has(nameOf(till, place));
  }

  /** The entry of this device that a row stands for, even if another till carried it over. */
  of({ own, original: hash }: RemoteEntryRow): Entry | null {
    return own === null ? null : (this.#entries.get(nameOf(own.till, { ...own, hash })) ?? null);
  }
}

const nameOf = (till: string, { seq, hash }: Place): string => `${till} ${seq} ${hash}`;

/** An entry as it is stored. Of this device's own entries only the place is stored. */
function rowOf(ordered: OrderedEntry, till: string, own: OwnEntries): RemoteEntryRow {
  if ('entry' in ordered)
    return recorded(
      remoteEntryRow,
      rowInCopy(ordered, (original) => own.has(original.till, original)),
    );
  const { order, receivedAt, verdict } = ordered;
  const { seq, hash } = ordered.own;
  const place = { till, seq, hash, original: hash, own: { till, seq } };
  const effect = isWaiting(verdict) ? 'waiting' : 'none';
  return { order, receivedAt, verdict, ...place, entry: null, effect };
}

/** The rows under these keys. Awaits Dexie only, and nothing if there are no keys: many steps need few of the tables. */
const rowsIn = async <Row, Key>(
  table: Table<Row, Key>,
  keys: readonly Key[],
): Promise<(Row | undefined)[]> => (keys.length === 0 ? [] : table.bulkGet([...keys]));

/** A customer whose card these entries create or change, with its state in the order and the own card. */
type HeldCard = {
  readonly customer: string;
  readonly state: RemoteCardRow | undefined;
  readonly own: CustomerRow | undefined;
  readonly isErased: boolean;
};

/** Awaits Dexie only. */
async function cardsIn(db: TillDb, fold: ShopFold): Promise<readonly HeldCard[]> {
  const ids = [...fold.customers];
  if (ids.length === 0) return [];
  const [states, own, forgotten] = await Promise.all([
    cardStatesIn(db, ids),
    db.customers.bulkGet(ids),
    db.forgotten.bulkGet(ids),
  ]);
  return ids.map((customer, place) => ({
    ...{ customer, state: states[place], own: own[place] },
    isErased: isErased(forgotten[place]),
  }));
}

/** Customers whose cards were erased here although the relay now refuses to forget them; null: none. Awaits Dexie only. */
async function refusedErasuresIn(db: TillDb, fold: ShopFold): Promise<readonly string[] | null> {
  const named = [...new Set(fold.refusedErasures)];
  // only a refusal adds one, and only a changed card removes one
  if (named.length === 0 && fold.customers.length === 0) return null;
  const [before, rows, states] = await Promise.all([
    metaIn(db, 'refused-erasures'),
    rowsIn(db.forgotten, named),
    cardStatesIn(db, named),
  ]);
  const erased = named.filter(
    (_, place) => isErased(rows[place]) && states[place]?.isForgotten !== true,
  );
  return before === null && erased.length === 0
    ? null
    : [...new Set([...(before ?? []), ...erased])];
}

const without = (all: readonly string[], some: ReadonlySet<string>): string[] =>
  all.filter((each) => !some.has(each));

/** The cards after these entries, the cards to show instead of the own ones, and the cards to erase. */
async function customersAfter(
  fold: ShopFold,
  held: readonly HeldCard[],
  { records, lacking }: { readonly records: Records; readonly lacking: ReadonlySet<string> },
) {
  const before = held.flatMap(({ state }) => (state === undefined ? [] : [state]));
  const states = fold.cardsAfter(before, records, lacking);
  const shown: CustomerRow[] = [];
  const hidden: string[] = [];
  const erased: string[] = [];
  for (const { customer, own, isErased } of held) {
    const state = states.get(customer);
    const row = state === undefined ? null : await shownCard(own, state);
    if (row === null || isErased) hidden.push(customer);
    else shown.push(row);
    if (state?.isForgotten === true && (own !== undefined || !isErased)) erased.push(customer);
  }
  const gone = new Set(held.flatMap(({ customer, isErased }) => (isErased ? [customer] : [])));
  const rows = [...states.values()].map((row) =>
    // drop the card even if a restored relay sends it again
    recorded(remoteCardRow, gone.has(row.customer) ? { ...row, card: null } : row),
  );
  const forgotten = new Set(rows.flatMap((row) => (row.isForgotten ? [row.customer] : [])));
  return { states: rows, shown, hidden, erased, forgotten };
}

/** The rows of the copy that these entries change. Awaits Dexie only. */
async function beforeIn(db: TillDb, fold: ShopFold): Promise<Before> {
  const wanted = fold.reads;
  const tables = sharedTables(db);
  const names = Object.keys(tables) as SharedTable[];
  const rows = await Promise.all(
    names.map((name) =>
      name === 'balances'
        ? remoteBalancesIn(db, wanted[name])
        : rowsIn(tables[name] as Table, wanted[name]),
    ),
  );
  return beforeOf(Object.fromEntries(names.map((name, place) => [name, rows[place]])));
}

const tableOf = (db: TillDb, { table }: ProjectedChange): Table =>
  projectedInto(db)[table as keyof ReturnType<typeof projectedInto>] as Table;

function write(db: TillDb, change: ProjectedChange): PromiseLike<unknown> {
  const table = tableOf(db, change);
  return change.op === 'delete'
    ? table.bulkDelete([...change.keys])
    : table.bulkPut([...change.rows]);
}
