// Applies a download: stores verified entries of the shop's order and the rows they project to.
import type { EntryOnWire, PersonalRecord } from '$lib/contract/journal-upload';
import {
  remoteCardRow,
  remoteCategoryRow,
  remoteProductRow,
  remoteTillRow,
} from '$lib/contract/shop-copy';
import type { Cursor } from '$lib/contract/shop-journal';
import type { ProjectedChange } from '$lib/domain/rows';
import type { ShopFold } from '$lib/proof/shop-fold';
import { transact, withWriterLock, type TillDb } from '$lib/storage/database/db';
import { invariant } from '$lib/domain/values/invariant';
import { putMetaIn, tillIn } from '$lib/storage/database/meta';
import { recorded, type CustomerRow } from '$lib/storage/schema/records';
import type { Table } from 'dexie';
import { delayIn, erasedTables, eraseIn, keepIn, showAgainIn } from './forgotten-customers';
import {
  foldParts,
  partsToRead,
  readAhead,
  type Downloaded,
  type HeldCard,
  type Part,
  type ReadAhead,
} from './read-ahead';
import { shownCard } from './remote-cards';
import { isSamePoint, projectedInto, remoteCursorIn, START_OF_ORDER } from './remote-order';

/** Entries of other tills that wait for a decision and may count later. Throws StorageError. */
export async function waitingIn(db: TillDb): Promise<readonly EntryOnWire[]> {
  const rows = await db.remoteJournal.where('effect').equals('waiting').toArray();
  return rows.flatMap(({ entry }) => entry ?? []);
}

/**
 * `erased`: applied, and cards were erased with it. `moved`: the copy does not end at `from`, or the device has another till id
 * by now. `fork`: the relay's entries of this till differ from its own journal. `unreachable`: records are missing, and the
 * relay was not reached. With the last three, parts before may have been applied.
 */
export type Applied = 'applied' | 'erased' | 'moved' | 'fork' | 'unreachable';

/** Verified cards and persons, by hash. */
type Records = ReadonlyMap<string, PersonalRecord>;
/** Asks the relay for these records; the result lacks those that the relay lacks. Null: the relay was not reached. */
export type AskRecords = (hashes: readonly string[]) => Promise<Records | null>;

/**
 * Stores these verified entries and the rows they project to, each part all or nothing. It reads and projects before it takes
 * the writer's lock, so that a sale waits only for the write of one part. Throws StorageError: the parts before stay.
 */
export async function applyDownloaded(
  db: TillDb,
  downloaded: Downloaded,
  ask: AskRecords = () => Promise.resolve(new Map()),
): Promise<Applied> {
  const folded = await foldParts(db, downloaded);
  if (typeof folded === 'string') return folded;
  const { till, records } = downloaded;
  let { from } = downloaded;
  let hasErased = false;
  for (let rest = folded; rest.length > 0;) {
    const group = partsToRead(rest);
    const ahead = await readAhead(db, group);
    const cards = await recordsFor(ahead, records, ask);
    if (cards === null) return 'unreachable';
    let count = 0;
    let next = prepare(db, ahead, 0, cards);
    for (const { part } of group) {
      const prepared = await next;
      const writing = written(db, { till, from, part }, prepared);
      // the disk is slow, so the next part is prepared meanwhile
      if (count + 1 < group.length) next = prepare(db, ahead, count + 1, cards);
      const [outcome] = await Promise.all([writing, next]);
      if (outcome === 'moved') return outcome;
      // the cards that were read ahead are out of date, so read them again
      if (outcome === 'cards-changed') break;
      count += 1;
      from = part.to;
      hasErased ||= outcome === 'erased';
      if (isErasing(prepared)) break;
    }
    rest = rest.slice(count);
  }
  return hasErased ? 'erased' : 'applied';
}

/** `lacking`: customers of whom this till has no card of its own. */
type CardsAhead = { readonly records: Records; readonly lacking: ReadonlySet<string> };

