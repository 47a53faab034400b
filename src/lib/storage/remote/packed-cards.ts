// Customers' cards from a snapshot, packed many to a row.
// With one row and ten index keys for each card, a new till would be busy for half a minute.
// A later change writes a row of its own, which replaces the packed card; packs change only by erasing.
import type { RemoteCardRow } from '$lib/contract/shop-copy';
import { readTogether, transact, type TillDb } from '$lib/storage/database/db';
import {
  cardLinesOf,
  foundInLines,
  idsIn,
  idsWithNumber,
  withoutLines,
  type Found,
  type Named,
} from '$lib/storage/schema/card-lines';
import type { CustomerQuery } from '$lib/storage/schema/customer-keys';
import type { CardLinesRow, CardPackRow } from '$lib/storage/schema/remote-record';
import { Dexie, type Table } from 'dexie';
import { packsWith } from './packs';

/** Cards in one row; all of them are read to show one. */
const PACK_CARDS = 50;

/** The tables of packed cards. */
export const packTables = (db: TillDb): Table[] => [db.remoteCardPacks, db.remoteCardLines];

/** A card that can be packed, because it is shown unchanged. */
type Shown = RemoteCardRow & { readonly card: NonNullable<RemoteCardRow['card']> };

/** Whether a card may be packed: it is neither forgotten nor merged, and has no authorised persons. */
export const isPackable = (row: RemoteCardRow): row is Shown =>
  row.card !== null && !row.isForgotten && row.mergedInto === null && row.persons.length === 0;

/** The packs that hold these cards. `cards` must be sorted by customer. */
export function packsOf(cards: readonly Shown[]): CardPackRow[] {
  const packs: CardPackRow[] = [];
  for (let from = 0; from < cards.length; from += PACK_CARDS) {
    const some = cards.slice(from, from + PACK_CARDS);
    packs.push({ first: some[0]?.customer ?? '', cards: some });
  }
  return packs;
}

/** The rows by which these cards are found. `first`: the first customer of the cards that are searched together. */
export function linesOf(first: string, cards: readonly Shown[]): CardLinesRow[] {
  const named = cards.map(({ customer: id, card: { name, phone } }) => ({ id, name, phone }));
  const byDigits = new Map<string, Named[]>();
  for (const { id, phone } of named) {
    if (phone === null) continue;
    const some = byDigits.get(digitsOf(phone)) ?? [];
    some.push({ id, name: '', phone });
    byDigits.set(digitsOf(phone), some);
  }
  return [
    { part: WORDS, first, ...cardLinesOf(named) },
    ...[...byDigits].map(([part, some]) => ({ part, first, ...cardLinesOf(some) })),
  ];
}

/** The part of `remoteCardLines` with all words and numbers. The other parts have numbers by their last two digits. */
const WORDS = 'words';
const digitsOf = (phone: string): string => phone.slice(-2);

const partOf = (db: TillDb, part: string) =>
  db.remoteCardLines.where('[part+first]').between([part, Dexie.minKey], [part, Dexie.maxKey]);

/** The packed cards of these customers that have not changed since. Awaits Dexie only. */
export async function packedCardsIn(
  db: TillDb,
  customers: readonly string[],
): Promise<ReadonlyMap<string, RemoteCardRow>> {
  const wanted = new Set(customers);
  const packs = await packsWith(db.remoteCardPacks, [...wanted]);
  const found = new Map<string, RemoteCardRow>();
  for (const { cards } of packs)
    for (const row of cards) if (wanted.has(row.customer)) found.set(row.customer, row);
  if (found.size === 0) return found;
  for (const row of await db.remoteCards.bulkGet([...found.keys()]))
    if (row !== undefined) found.delete(row.customer);
  return found;
}

/** Cards as the order has them, in the sequence of these customers; undefined: none. Awaits Dexie only. */
export async function cardStatesIn(
  db: TillDb,
  customers: readonly string[],
): Promise<(RemoteCardRow | undefined)[]> {
  const rows = await db.remoteCards.bulkGet([...customers]);
  const packed = await packedCardsIn(
    db,
    customers.filter((_, place) => rows[place] === undefined),
  );
  return customers.map((customer, place) => rows[place] ?? packed.get(customer));
}

