// Checks the copy of the shop's order by hashes and by projecting again; drops a damaged copy.
import { Fold } from '$lib/domain/fold';
import { beforeOf, keyOf, writtenTo, type ProjectedChange, type RowOf } from '$lib/domain/rows';
import { snapshotTables, type SnapshotRow, type SnapshotTable } from '$lib/contract/snapshot';
import type { RemoteCategoryRow, RemoteEntryRow, RemoteProductRow } from '$lib/contract/shop-copy';
import { verifyEntry } from '$lib/proof/chain';
import { readOriginal } from '$lib/proof/known-entry';
import {
  ShopFold,
  type Epochs,
  type FoldStart,
  type RemoteAddedProductsRow,
} from '$lib/proof/shop-fold';
import { verifySnapshot } from '$lib/proof/snapshot';
import { followLog, START_OF_LOG, type LogHead } from '$lib/proof/shop-log';
import type { Entry } from '$lib/contract/journal';
import { withWriterLock, type TillDb } from '$lib/storage/database/db';
import { isEnrolled, lineageIn, tillIn } from '$lib/storage/database/meta';
import { isSame } from '$lib/storage/journal/projection';
import type { EnrolledTill } from '$lib/storage/schema/records';
import { storageErrorOf } from '$lib/storage/storage-error';
import type { IndexableType, Table } from 'dexie';
import {
  forgetRemote,
  projectedInto,
  remoteCursorIn,
  sharedTables,
  type SharedTable,
} from '$lib/storage/remote/remote-order';
import {
  allRowsOf,
  balancePacksIn,
  openingGoodsOf,
  snapshotIn,
} from '$lib/storage/remote/remote-snapshot';
import type { BalancePackRow, SnapshotTaken } from '$lib/storage/schema/remote-record';
import { renewCards } from './check-remote-cards';

/** Entries read at once. */
const BATCH = 200;

/**
 * Drops the copy unless every entry matches its hash and the relay's log, and every row matches what the entries project to.
 * The next download then starts again. Goods and categories stay on screen if they are right. Returns whether the copy was
 * dropped. Throws StorageError.
 */
export async function checkRemote(db: TillDb): Promise<boolean> {
  const till = await tillIn(db);
  if (!isEnrolled(till)) return false;
  const [cursor, taken] = await Promise.all([remoteCursorIn(db), snapshotIn(db)]);
  // a snapshot is being downloaded: the next download compares it with its hashes
  if (cursor === null && taken !== null) return false;
  const fault = await faultIn(db, till, taken);
  if (fault === null) return false;
  await withWriterLock(db, () => forgetRemote(db, fault === 'goods' ? 'dropped' : 'kept'));
  return true;
}

type Fault = 'order' | 'goods';

/** What differs from what was downloaded; null: nothing. An unreadable row counts as a fault of the order. */
async function faultIn(
  db: TillDb,
  till: EnrolledTill,
  taken: SnapshotTaken | null,
): Promise<Fault | null> {
  let fault: Fault | null = 'order';
  await isReadable(async () => {
    const base = taken === null ? NOTHING_TAKEN : await baseOf(db, till, taken);
    if (base === null) return;
    const check = new Check(db, till, base);
    if ((await check.begin()) && (await check.follow()) && (await check.renewCards()))
      fault = await check.finish();
    if (check.hasWrongGoods) fault = 'goods';
  });
  return fault;
}

/** Whether everything could be read. A full or lost disk does not count as damage and is thrown. */
async function isReadable(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (cause) {
    if (storageErrorOf(cause)?.kind === 'failed') return false;
    throw cause;
  }
}

/** The tables of a snapshot from which the copy is projected again. */
type BaseTable = Exclude<SnapshotTable, 'cards' | 'goods'>;
const baseTables = snapshotTables.filter((name) => name !== 'cards' && name !== 'goods');
type BaseRows = { readonly [T in BaseTable]: readonly SnapshotRow<T>[] };

/** The contents of the snapshot that the copy started from. */
type Base = {
  readonly head: LogHead;
  readonly epochs: Epochs;
  readonly rows: BaseRows;
  readonly goods: readonly RemoteAddedProductsRow[];
  readonly packs: readonly BalancePackRow[];
};

const NOTHING_TAKEN: Base = {
  head: START_OF_LOG,
  epochs: [],
  rows: Object.fromEntries(baseTables.map((name) => [name, []])) as never,
  goods: [],
  packs: [],
};