/** The records that the parts need; null: the relay was not reached. */
async function recordsFor(
  { parts, cards }: ReadAhead,
  named: Records,
  ask: AskRecords,
): Promise<CardsAhead | null> {
  // the own cards of refused erasures are erased here, so ask the relay for them
  const lacking = new Set(
    [...cards].flatMap(([customer, { own, isErased }]) => (own || isErased ? [] : [customer])),
  );
  const hashes = new Set(parts.flatMap(({ fold }) => fold.ownRecordHashes(lacking)));
  const missing = [...hashes].filter((hash) => !named.has(hash));
  const asked = missing.length === 0 ? named : await ask(missing);
  return asked === null ? null : { records: new Map([...named, ...asked]), lacking };
}

/** What one part writes. The rows that were read ahead are changed as the part changes them. */
async function prepare(db: TillDb, ahead: ReadAhead, place: number, cards: CardsAhead) {
  const fold = ahead.parts[place]?.fold;
  invariant(fold !== undefined, 'only parts that were read are prepared');
  const held = some(ahead.cards, fold.customers);
  const { changes: projected, after } = await fold.project(ahead.before);
  const customers = await customersAfter(fold, held, cards);
  const products = fold
    .productsAfter(rowsOf(ahead.products, fold.changedProducts))
    .map((row) => recorded(remoteProductRow, row));
  const categories = fold
    .categoriesAfter(rowsOf(ahead.categories, fold.changedCategories))
    .map((row) => recorded(remoteCategoryRow, row));
  const refused = refusedAfter(ahead, fold, customers.forgotten);
  ahead.before = after;
  ahead.refused = refused ?? ahead.refused;
  for (const row of products) ahead.products.set(row.product, row);
  for (const row of categories) ahead.categories.set(row.category, row);
  for (const state of customers.states) {
    const card = ahead.cards.get(state.customer);
    if (card !== undefined) ahead.cards.set(state.customer, { ...card, state });
  }
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
    delays: [...fold.delays.values()].filter((delay) => delay !== null),
    stopped: [...fold.delays].flatMap(([customer, delay]) => (delay === null ? [customer] : [])),
    refused,
    changes: changes.filter((each) => (each.op === 'delete' ? each.keys : each.rows).length > 0),
    hasGoods: fold.hasGoods,
    epochs: fold.epochs,
  };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

const isErasing = ({ erased, notForgotten, delays, stopped }: Prepared): boolean =>
  erased.length + notForgotten.length + delays.length + stopped.length > 0;

/** Those of these rows that there are. */
const rowsOf = <Row>(rows: ReadonlyMap<string, Row>, keys: readonly string[]): Row[] =>
  keys.flatMap((key) => rows.get(key) ?? []);

/** Those of these customers who have an entry here. */
const some = (cards: ReadonlyMap<string, HeldCard>, customers: readonly string[]): Held =>
  customers.flatMap((customer) => {
    const card = cards.get(customer);
    return card === undefined ? [] : [[customer, card] as const];
  });

/** The cards after these entries, the cards to show instead of the own ones, and the cards to erase. */
async function customersAfter(
  fold: ShopFold,
  held: Held,
  { records, lacking }: { readonly records: Records; readonly lacking: ReadonlySet<string> },
) {
  const before = held.flatMap(([, { state }]) => state ?? []);
  const states = fold.cardsAfter(before, records, lacking);
  const shown: CustomerRow[] = [];
  const hidden: string[] = [];
  const erased: string[] = [];
  for (const [customer, { own, isErased }] of held) {
    const state = states.get(customer);
    const row = state === undefined ? null : await shownCard(own, state);
    if (row === null || isErased) hidden.push(customer);
    else shown.push(row);
    if (state?.isForgotten === true && (own !== undefined || !isErased)) erased.push(customer);
  }
  const gone = new Set(held.flatMap(([customer, { isErased }]) => (isErased ? [customer] : [])));
  const rows = [...states.values()].map((row) =>
    // drop the card even if a restored relay sends it again
    recorded(remoteCardRow, gone.has(row.customer) ? { ...row, card: null } : row),
  );
  const forgotten = new Set(rows.flatMap((row) => (row.isForgotten ? [row.customer] : [])));
  return { states: rows, shown, hidden, erased, forgotten };
}

