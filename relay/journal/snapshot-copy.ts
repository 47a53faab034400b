// The in-memory copy of the shop's data from which a snapshot is made.
// It holds the rows that a new till would have after downloading the whole order.
import { promisify } from 'node:util';
import { gunzip, gzip, type ZlibOptions } from 'node:zlib';
import type { EntryOnWire } from '$lib/contract/journal-upload';
import {
  SNAPSHOT_CHUNK_BYTES,
  snapshotTables,
  type SnapshotManifest,
  type SnapshotRow,
  type SnapshotTable,
} from '$lib/contract/snapshot';
import { DAY_MS, MONTH_MS } from '$lib/domain/values/durations';
import { listOf } from '$lib/domain/goods/catalogue';
import { addedOf } from '$lib/domain/goods/product';
import {
  beforeOf,
  keyOf,
  readTables,
  writtenTo,
  type ProjectedChange,
  type ReadTable,
} from '$lib/domain/rows';
import { accepts } from '$lib/proof/counting';
import { rowInCopy, ShopFold, type Epochs, type ShopKey } from '$lib/proof/shop-fold';
import type { OrderedRow } from '../store/journal';
import { PackedRows } from './packed-rows';

/** How long a confirmation is kept, ms: a day longer than it counts in any window of a till. */
const COUNTED_MS = MONTH_MS + DAY_MS;

/** The key of a row in each table. A table of the projection has the key that it has at a till. */
const keyIn: { readonly [T in SnapshotTable]: (row: SnapshotRow<T>) => unknown } = {
  tills: ({ till }) => till,
  entries: ({ order }) => order,
  balances: keyOf.balances,
  debts: keyOf.debts,
  disputes: keyOf.disputes,
  returns: keyOf.returns,
  confirmations: keyOf.confirmations,
  cards: ({ customer }) => customer,
  goods: ({ id }) => id,
  edits: ({ product }) => product,
  categoryEdits: ({ category }) => category,
  stock: keyOf.stock,
};

const isTable = <T extends string>(name: T): name is T & SnapshotTable =>
  (snapshotTables as readonly string[]).includes(name);

export class SnapshotCopy {
  epochs: Epochs = [];
  /** Set if the copy lacks the effects of an entry that only a later version of the relay understands. */
  isBehind = false;
  readonly #shop: ShopKey;
  /** Each row as JSON in UTF-8, as in a chunk. */
  readonly #tables: Readonly<Record<SnapshotTable, PackedRows>>;

