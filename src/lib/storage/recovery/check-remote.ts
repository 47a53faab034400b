// Checks the copy of the shop's order by hashes and by projecting again; drops a damaged copy.
import type { ConfirmationRow, ReturnRow } from '$lib/contract/rows';
import { Fold } from '$lib/domain/fold';
import { beforeOf, keyOf, writtenTo, type ProjectedChange, type RowOf } from '$lib/domain/rows';
import type { SnapshotRow } from '$lib/contract/snapshot';
import type {
  RemoteCategoryRow,
  RemoteEntryRow,
  RemoteProductRow,
  RemoteTillRow,
} from '$lib/contract/shop-copy';
import { editCategories } from '$lib/domain/shop-categories';
import { editProducts } from '$lib/domain/shop-goods';
import { verifyEntry } from '$lib/proof/chain';
import { knownEntry, originalOf, readOriginal } from '$lib/proof/known-entry';
import { Counting, isWaiting, ownEffectOf, type Effect } from '$lib/proof/counting';
import { relayNews } from '$lib/proof/relay-news';
import {
  foldEffects,
  keysOf,
  lastIdOf,
  ordersOf,
  replacedAmong,
  seenOrder,
  withOrder,
  type RemoteAccountRow,
  type RemoteAddedProductsRow,
} from '$lib/proof/shop-fold';
import { verifySnapshot } from '$lib/proof/snapshot';
import { followLog, START_OF_LOG, type LogHead } from '$lib/proof/shop-log';
import type { Entry } from '$lib/contract/journal';
import type { TillDb } from '$lib/storage/database/db';
import { isEnrolled, lineageIn, tillIn } from '$lib/storage/database/till-record';
import { isSame } from '$lib/storage/journal/projection';
import { withWriterLock } from '$lib/storage/database/writer-lock';
import type { EnrolledTill } from '$lib/storage/schema/records';
import { storageErrorOf } from '$lib/storage/storage-error';
import type { Table } from 'dexie';
import {
  forgetRemote,
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

/** The contents of the snapshot that the copy started from. */
type Base = {
  readonly head: LogHead;
  readonly entries: readonly RemoteEntryRow[];
  readonly shared: { readonly [T in SharedTable]: readonly SnapshotRow<T>[] };
  readonly goods: readonly RemoteAddedProductsRow[];
  readonly edits: readonly RemoteProductRow[];
  readonly categories: readonly RemoteCategoryRow[];
  readonly packs: readonly BalancePackRow[];
  /** Rows of the tables to which entries only add. */
  readonly confirmations: readonly ConfirmationRow[];
  readonly returns: readonly ReturnRow[];
};

const NOTHING_TAKEN: Base = {
  head: START_OF_LOG,
  entries: [],
  goods: [],
  edits: [],
  categories: [],
  packs: [],
  confirmations: [],
  returns: [],
  shared: { balances: [], debts: [], disputes: [], stock: [] },
};

/** The contents of a snapshot; null if what is stored does not match the relay's signature. */
async function baseOf(
  db: TillDb,
  { shop, relayKey }: EnrolledTill,
  taken: SnapshotTaken,
): Promise<Base | null> {
  const manifest = await verifySnapshot(taken.manifest, relayKey);
  if (manifest?.shop !== shop || manifest.order !== taken.order) return null;
  const entries = await allRowsOf(db, manifest, 'entries');
  const balances = await allRowsOf(db, manifest, 'balances');
  const packs = await balancePacksIn(db, manifest);
  const debts = await allRowsOf(db, manifest, 'debts');
  const disputes = await allRowsOf(db, manifest, 'disputes');
  const returns = await allRowsOf(db, manifest, 'returns');
  const confirmations = await allRowsOf(db, manifest, 'confirmations');
  const goods = await openingGoodsOf(db, manifest);
  const edits = await allRowsOf(db, manifest, 'edits');
  const categories = await allRowsOf(db, manifest, 'categoryEdits');
  const stock = await allRowsOf(db, manifest, 'stock');
  if (entries === null || balances === null || debts === null || disputes === null) return null;
  if (confirmations === null || goods === null || edits === null || stock === null) return null;
  if (categories === null || returns === null || packs === null) return null;
  const { order, logHash } = manifest;
  const shared = { balances, debts, disputes, stock };
  const rows = { entries, shared, goods, edits, categories, packs, confirmations, returns };
  return { head: { order, logHash }, ...rows };
}

/** An entry of this device that waits for a decision, with its place in the order. */
type OwnWaiting = { readonly row: RemoteEntryRow; readonly original: Entry };

/**
 * An entry of this device that now counts or is refused. `order`: the place at which it counts; `judgedAt`: the place of the
 * relay's decision, null if it counted at once.
 */
type OwnCounting = OwnWaiting & {
  readonly order: number;
  readonly judgedAt: number | null;
  readonly verdict: 'accepted' | 'refused';
};

const isEffective = ({ verdict }: { readonly verdict: Effect['verdict'] }): boolean =>
  verdict !== 'refused';

class Check {
  readonly #db: TillDb;
  readonly #till: EnrolledTill;
  readonly #base: Base;
  readonly #counting: Counting;
  readonly #fold: Fold;
  readonly #products: Map<string, RemoteProductRow>;
  readonly #categories: Map<string, RemoteCategoryRow>;
  /** Entries of this device that wait for a decision. */
  #ownWaiting: OwnWaiting[] = [];
  #head: LogHead;
  /** Number of rows found in each table to which entries only add. */
  #added = { accountEntries: 0, confirmations: 0, addedProducts: 0, sales: 0, returns: 0 };
  /** The goods differ from what the entries added. */
  hasWrongGoods = false;

  constructor(db: TillDb, till: EnrolledTill, base: Base) {
    this.#db = db;
    this.#till = till;
    this.#base = base;
    const { head, entries, shared, edits, categories } = base;
    const waiting = entries.filter(({ effect }) => effect === 'waiting');
    this.#counting = new Counting(till.shop, waiting);
    this.#fold = new Fold(beforeOf(shared));
    this.#products = new Map(edits.map((row) => [row.product, row]));
    this.#categories = new Map(categories.map((row) => [row.category, row]));
    this.#head = head;
  }

  /** Compares the rows of the snapshot, except those that later entries change. */
  async begin(): Promise<boolean> {
    const { head, entries, packs, confirmations, returns, goods } = this.#base;
    const db = this.#db;
    const held = await db.remoteJournal.where('order').belowOrEqual(head.order).toArray();
    // an entry that waited at the snapshot may count by now
    const isHeld = (row: RemoteEntryRow, place: number) =>
      isSame({ ...row, effect: held[place]?.effect }, held[place]);
    if (held.length !== entries.length || !entries.every(isHeld)) return false;
    await this.#checkGoods(goods);
    return (
      isSame(packs, await db.remoteBalancePacks.toArray()) &&
      (await this.#hasConfirmations(confirmations)) &&
      (await this.#hasReturns(returns)) &&
      isApart(db, entries)
    );
  }

  async #hasSteps(steps: readonly RemoteAccountRow[]): Promise<boolean> {
    this.#added.accountEntries += steps.length;
    const held = await this.#db.remoteAccountEntries.bulkGet(steps.map(keyOf.accountEntries));
    return isSame(steps, held);
  }

  async #checkGoods(rows: readonly RemoteAddedProductsRow[]): Promise<void> {
    this.#added.addedProducts += rows.length;
    const keys = rows.map(({ order, till, seq }): [number, string, number] => [order, till, seq]);
    if (!isSame(rows, await this.#db.remoteAddedProducts.bulkGet(keys))) this.hasWrongGoods = true;
  }

  async #hasConfirmations(rows: readonly ConfirmationRow[]): Promise<boolean> {
    this.#added.confirmations += rows.length;
    const held = await this.#db.remoteConfirmations.bulkGet(rows.map(keyOf.confirmations));
    return isSame(rows, held);
  }

  async #hasSales(rows: readonly RowOf<'sales'>[]): Promise<boolean> {
    this.#added.sales += rows.length;
    const held = await this.#db.remoteSales.bulkGet(rows.map(({ hash }) => hash));
    return isSame(rows, held);
  }

  async #hasReturns(rows: readonly ReturnRow[]): Promise<boolean> {
    this.#added.returns += rows.length;
    return isSame(rows, await this.#db.remoteReturns.bulkGet(rows.map(keyOf.returns)));
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
    const own = await db.journal.bulkGet(
      rows.map(({ till, seq }): [string, number] => [till, seq]),
    );
    const ownCounting = await this.#ownCounting(rows);
    const effects = rows.flatMap((row, place) => {
      const mine = row.entry === null ? own[place] : undefined;
      const others = this.#counting.take(row);
      const judged = ownCounting
        .filter((each) => each.judgedAt === row.order)
        .flatMap((each) =>
          ownEffectOf(each.original, each.row, { verdict: each.verdict, order: row.order }),
        );
      return [...others, ...judged, ...(mine === undefined ? [] : ownEffectOf(mine, row))];
    });
    const tills = await db.remoteTills.toArray();
    const names = tills.map(({ till }) => till);
    await foldEffects(this.#fold, effects, keysOf(names, this.#till));
    await this.#takeEdits(ownCounting, effects, tills);
    const orders = ordersOf(effects);
    for (const { table, rows: added } of this.#fold.takeAdded()) {
      if (table === 'accountEntries') {
        const steps = (added as RowOf<'accountEntries'>[]).map((row) => withOrder(row, orders));
        if (!(await this.#hasSteps(steps))) return false;
      } else if (table === 'confirmations') {
        if (!(await this.#hasConfirmations(added as RowOf<'confirmations'>[]))) return false;
      } else if (table === 'addedProducts') {
        const goods = (added as RowOf<'addedProducts'>[]).map((row) => withOrder(row, orders));
        await this.#checkGoods(goods);
      } else if (table === 'sales') {
        if (!(await this.#hasSales(added as RowOf<'sales'>[]))) return false;
      } else if (table === 'returns') {
        if (!(await this.#hasReturns(added as RowOf<'returns'>[]))) return false;
      }
    }
    return true;
  }

  async #takeEdits(
    own: readonly OwnCounting[],
    effects: readonly Effect[],
    tills: readonly RemoteTillRow[],
  ): Promise<void> {
    const { epochs } = (await remoteCursorIn(this.#db)) ?? { epochs: [] };
    const replaced = replacedAmong(tills);
    const goods = [
      ...effects.filter(isEffective).map(({ entry, order: from, row, verdict }) => {
        // the places seen by an entry of a former journal mean nothing in this order
        const order = verdict === 'waiting' ? from : row.order;
        return { entry, from, order, isOwn: false };
      }),
      ...own.filter(isEffective).map(({ original, judgedAt, order }) => {
        return { entry: knownEntry(original), from: judgedAt ?? order, order, isOwn: true };
      }),
    ].toSorted((a, b) => a.from - b.from);
    for (const { entry, order, isOwn } of goods) {
      if (entry === null) continue;
      const place = { order, seen: seenOrder(epochs, entry.seen), isOwn };
      const deviceOf = (till: string): string => lastIdOf(till, replaced);
      if (entry.act === 'categories-changed')
        editCategories(this.#categories, { entry, ...place }, deviceOf);
      if (entry.act !== 'products-changed') continue;
      editProducts(this.#products, { entry, ...place }, deviceOf);
    }
  }

  /** The entries of this device that are decided by these rows, and the places from which they count. */
  async #ownCounting(rows: readonly RemoteEntryRow[]): Promise<readonly OwnCounting[]> {
    const places = rows.flatMap(({ order, own }) => (own === null ? [] : [{ order, ...own }]));
    const held = await this.#db.journal.bulkGet(places.map(({ till, seq }) => [till, seq]));
    const written = new Map(places.map(({ order }, place) => [order, held[place]]));
    return rows.flatMap((row): OwnCounting[] => {
      const { till, order, verdict, entry } = row;
      const mine = written.get(order);
      const original = mine === undefined ? null : originalOf(mine);
      if (original !== null && verdict === 'accepted')
        return [{ original, row, order, judgedAt: null, verdict }];
      if (original !== null && isWaiting(verdict)) this.#ownWaiting.push({ row, original });
      const news = till === this.#till.shop ? relayNews(entry?.act, entry?.['body']) : null;
      if (news?.act === 'judged-again') {
        const [judged] = this.#takeWaiting(
          ({ row }) => row.till === news.till && row.seq === news.seq,
        );
        if (judged === undefined) return [];
        const { verdict } = news;
        return [{ ...judged, order: judged.row.order, judgedAt: order, verdict }];
      }
      if (news?.act !== 'former-journal-accepted') return [];
      const { till: by, former } = news;
      return this.#takeWaiting(
        ({ row, original }) =>
          row.verdict === 'waiting' && row.till === by && original.till === former,
      ).map((each) => ({ ...each, order, judgedAt: null, verdict: 'accepted' }));
    });
  }

  #takeWaiting(isOf: (each: OwnWaiting) => boolean): readonly OwnWaiting[] {
    const taken = this.#ownWaiting.filter(isOf);
    this.#ownWaiting = this.#ownWaiting.filter((each) => !isOf(each));
    return taken;
  }

  /** Compares the rows that later entries change, while holding the writer's lock. */
  finish(): Promise<Fault | null> {
    const db = this.#db;
    return withWriterLock(db, async () => {
      if (!(await this.follow())) return 'order';
      const cursor = await remoteCursorIn(db);
      const { order, logHash } = cursor ?? START_OF_LOG;
      if (order !== this.#head.order || logHash !== this.#head.logHash) return 'order';
      const [steps, given, sales, returns] = await Promise.all([
        db.remoteAccountEntries.count(),
        db.remoteConfirmations.count(),
        db.remoteSales.count(),
        db.remoteReturns.count(),
      ]);
      if (steps !== this.#added.accountEntries || given !== this.#added.confirmations)
        return 'order';
      if (sales !== this.#added.sales || returns !== this.#added.returns) return 'order';
      const changes = this.#fold.changes();
      const { shared } = this.#base;
      for (const name of Object.keys(sharedTables(db)) as SharedTable[])
        if (!(await isExactly(db, name, name === 'balances' ? [] : shared[name], changes)))
          return 'order';
      return (await this.#hasGoods()) && (await this.#hasCategories()) ? null : 'goods';
    });
  }

  async #hasCategories(): Promise<boolean> {
    const rows = await this.#db.remoteCategories.toArray();
    return (
      rows.length === this.#categories.size &&
      rows.every((row) => isSame(row, this.#categories.get(row.category)))
    );
  }

  async #hasGoods(): Promise<boolean> {
    const [count, rows] = await Promise.all([
      this.#db.remoteAddedProducts.count(),
      this.#db.remoteProducts.toArray(),
    ]);
    return (
      count === this.#added.addedProducts &&
      rows.length === this.#products.size &&
      rows.every((row) => isSame(row, this.#products.get(row.product)))
    );
  }
}

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