/** The contents of a snapshot; null if what is stored does not match the relay's signature. */
async function baseOf(
  db: TillDb,
  { shop, relayKey }: EnrolledTill,
  taken: SnapshotTaken,
): Promise<Base | null> {
  const manifest = await verifySnapshot(taken.manifest, relayKey);
  if (manifest?.shop !== shop || manifest.order !== taken.order) return null;
  const rows = new Map<BaseTable, readonly object[]>();
  for (const name of baseTables) {
    const all = await allRowsOf(db, manifest, name);
    if (all === null) return null;
    rows.set(name, all);
  }
  const goods = await openingGoodsOf(db, manifest);
  const packs = await balancePacksIn(db, manifest);
  if (goods === null || packs === null) return null;
  const { order, logHash, epochs } = manifest;
  return {
    head: { order, logHash },
    epochs,
    rows: Object.fromEntries(rows) as unknown as BaseRows,
    goods,
    packs,
  };
}

/** The tables of the copy to which entries only add, by the name of the corresponding table of this device. */
type AddedInCopy = Exclude<keyof ReturnType<typeof projectedInto>, SharedTable>;

class Check {
  readonly #db: TillDb;
  readonly #till: EnrolledTill;
  readonly #base: Base;
  readonly #fold: Fold;
  /** Where the fold of the next entries starts. */
  #start: FoldStart;
  readonly #products: Map<string, RemoteProductRow>;
  readonly #categories: Map<string, RemoteCategoryRow>;
  #head: LogHead;
  /** Number of rows found in each table to which entries only add. */
  readonly #added: Record<AddedInCopy, number> = {
    accountEntries: 0,
    confirmations: 0,
    addedProducts: 0,
    sales: 0,
    returns: 0,
  };
  /** The goods differ from what the entries added. */
  hasWrongGoods = false;

  constructor(db: TillDb, till: EnrolledTill, base: Base) {
    this.#db = db;
    this.#till = till;
    this.#base = base;
    const { head, epochs, rows } = base;
    const waiting = rows.entries.filter(({ effect }) => effect === 'waiting');
    // a snapshot has no entries of this device
    this.#start = { tills: rows.tills, epochs, waiting, ownWaiting: [] };
    this.#fold = new Fold(beforeOf(rows));
    this.#products = new Map(rows.edits.map((row) => [row.product, row]));
    this.#categories = new Map(rows.categoryEdits.map((row) => [row.category, row]));
    this.#head = head;
  }

  /** Compares the rows of the snapshot, except those that later entries change. */
  async begin(): Promise<boolean> {
    const { head, packs, goods, rows } = this.#base;
    const { entries, confirmations, returns } = rows;
    const db = this.#db;
    const held = await db.remoteJournal.where('order').belowOrEqual(head.order).toArray();
    // an entry that waited at the snapshot may count by now
    const isHeld = (row: RemoteEntryRow, place: number) =>
      isSame({ ...row, effect: held[place]?.effect }, held[place]);
    if (held.length !== entries.length || !entries.every(isHeld)) return false;
    return (
      isSame(packs, await db.remoteBalancePacks.toArray()) &&
      (await this.#has('addedProducts', goods)) &&
      (await this.#has('confirmations', confirmations)) &&
      (await this.#has('returns', returns)) &&
      isApart(db, entries)
    );
  }

  /** Whether the copy has exactly these rows. Wrong goods are only noted. */
  async #has(name: AddedInCopy, rows: readonly object[]): Promise<boolean> {
    this.#added[name] += rows.length;
    const table = projectedInto(this.#db)[name] as Table<object, IndexableType>;
    const path = [table.schema.primKey.keyPath ?? []].flat();
    const keys = rows.map((row) => path.map((field) => (row as Fields)[field]));
    const found = await table.bulkGet(keys.map((key) => (key.length > 1 ? key : key[0]) as string));
    if (isSame(rows, found)) return true;
    if (name === 'addedProducts') this.hasWrongGoods = true;
    return name === 'addedProducts';
  }

  /** Checks the order from where the last call stopped to its end; false: something differs from what was downloaded. */
  async follow(): Promise<boolean> {
    for (;;) {
      const rows = await this.#db.remoteJournal
        .where('order')
        .above(this.#head.order)
        .limit(BATCH)
        .toArray();
      if (rows.length === 0) return true;
      if (!(await this.#take(rows))) return false;
    }
  }

  renewCards(): Promise<boolean> {
    return renewCards(this.#db);
  }

  async #take(rows: readonly RemoteEntryRow[]): Promise<boolean> {
    const db = this.#db;
    const head = await followLog(this.#head, rows);
    const whole = await Promise.all(rows.map(isWhole));
    if (head === null || whole.includes(false) || !(await isApart(db, rows))) return false;
    this.#head = head;
    const fold = new ShopFold(this.#till, this.#start);
    const places = rows.flatMap(({ order, own }) => (own === null ? [] : [{ order, ...own }]));
    const held = await db.journal.bulkGet(places.map(({ till, seq }) => [till, seq]));
    const own = new Map(places.map(({ order }, place) => [order, held[place]]));
    for (const row of rows) fold.take(row, own.get(row.order) ?? null);
    this.#start = fold.end;
    await fold.projectInto(this.#fold);
    const edited = fold.changedProducts.flatMap((product) => this.#products.get(product) ?? []);
    for (const row of fold.productsAfter(edited)) this.#products.set(row.product, row);
    const arranged = fold.changedCategories.flatMap((name) => this.#categories.get(name) ?? []);
    for (const row of fold.categoriesAfter(arranged)) this.#categories.set(row.category, row);
    for (const { table, rows: added } of this.#fold.takeAdded())
      if (Object.hasOwn(this.#added, table))
        if (!(await this.#has(table as AddedInCopy, fold.inCopy(table, added)))) return false;
    return true;
  }

  /** Compares the rows that later entries change, while holding the writer's lock. */
  finish(): Promise<Fault | null> {
    const db = this.#db;
    return withWriterLock(db, async () => {
      if (!(await this.follow())) return 'order';
      const cursor = await remoteCursorIn(db);
      const { order, logHash } = cursor ?? START_OF_LOG;
      if (order !== this.#head.order || logHash !== this.#head.logHash) return 'order';
      const { addedProducts, ...others } = this.#added;
      for (const [name, count] of Object.entries(others))
        if ((await projectedInto(db)[name as AddedInCopy].count()) !== count) return 'order';
      const changes = this.#fold.changes();
      const { rows } = this.#base;
      for (const name of Object.keys(sharedTables(db)) as SharedTable[])
        if (!(await isExactly(db, name, name === 'balances' ? [] : rows[name], changes)))
          return 'order';
      const [count, products, categories] = await Promise.all([
        db.remoteAddedProducts.count(),
        db.remoteProducts.toArray(),
        db.remoteCategories.toArray(),
      ]);
      const hasGoods =
        count === addedProducts &&
        products.length === this.#products.size &&
        categories.length === this.#categories.size &&
        products.every((row) => isSame(row, this.#products.get(row.product))) &&
        categories.every((row) => isSame(row, this.#categories.get(row.category)));
      return hasGoods ? null : 'goods';
    });
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether an entry matches its hash. Entries of this device, and those the relay did not keep, are stored without a body. */
async function isWhole(row: RemoteEntryRow): Promise<boolean> {
  const { till, seq, hash, own, entry, verdict } = row;
  if (entry === null) return own !== null || verdict === 'not-kept';
  const isHere = entry.till === till && entry.seq === seq && entry.hash === hash;
  return isHere && (await verifyEntry(entry as unknown as Entry));
}

/** Whether the own journal contains this device's entries, and none of those stored as another till's. */
async function isApart(db: TillDb, rows: readonly RemoteEntryRow[]): Promise<boolean> {
  const names = new Set(await lineageIn(db));
  const places = rows.flatMap(
    (row): { place: [string, number]; hash: string; isOwn: boolean }[] => {
      const { own, original: hash, entry } = row;
      if (own !== null) return [{ place: [own.till, own.seq], hash, isOwn: true }];
      const original = entry === null ? null : readOriginal(entry);
      if (original === null || !names.has(original.till)) return [];
      return [{ place: [original.till, original.seq], hash, isOwn: false }];
    },
  );
  const held = await db.journal.bulkGet(places.map(({ place }) => place));
  return places.every(({ hash, isOwn }, place) => (held[place]?.hash === hash) === isOwn);
}

/** Whether a table has exactly these rows, as changed since. */
async function isExactly<T extends SharedTable>(
  db: TillDb,
  name: T,
  before: readonly RowOf<T>[],
  changes: readonly ProjectedChange[],
): Promise<boolean> {
  const keyIn = keyOf[name] as (row: RowOf<T>) => unknown;
  const nameIn = (row: RowOf<T>): string => JSON.stringify(keyIn(row));
  const expected = new Map(
    [...before, ...writtenTo(name, changes)].map((row) => [nameIn(row), row]),
  );
  const held = await (sharedTables(db)[name] as Table<RowOf<T>>).toArray();
  return (
    held.length === expected.size && held.every((row) => isSame(expected.get(nameIn(row)), row))
  );
}