  constructor(shop: ShopKey) {
    this.#shop = shop;
    this.#tables = Object.fromEntries(
      snapshotTables.map((name) => [name, new PackedRows()]),
    ) as never;
  }

  /** Loads the rows of an earlier snapshot. `chunkOf`: returns a chunk's bytes; throws if there are none. */
  async begin(
    { epochs, tables }: SnapshotManifest,
    chunkOf: (hash: string) => Promise<Buffer>,
  ): Promise<void> {
    this.epochs = epochs;
    for (const { name, chunks } of tables)
      for (const hash of chunks) {
        for (const line of linesOf(await unpacked(await chunkOf(hash)))) this.#load(name, line);
      }
  }

  /**
   * Folds the next entries. `recordsOf`: cards and persons by their hashes, as far as the relay has them. Returns those that
   * cannot be projected.
   */
  async take(
    rows: readonly OrderedRow[],
    recordsOf: (hashes: readonly string[]) => Promise<Parameters<ShopFold['cardsAfter']>[1]>,
  ): Promise<readonly SnapshotRow<'entries'>[]> {
    const entries = rows.map(({ entry, order, receivedAt, verdict }) => ({
      order,
      receivedAt,
      verdict,
      entry: JSON.parse(entry) as EntryOnWire,
    }));
    const isAccepting = entries.some(({ entry }) => accepts(entry));
    const fold = new ShopFold(this.#shop, {
      tills: [...this.#all('tills')],
      epochs: this.epochs,
      waiting: isAccepting ? [...this.#all('entries')].filter(isWaiting) : [],
      ownWaiting: [],
    });
    for (const each of entries) fold.take(rowInCopy(each, isNotOwn), null);
    const wanted = fold.reads;
    const before = beforeOf(
      Object.fromEntries(
        readTables
          .filter(isTable)
          .map((name): [ReadTable, object[]] => [name, this.#some(name, wanted[name])]),
      ),
    );
    const { changes } = await fold.project(before);
    const cards = fold.cardsAfter(
      this.#some('cards', fold.customers),
      await recordsOf(fold.recordHashes),
    );
    for (const row of fold.changedTills.values()) this.#put('tills', row);
    this.isBehind ||= [...fold.rows.values()].some(({ effect }) => effect === 'later-version');
    for (const row of fold.rows.values())
      if (KEPT.has(row.effect)) this.#put('entries', row);
      else this.#tables.entries.delete(nameOf(row.order));
    for (const row of cards.values()) this.#put('cards', row);
    const edits = this.#some('edits', fold.changedProducts);
    for (const row of fold.productsAfter(edits)) this.#put('edits', row);
    const categories = this.#some('categoryEdits', fold.changedCategories);
    for (const row of fold.categoriesAfter(categories)) this.#put('categoryEdits', row);
    for (const change of changes) this.#apply(change);
    this.epochs = fold.epochs;
    return [...fold.rows.values()].filter(({ effect }) => effect === 'uncounted');
  }

  /** Drops confirmations that no window of a till counts any more. `at`: now, ms. */
  dropOld(at: number): void {
    const { confirmations } = this.#tables;
    for (const row of this.#all('confirmations'))
      if (row.at <= at - COUNTED_MS) confirmations.delete(nameOf(keyIn.confirmations(row)));
  }

  /** How many rows a table has. */
  rows(name: SnapshotTable): number {
    return this.#tables[name].size;
  }

  /** The rows of a table in chunks, as gzip of a line of JSON for each. */
  async *chunks(name: SnapshotTable): AsyncGenerator<Buffer> {
    // filled again for each chunk: new ones would stay in memory until the next collection
    let lines = Buffer.alloc(SNAPSHOT_CHUNK_BYTES);
    let bytes = 0;
    for (const part of this.#parts(name)) {
      const size = part.reduce((sum, line) => sum + line.byteLength + 1, 0);
      if (bytes + size > SNAPSHOT_CHUNK_BYTES && bytes > 0) {
        yield await packed(lines.subarray(0, bytes));
        bytes = 0;
      }
      if (size > lines.byteLength) lines = Buffer.alloc(size);
      for (const line of part) {
        bytes += line.copy(lines, bytes);
        bytes = lines.writeUInt8(LINE_END, bytes);
      }
    }
    if (bytes > 0) yield await packed(lines.subarray(0, bytes));
  }

  /**
   * All rows of a table, in groups; the rows of one group must be in the same chunk. Cards and balances are sorted and grouped by
   * customer, because tills read them chunk by chunk; in the other tables each row is a group.
   */
  *#parts(name: SnapshotTable): Iterable<readonly Buffer[]> {
    const isByCustomer = name === 'cards' || name === 'balances';
    const keys = [...this.#tables[name].keys()];
    let part: Buffer[] = [];
    let of: unknown;
    for (const key of isByCustomer ? (keys as string[]).sort() : keys) {
      const next = isByCustomer ? (key as string).split(' ', 1)[0] : key;
      if (next !== of && part.length > 0) {
        yield part;
        part = [];
      }
      of = next;
      const line = this.#tables[name].get(key);
      if (line !== undefined) part.push(line);
    }
    if (part.length > 0) yield part;
  }

  #apply(change: ProjectedChange): void {
    const { table } = change;
    if (table === 'addedProducts') {
      // of two products with the same id, the first counts
      for (const product of writtenTo(table, [change]).flatMap(({ goods }) => listOf(goods)))
        if (!this.#tables.goods.has(product.id)) this.#put('goods', addedOf(product));
      return;
    }
    if (!isTable(table)) return;
    if (change.op === 'delete')
      for (const key of change.keys) this.#tables[table].delete(nameOf(key));
    else for (const row of change.rows) this.#put(table, row as never);
  }

  #put<T extends SnapshotTable>(name: T, row: SnapshotRow<T>): void {
    this.#tables[name].set(nameOf(keyIn[name](row)), Buffer.from(JSON.stringify(row)));
  }

  #load<T extends SnapshotTable>(name: T, line: Buffer): void {
    this.#tables[name].set(nameOf(keyIn[name](rowOf(line))), line);
  }

  *#all<T extends SnapshotTable>(name: T): Iterable<SnapshotRow<T>> {
    for (const key of this.#tables[name].keys()) yield* this.#some(name, [key]);
  }

  #some<T extends SnapshotTable>(name: T, keys: readonly unknown[]): SnapshotRow<T>[] {
    return keys.flatMap((key) => {
      const line = this.#tables[name].get(nameOf(key));
      return line === undefined ? [] : [rowOf<T>(line)];
    });
  }
}

const rowOf = <T extends SnapshotTable>(line: Buffer): SnapshotRow<T> =>
  JSON.parse(line.toString('utf8')) as SnapshotRow<T>;

const nameOf = (key: unknown): unknown => (Array.isArray(key) ? key.join(' ') : key);

/** Entries that a till needs or shows by themselves. */
const KEPT: ReadonlySet<SnapshotRow<'entries'>['effect']> = new Set([
  ...(['waiting', 'discrepancy', 'uncounted'] as const),
]);

const isWaiting = ({ effect }: SnapshotRow<'entries'>): boolean => effect === 'waiting';

/** The copy is that of a till without own entries. */
const isNotOwn = (): boolean => false;

const LINE_END = '\n'.charCodeAt(0);

/** The lines of a chunk, not copied. */
function* linesOf(bytes: Buffer): Iterable<Buffer> {
  let start = 0;
  for (let end; (end = bytes.indexOf(LINE_END, start)) >= 0; start = end + 1)
    yield bytes.subarray(start, end);
}

const packed = (bytes: Buffer): Promise<Buffer> => promisify(gzip)(bytes);

/** In one piece: many small ones would be joined to another of the same size. */
const unpacked = (chunk: Buffer): Promise<Buffer> =>
  promisify<Buffer, ZlibOptions, Buffer>(gunzip)(chunk, { chunkSize: SNAPSHOT_CHUNK_BYTES });