/**
 * Customers whose cards were erased here although the relay now refuses to forget them, after these entries; null: unchanged.
 * `forgotten`: whom the entries forget.
 */
function refusedAfter(
  { refused: before, cards }: ReadAhead,
  fold: ShopFold,
  forgotten: ReadonlySet<string>,
): readonly string[] | null {
  const erased = some(cards, fold.refusedErasures).flatMap(([customer, { isErased, state }]) =>
    isErased && state?.isForgotten !== true ? [customer] : [],
  );
  if (erased.length === 0 && (before === null || forgotten.size === 0)) return null;
  return [...new Set([...(before ?? []), ...erased])].filter((each) => !forgotten.has(each));
}

/** Undoes the transaction. `cards-changed`: this till has changed a card meanwhile. */
class NotWritten extends Error {
  constructor(readonly because: 'moved' | 'cards-changed') {
    super(because);
  }
}

/** Checks and writes are issued together, so that the lock is held for one round trip to the disk. */
function written(
  db: TillDb,
  {
    till: sentTo,
    from,
    part: { to, checkpoint },
  }: { readonly till: string; readonly from: Cursor; readonly part: Part },
  prepared: Prepared,
): Promise<'applied' | 'erased' | 'moved' | 'cards-changed'> {
  const { held, puts, hidden, erased, refused } = prepared;
  const { changes, hasGoods, epochs } = prepared;
  const tables = [...puts.map(([table]) => table), ...changes.map((change) => tableOf(db, change))];
  const scope = [
    ...tables,
    ...(held.length > 0 ? [db.customers, db.remoteCustomers] : []),
    ...(isErasing(prepared) ? erasedTables(db) : []),
  ];
  return withWriterLock(db, () =>
    transact(db, [...new Set([...scope, db.meta])], async () => {
      const [till, cursor, isSame] = await Promise.all([
        tillIn(db),
        remoteCursorIn(db),
        areUnchanged(db, held),
        ...puts.map(([table, rows]) => table.bulkPut(rows)),
        ...changes.map((change) => write(db, change)),
        hidden.length > 0 && db.remoteCustomers.bulkDelete(hidden),
        isErasing(prepared) && forgottenIn(db, prepared),
        refused !== null && putMetaIn(db, 'refused-erasures', [...refused]),
        hasGoods && putMetaIn(db, 'remote-goods', to.order),
        putMetaIn(db, 'remote-cursor', { ...to, epochs }),
        checkpoint !== null && putMetaIn(db, 'checkpoint', checkpoint),
      ]);
      if (till?.id !== sentTo || !isSamePoint(cursor ?? START_OF_ORDER, from))
        throw new NotWritten('moved');
      if (!isSame) throw new NotWritten('cards-changed');
      return erased.length > 0 ? ('erased' as const) : ('applied' as const);
    }),
  ).catch((cause: unknown) => {
    if (cause instanceof NotWritten) return cause.because;
    throw cause;
  });
}

/** Shows, hides and erases the cards of customers who are forgotten. Awaits Dexie only. */
async function forgottenIn(
  db: TillDb,
  { notForgotten, stopped, delays, erased }: Prepared,
): Promise<void> {
  await showAgainIn(db, notForgotten);
  await keepIn(db, stopped);
  await delayIn(db, delays);
  await eraseIn(db, erased);
}

type Held = readonly (readonly [customer: string, card: HeldCard])[];

/** Whether the own cards are as they were read. Awaits Dexie only. */
async function areUnchanged(db: TillDb, held: Held): Promise<boolean> {
  if (held.length === 0) return true;
  const own = await db.customers.bulkGet(held.map(([customer]) => customer));
  return held.every(([, card], place) => JSON.stringify(card.own) === JSON.stringify(own[place]));
}

const tableOf = (db: TillDb, { table }: ProjectedChange): Table =>
  projectedInto(db)[table as keyof ReturnType<typeof projectedInto>] as Table;

function write(db: TillDb, change: ProjectedChange): PromiseLike<unknown> {
  const table = tableOf(db, change);
  return change.op === 'delete'
    ? table.bulkDelete([...change.keys])
    : table.bulkPut([...change.rows]);
}
