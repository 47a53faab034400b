// Stores the snapshot from which the copy of the shop's order starts:
// its chunks, and the rows that they contain.
import { ENTRY_BYTES } from '$lib/contract/journal-upload';
import {
  SNAPSHOT_CHUNK_BYTES,
  snapshotRows,
  type SnapshotManifest,
  type SnapshotRow,
  type SnapshotTable,
} from '$lib/contract/snapshot';
import { toHex } from '$lib/proof/canonical';
import { goodsOf } from '$lib/domain/goods/catalogue';
import { productOf } from '$lib/domain/goods/product';
import { delayOf, type RemoteAddedProductsRow, type Delay } from '$lib/proof/shop-fold';
import { readTogether, transact, withWriterLock, type TillDb } from '$lib/storage/database/db';
import { metaIn, putMetaIn, isEnrolled, tillIn } from '$lib/storage/database/meta';
import { recorded } from '$lib/storage/schema/records';
import {
  remoteChunkRow,
  type BalancePackRow,
  type SnapshotTaken,
} from '$lib/storage/schema/remote-record';
import type { Table } from 'dexie';
import { delayIn, erasedTables, eraseIn } from './forgotten-customers';
import { balancePacksOf } from './packed-balances';
import { isPackable, linesOf, packsOf } from './packed-cards';
import { shownCard } from './remote-cards';
import { forgetRemoteIn, remoteCursorIn, remoteTables } from './remote-order';

/** Rows written at once; the till can sell between two such steps. */
const STEP_ROWS = 1_000;

/** The snapshot from which the copy started, or starts while there is no cursor; null: none. Awaits Dexie only. */
export function snapshotIn(db: TillDb): Promise<SnapshotTaken | null> {
  return metaIn(db, 'remote-snapshot');
}

/** Stores which snapshot the copy starts from. Returns false and stores nothing if the copy exists already. */
export function beginSnapshot(
  db: TillDb,
  { till, manifest: { order, at }, signed }: Taking,
): Promise<boolean> {
  return withWriterLock(db, async () => {
    const [now, cursor] = await stateOf(db);
    if (now !== till || cursor !== null) return false;
    await transact(db, [...remoteTables(db), db.keptGoods, db.meta, db.forgotten], () =>
      Promise.all([
        forgetRemoteIn(db, null),
        putMetaIn(db, 'remote-snapshot', { manifest: signed, order, at }),
      ]),
    );
    return true;
  });
}

const stateOf = (db: TillDb) =>
  readTogether(db, [db.meta], async () => {
    const till = await tillIn(db);
    const [cursor, taken] = await Promise.all([remoteCursorIn(db), snapshotIn(db)]);
    return [isEnrolled(till) ? till.id : null, cursor, taken?.manifest ?? null] as const;
  });

/** Whether this chunk is stored. */
export async function hasChunk(db: TillDb, hash: string): Promise<boolean> {
  return (await db.remoteChunks.where('hash').equals(hash).count()) > 0;
}

/** Stores a chunk if it matches its hash and its snapshot is still being downloaded. Throws StorageError. */
export async function keepChunk(
  db: TillDb,
  { signed }: Pick<Taking, 'signed'>,
  hash: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<'kept' | 'wrong' | 'moved'> {
  if (!(await isOfHash(bytes, hash))) return 'wrong';
  const row = recorded(remoteChunkRow, { hash, bytes });
  return transact(db, [db.remoteChunks, db.meta], async () => {
    const [taken, cursor] = await Promise.all([snapshotIn(db), remoteCursorIn(db)]);
    if (taken?.manifest !== signed || cursor !== null) return 'moved';
    await db.remoteChunks.put(row);
    return 'kept';
  });
}

async function isOfHash(bytes: Uint8Array<ArrayBuffer>, hash: string): Promise<boolean> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))) === hash;
}

/** Thrown if a snapshot contradicts its manifest although the hashes are right. */
class Malformed extends Error {}

