// Folds a download, and reads what its next parts change; each part is written in a short transaction.
// Only downloads, and what drops the copy, write its tables; so rows read ahead stay true until the cursor moves.
import type { Entry } from '$lib/contract/journal';
import type { PersonalRecord } from '$lib/contract/journal-upload';
import {
  remoteEntryRow,
  type RemoteCardRow,
  type RemoteCategoryRow,
  type RemoteEntryRow,
  type RemoteProductRow,
} from '$lib/contract/shop-copy';
import type { Cursor, OrderedEntry } from '$lib/contract/shop-journal';
import { beforeOf, joinedReads, type Before, type Reads } from '$lib/domain/rows';
import { originalPlace } from '$lib/proof/known-entry';
import { accepts, isWaiting } from '$lib/proof/counting';
import { rowInCopy, ShopFold, type FoldStart } from '$lib/proof/shop-fold';
import { readTogether, type TillDb } from '$lib/storage/database/db';
import { metaIn, formerTillsIn, isEnrolled, tillIn } from '$lib/storage/database/meta';
import { recorded, type CustomerRow } from '$lib/storage/schema/records';
import type { RemoteCursor } from '$lib/storage/schema/remote-record';
import type { Table } from 'dexie';
import { isErased } from './forgotten-customers';
import { remoteBalancesIn } from './packed-balances';
import { cardStatesIn } from './packed-cards';
import {
  isSamePoint,
  remoteCursorIn,
  sharedTables,
  START_OF_ORDER,
  type SharedTable,
} from './remote-order';

/** Entries whose rows are read at once. A sale waits meanwhile, so they are fewer than a page has. */
const READ_AT_ONCE = 100;

/** Consecutive entries of the order, verified, that are written in one transaction. */
export type Part = {
  /** The till's own entries are places only. */
  readonly entries: readonly OrderedEntry[];
  /** The point after the last of them. */
  readonly to: Omit<RemoteCursor, 'epochs'>;
  /** The relay's signature over `to`; null: the relay signed only a later point. */
  readonly checkpoint: string | null;
};

/** Consecutive parts of the order, verified: the first begins after `from`. */
export type Downloaded = {
  /** The till they were sent to. */
  readonly till: string;
  readonly from: Cursor;
  readonly parts: readonly Part[];
  /** Cards and persons named by these entries, by hash, as far as the relay has them. They are verified. */
  readonly records: ReadonlyMap<string, PersonalRecord>;
};

/** A customer's card: its state in the order, and this till's own. `isErased`: erased here because the order said so. */
export type HeldCard = {
  readonly state: RemoteCardRow | undefined;
  readonly own: CustomerRow | undefined;
  readonly isErased: boolean;
};

/** A part and the fold of its entries, which continues that of the part before it. */
export type FoldedPart = { readonly part: Part; readonly fold: ShopFold };

/** What the parts change, in its state before them. The projection of a part writes its rows here for the next one. */
export type ReadAhead = {
  readonly parts: readonly FoldedPart[];
  before: Before;
  /** Of all customers whose cards the parts make or change, or who were not forgotten. */
  readonly cards: Map<string, HeldCard>;
  readonly products: Map<string, RemoteProductRow>;
  readonly categories: Map<string, RemoteCategoryRow>;
  /** Customers whose cards were erased here although the relay now refuses to forget them; null: none. */
  refused: readonly string[] | null;
};

/**
 * Folds the parts; needs no rows of the copy but those of its tills and waiting entries. `moved`: the copy does not end at
 * `from`, or the device has another till id by now. `fork`: the relay's entries of this till differ from its own journal.
 * Throws StorageError.
 */
export async function foldParts(
  db: TillDb,
  { till: sentTo, from, parts }: Downloaded,
): Promise<readonly FoldedPart[] | 'moved' | 'fork'> {
  const entries = parts.flatMap((part) => part.entries);
  const read = await readTogether(
    db,
    [db.meta, db.journal, db.remoteTills, db.remoteJournal],
    async () => {
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
      return { till, epochs: cursor?.epochs ?? [], tills, waiting, own };
    },
  );
  if (read === 'moved') return read;
  const { till, own, waiting } = read;
  if (entries.some((each) => 'own' in each && !own.has(till.id, each.own))) return 'fork';
  const ownWaiting = waiting.flatMap((row) => {
    const entry = own.of(row);
    return entry === null ? [] : [{ row, own: entry }];
  });
  const folded: FoldedPart[] = [];
  let start: FoldStart = { ...read, ownWaiting };
  for (const part of parts) {
    const fold = new ShopFold(till, start);
    for (const each of part.entries) {
      const row = rowOf(each, till.id, own);
      fold.take(row, own.of(row));
    }
    folded.push({ part, fold });
    start = fold.end;
  }
  return folded;
}

/** The first of these parts: as many as are read at once, at least one. */
export function partsToRead(parts: readonly FoldedPart[]): readonly FoldedPart[] {
  const first: FoldedPart[] = [];
  let entries = 0;
  for (const each of parts) {
    entries += each.part.entries.length;
    if (entries > READ_AT_ONCE && first.length > 0) break;
    first.push(each);
  }
  return first;
}

/** Reads what these parts change, the first of which begins where the copy ends. Throws StorageError. */
export function readAhead(db: TillDb, parts: readonly FoldedPart[]): Promise<ReadAhead> {
  const folds = parts.map(({ fold }) => fold);
  const all = (some: (fold: ShopFold) => readonly string[]) => [...new Set(folds.flatMap(some))];
  const customers = all((fold) => [...fold.customers, ...fold.refusedErasures]);
  const tables = [
    ...[db.meta, db.customers, db.forgotten, db.remoteCards, db.remoteCardPacks],
    ...[db.remoteBalancePacks, db.remoteProducts, db.remoteCategories],
    ...Object.values(sharedTables(db)),
  ];
  return readTogether(db, tables, async () => {
    const [before, cards, refused, products, categories] = await Promise.all([
      beforeIn(db, joinedReads(folds.map((fold) => fold.reads))),
      cardsIn(db, customers),
      // only a refusal adds one, and only a changed card removes one
      customers.length === 0 ? null : metaIn(db, 'refused-erasures'),
      rowsIn(
        db.remoteProducts,
        all((fold) => fold.changedProducts),
      ),
      rowsIn(
        db.remoteCategories,
        all((fold) => fold.changedCategories),
      ),
    ]);
    return {
      parts,
      before,
      cards,
      refused,
      products: new Map(products.flatMap((row) => (row ? [[row.product, row]] : []))),
      categories: new Map(categories.flatMap((row) => (row ? [[row.category, row]] : []))),
    };
  });
}

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

/** Awaits Dexie only. */
async function cardsIn(db: TillDb, customers: readonly string[]): Promise<Map<string, HeldCard>> {
  if (customers.length === 0) return new Map();
  const [states, own, forgotten] = await Promise.all([
    cardStatesIn(db, customers),
    db.customers.bulkGet([...customers]),
    db.forgotten.bulkGet([...customers]),
  ]);
  return new Map(
    customers.map((customer, place) => [
      customer,
      { state: states[place], own: own[place], isErased: isErased(forgotten[place]) },
    ]),
  );
}

/** Awaits Dexie only. */
async function beforeIn(db: TillDb, wanted: Reads): Promise<Before> {
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