/** The first packed customers found by typed text; some may have been changed since. */
export async function findPacked(
  db: TillDb,
  query: CustomerQuery,
  limit: number,
): Promise<string[]> {
  const found: Found[] = [];
  for (const lines of await partOf(db, WORDS).toArray())
    found.push(...foundInLines(lines, query, limit));
  return found
    .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
    .slice(0, limit)
    .map(({ id }) => id);
}

/** Packed customers with one of these numbers; some may have been changed since. Awaits Dexie only. */
export async function packedWithNumber(db: TillDb, phones: readonly string[]): Promise<string[]> {
  const ids = await Promise.all(
    phones.map(async (phone) => {
      const rows = await partOf(db, digitsOf(phone)).toArray();
      return rows.flatMap((row) => idsWithNumber(row, phone));
    }),
  );
  return ids.flat();
}

/** The ids of all packed customers, including those whose card has changed since. */
export async function packedCustomers(db: TillDb): Promise<string[]> {
  return (await partOf(db, WORDS).toArray()).flatMap(idsIn);
}

/** Whether any packed customer has an id that does not begin with this text. */
export async function hasPackedBeside(db: TillDb, beginning: string): Promise<boolean> {
  const packs = db.remoteCardPacks.orderBy('first');
  // ids are sorted, so any other id is at one of the two ends
  const ends = await Promise.all([packs.first(), packs.last()]);
  const cards = ends.flatMap((pack) => pack?.cards ?? []);
  return cards.some(({ customer }) => !customer.startsWith(beginning));
}

/**
 * Cards from `first` to before `end`, which are searched together. `expected`, `held`: the index rows they should have, and
 * have.
 */
export type PackedBlock = Place & {
  readonly cards: readonly RemoteCardRow[];
  readonly expected: readonly CardLinesRow[];
  readonly held: readonly (CardLinesRow | undefined)[];
};
type Place = { readonly first: string; readonly end: string };

/** All blocks, each read in one transaction. */
export async function* packedBlocks(db: TillDb): AsyncGenerator<PackedBlock> {
  const [words, pack] = await Promise.all([
    partOf(db, WORDS).primaryKeys(),
    db.remoteCardPacks.orderBy('first').first(),
  ]);
  const firsts = words.map(([, first]) => first);
  // the first pack has lost its lines
  if (pack !== undefined && pack.first < (firsts[0] ?? '\uffff')) firsts.unshift(pack.first);
  for (const [place, first] of firsts.entries()) {
    const at = { first, end: firsts[place + 1] ?? '\uffff' };
    yield await readTogether(db, packTables(db), () => blockIn(db, at));
  }
}

/** Awaits Dexie only. */
async function blockIn(db: TillDb, { first, end }: Place): Promise<PackedBlock> {
  const packs = await db.remoteCardPacks.where('first').between(first, end).toArray();
  const cards = packs.flatMap((pack) => pack.cards);
  const expected = linesOf(first, cards.filter(isPackable));
  const held = await db.remoteCardLines.bulkGet(expected.map(({ part }) => [part, first]));
  return { first, end, cards, expected, held };
}

/** Writes the lines of these cards again, from the cards as they are now. Throws StorageError. */
export const renewLines = (db: TillDb, place: Place): Promise<unknown> =>
  transact(db, packTables(db), async () =>
    db.remoteCardLines.bulkPut((await blockIn(db, place)).expected),
  );

/** Erases the packed cards of these customers. Inside a transaction over `packTables`; awaits Dexie only. */
export async function eraseFromPacks(db: TillDb, customers: ReadonlySet<string>): Promise<void> {
  const packs = await packsWith(db.remoteCardPacks, [...customers]);
  const gone = packs.flatMap(({ cards }) => cards.filter((row) => customers.has(row.customer)));
  if (gone.length === 0) return;
  const phones = gone.flatMap(({ card }) => card?.phone ?? []);
  const parts = new Set([WORDS, ...phones.map(digitsOf)]);
  const lines = await Promise.all([...parts].map((part) => partOf(db, part).toArray()));
  const ids = new Set(gone.map(({ customer }) => customer));
  await Promise.all([
    db.remoteCardPacks.bulkPut(
      packs.map(({ first, cards }) => ({
        first,
        cards: cards.filter(({ customer }) => !ids.has(customer)),
      })),
    ),
    db.remoteCardLines.bulkPut(
      lines
        .flat()
        .map((row) => ({ row, left: withoutLines(row, ids) }))
        .flatMap(({ row, left }) => (left.ids === row.ids ? [] : [{ ...row, ...left }])),
    ),
  ]);
}