/** The rows of a table, chunk by chunk. Throws `Malformed`, also if a chunk is missing. */
async function* rowsOf<T extends SnapshotTable>(
  db: TillDb,
  { tables }: SnapshotManifest,
  name: T,
): AsyncGenerator<SnapshotRow<T>[], void> {
  const table = tables.find((each) => each.name === name);
  if (table === undefined) throw new Malformed(name);
  let count = 0;
  for (const hash of table.chunks) {
    const held = await db.remoteChunks.get(hash);
    if (held === undefined || !(await isOfHash(held.bytes, hash))) throw new Malformed(name);
    const rows = parsedRows(name, await unpacked(held.bytes));
    count += rows.length;
    yield rows;
  }
  if (count !== table.rows) throw new Malformed(name);
}

/** Asks for the next value while the one before is still being used. */
async function* oneAhead<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  try {
    let next = source.next();
    for (let now = await next; now.done !== true; now = await next) {
      next = source.next();
      // if the caller stops before, nobody awaits it
      next.catch(() => undefined);
      yield now.value;
    }
  } finally {
    await source.return();
  }
}

function parsedRows<T extends SnapshotTable>(name: T, text: string): SnapshotRow<T>[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Malformed(name);
  return lines.map((line) => {
    const row = snapshotRows[name].safeParse(json(line));
    if (!row.success) throw new Malformed(name);
    return row.data as SnapshotRow<T>;
  });
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Malformed('line');
  }
}

/** Largest size of an unpacked chunk, bytes: a single row may hold one entry of the largest size and its envelope. */
const MOST_UNPACKED = SNAPSHOT_CHUNK_BYTES + 2 * ENTRY_BYTES;

async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    const reader = stream.getReader();
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let [text, size] = ['', 0];
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > MOST_UNPACKED) throw new Malformed('size');
      text += decoder.decode(part.value, { stream: true });
    }
    return text + decoder.decode();
  } catch {
    throw new Malformed('bytes');
  }
}

/** All rows of a table of the snapshot; null: what is stored does not match the signed manifest. */
export const allRowsOf = <T extends SnapshotTable>(
  db: TillDb,
  manifest: SnapshotManifest,
  name: T,
): Promise<SnapshotRow<T>[] | null> => madeOf(db, manifest, name, (rows) => rows);

/** What `make` makes of the chunks of a table; null: what is stored does not match the signed manifest. */
async function madeOf<T extends SnapshotTable, Row>(
  db: TillDb,
  manifest: SnapshotManifest,
  name: T,
  make: (rows: SnapshotRow<T>[], place: Place) => Row[],
): Promise<Row[] | null> {
  const made: Row[][] = [];
  let first = 0;
  try {
    for await (const rows of rowsOf(db, manifest, name)) {
      made.push(make(rows, { first, manifest }));
      first += rows.length;
    }
    return made.flat();
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** Rows to put into a table. */
type Put = readonly [table: Table, rows: readonly object[]];
/** The place of some rows of a snapshot's table. `first`: number of rows before them. */
type Place = { readonly first: number; readonly manifest: SnapshotManifest };

/** By table of a snapshot: the rows of the copy that are made from its rows. */
const puts: {
  readonly [T in SnapshotTable]: (
    db: TillDb,
    rows: readonly SnapshotRow<T>[],
    place: Place,
  ) => Put[] | Promise<Put[]>;
} = {
  tills: (db, rows) => [[db.remoteTills, rows]],
  entries: (db, rows) => [[db.remoteJournal, rows]],
  balances: (db, rows, place) => [[db.remoteBalancePacks, balancePacksOf(rows, place)]],
  debts: (db, rows) => [[db.remoteDebts, rows]],
  disputes: (db, rows) => [[db.remoteDisputes, rows]],
  returns: (db, rows) => [[db.remoteReturns, rows]],
  confirmations: (db, rows) => [[db.remoteConfirmations, rows]],
  categoryEdits: (db, rows) => [[db.remoteCategories, rows]],
  goods: (db, rows, place) => [[db.remoteAddedProducts, [openingGoods(rows, place)]]],
  edits: (db, rows) => [[db.remoteProducts, rows]],
  stock: (db, rows) => [[db.remoteStock, rows]],
  cards: async (db, rows) => {
    const [first = '', last = ''] = [rows[0]?.customer, rows.at(-1)?.customer];
    const held = await db.customers.where('id').between(first, last, true, true).toArray();
    const own = new Map(held.map((row) => [row.id, row]));
    const packable = rows.filter(isPackable).filter(({ customer }) => !own.has(customer));
    const packed = new Set(packable.map(({ customer }) => customer));
    const others = rows.filter(({ customer }) => !packed.has(customer));
    const shown = await Promise.all(others.map((row) => shownCard(own.get(row.customer), row)));
    return [
      [db.remoteCardPacks, packsOf(packable)],
      [db.remoteCardLines, linesOf(first, packable)],
      [db.remoteCards, others],
      [db.remoteCustomers, shown.filter((row) => row !== null)],
    ];
  },
};

/** The goods of a snapshot, written as if one entry at its end had added them. `first`: number of goods before them. */
function openingGoods(
  rows: readonly SnapshotRow<'goods'>[],
  { first, manifest: { shop, order, logHash } }: Place,
): RemoteAddedProductsRow {
  const goods = goodsOf(rows.map(productOf));
  return { till: shop, seq: first, hash: logHash, order, goods };
}

/** The packs made from the sums of a snapshot; null: as for `allRowsOf`. */
export const balancePacksIn = (
  db: TillDb,
  manifest: SnapshotManifest,
): Promise<BalancePackRow[] | null> => madeOf(db, manifest, 'balances', balancePacksOf);

/** The rows made from the goods of a snapshot; null: as for `allRowsOf`. */
export const openingGoodsOf = (
  db: TillDb,
  manifest: SnapshotManifest,
): Promise<RemoteAddedProductsRow[] | null> =>
  madeOf(db, manifest, 'goods', (rows, place) => [openingGoods(rows, place)]);

/** A snapshot that the till with this id is downloading. `signed`: the manifest as received. */
export type Taking = {
  readonly till: string;
  readonly manifest: SnapshotManifest;
  readonly signed: string;
};

/** `moved`: this snapshot is no longer being downloaded. `malformed`: its rows contradict the manifest. */
export type Filled = 'filled' | 'moved' | 'malformed';

/** Tables whose rows are packed, many to a row. */
const PACKED: ReadonlySet<SnapshotTable> = new Set<SnapshotTable>(['goods', 'balances', 'cards']);

/** Fills one table from its chunks, which are all stored, in steps. Throws StorageError. */
export async function fillTable(db: TillDb, taking: Taking, name: SnapshotTable): Promise<Filled> {
  const { manifest } = taking;
  let first = 0;
  let last: SnapshotRow<typeof name> | null = null;
  try {
    for await (const rows of oneAhead(rowsOf(db, manifest, name))) {
      if (!isInOrder(name, rows, last)) return 'malformed';
      last = rows.at(-1) ?? last;
      // packed tables have few rows, so they need no steps
      for (const step of PACKED.has(name) ? [rows] : inSteps(rows)) {
        const place = { first, manifest };
        first += step.length;
        if (!(await whileTaken(db, taking, () => putRows(db, name, step, place)))) return 'moved';
      }
    }
  } catch (error) {
    if (error instanceof Malformed) return 'malformed';
    throw error;
  }
  if (name !== 'edits') return 'filled';
  // goods, edits and categories are complete: the till sells the shop's goods from here on
  const isNoted = await whileTaken(db, taking, async () => {
    await transact(db, [db.meta], () => putMetaIn(db, 'remote-goods', manifest.order));
  });
  return isNoted ? 'filled' : 'moved';
}

/**
 * Call it when all tables are filled: sets the copy's cursor to the end of the snapshot. Chunks are kept to compare the tables
 * with them later, except chunks of cards, because a customer who is forgotten later must be stored nowhere. Returns false if
 * this snapshot is no longer being downloaded.
 */
export function finishSnapshot(db: TillDb, taking: Taking): Promise<boolean> {
  const { epoch, order, logHash, at, epochs, tables } = taking.manifest;
  const others = new Set(tables.flatMap(({ name, chunks }) => (name === 'cards' ? [] : chunks)));
  const cards = tables.find(({ name }) => name === 'cards')?.chunks ?? [];
  return whileTaken(db, taking, () =>
    transact(db, [db.meta, db.remoteChunks], () =>
      Promise.all([
        db.remoteChunks.bulkDelete(cards.filter((hash) => !others.has(hash))),
        putMetaIn(db, 'remote-cursor', { epoch, order, logHash, at, epochs }),
      ]),
    ),
  );
}

/** Does the work under the writer's lock. Returns false, without doing it, if this snapshot is no longer being downloaded. */
function whileTaken(
  db: TillDb,
  { till, signed }: Taking,
  work: () => PromiseLike<unknown>,
): Promise<boolean> {
  return withWriterLock(db, async () => {
    const [now, cursor, taken] = await stateOf(db);
    if (now !== till || cursor !== null || taken !== signed) return false;
    await work();
    return true;
  });
}

/** For tables whose packed rows are found by their sort order: the customer of a row, and the second part of the sort key. */
const placeIn: { readonly [T in SnapshotTable]?: (row: SnapshotRow<T>) => [string, string] } = {
  balances: ({ customer, account }) => [customer, account],
  cards: ({ customer }) => [customer, ''],
};

/**
 * Whether the rows of a chunk are sorted as `packsWith` needs it. `last`: last row of the chunk before; a customer is in one
 * chunk only.
 */
function isInOrder<T extends SnapshotTable>(
  name: T,
  rows: readonly SnapshotRow<T>[],
  last: SnapshotRow<T> | null,
): boolean {
  const placeOf = placeIn[name];
  if (placeOf === undefined) return true;
  let [before, part, isFirst] = [last === null ? '' : placeOf(last)[0], '', true];
  for (const row of rows) {
    const [customer, next] = placeOf(row);
    const isLater = customer > before || (customer === before && !isFirst && next > part);
    if (!isLater) return false;
    [before, part, isFirst] = [customer, next, false];
  }
  return true;
}

function inSteps<R>(rows: readonly R[]): (readonly R[])[] {
  const steps: (readonly R[])[] = [];
  for (let from = 0; from < rows.length; from += STEP_ROWS)
    steps.push(rows.slice(from, from + STEP_ROWS));
  return steps;
}

async function putRows<T extends SnapshotTable>(
  db: TillDb,
  name: T,
  rows: readonly SnapshotRow<T>[],
  place: Place,
): Promise<void> {
  const all = await puts[name](db, rows, place);
  const forgotten = name === 'cards' ? forgottenAmong(rows as readonly SnapshotRow<'cards'>[]) : [];
  const delays = name === 'entries' ? delaysAmong(rows as readonly SnapshotRow<'entries'>[]) : [];
  const erased = forgotten.length + delays.length > 0 ? erasedTables(db) : [];
  await transact(db, [...new Set([...all.map(([table]) => table), ...erased])], async () => {
    await Promise.all(all.map(([table, some]) => table.bulkPut(some)));
    if (delays.length > 0) await delayIn(db, delays);
    if (forgotten.length > 0) await eraseIn(db, forgotten);
  });
}

/** The cards that are hidden at the end of the snapshot, because a day later they are erased. */
const delaysAmong = (rows: readonly SnapshotRow<'entries'>[]): Delay[] =>
  rows.flatMap((row) => (row.effect === 'waiting' ? (delayOf(row, null) ?? []) : []));

const forgottenAmong = (rows: readonly SnapshotRow<'cards'>[]): string[] =>
  rows.flatMap(({ customer, isForgotten }) => (isForgotten ? [customer] : []));
