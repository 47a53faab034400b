// Customers' cards as this till shows them:
// its own, or those that other tills made or changed last.
import type { Card } from '$lib/contract/journal-upload';
import type { RemoteCardRow } from '$lib/contract/shop-copy';
import type { Phone } from '$lib/domain/values/phone';
import { isSameCredit, shownPersons, type OwnPersons } from '$lib/domain/shop-cards';
import { sealCard } from '$lib/proof/record';
import { keysOf } from '$lib/storage/schema/customer-keys';
import { transact, type TillDb } from '$lib/storage/database/db';
import { customerRow, recorded, type CustomerRow } from '$lib/storage/schema/records';
import type { Table } from 'dexie';
import { isErased, isForgotten } from './forgotten-customers';
import { packedCardsIn, packTables } from './packed-cards';

export const NO_PERSONS: OwnPersons = { persons: [], personsRemoved: [] };

/**
 * The card to show instead of this till's own card; null: show the own card. An own change that is not in the order yet is
 * newer than everything in the order.
 */
export async function shownCard(
  own: CustomerRow | undefined,
  state: RemoteCardRow,
): Promise<CustomerRow | null> {
  if (state.isForgotten) return null;
  const other = await otherCard(own, state);
  const row = other ?? own;
  if (row === undefined) return null;
  const persons = [...shownPersons(state, ownPersonsOf(own))];
  const isOwn = other === null && isSame(persons, own?.persons);
  return isOwn ? null : recorded(customerRow, { ...row, persons, personsRemoved: [] });
}

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** The order's card if it is newer than the own card; null: the own card is newer, or the order has none. */
async function otherCard(
  own: CustomerRow | undefined,
  state: RemoteCardRow,
): Promise<CustomerRow | null> {
  const ownHash = own === undefined ? null : await sealCard(own).catch(() => null);
  if (own !== undefined && ownHash !== state.ownHash) return null;
  const { card, credit, phoneSince: since } = state;
  if (card === null || state.recordHash === ownHash) {
    return own === undefined || isSameCredit(own.credit, credit) ? null : { ...own, credit };
  }
  const { phone } = card;
  const isSameNumber = own !== undefined && own.phone === phone;
  const phoneSince = phone !== null && isSameNumber ? laterOf(own.phoneSince, since) : since;
  return asShown(state, card, phoneSince);
}

function asShown(
  { customer: id, credit, at }: RemoteCardRow,
  card: Card,
  phoneSince: number | null,
): CustomerRow {
  const phone = card.phone as Phone | null;
  const fields = { ...card, id, phone, phoneSince, credit, savedAt: at };
  return { ...fields, ...NO_PERSONS, ...keysOf(card.name, phone) };
}

/** The authorised persons on the own card; none if there is no own card. */
export const ownPersonsOf = (own: CustomerRow | undefined): OwnPersons =>
  own === undefined ? NO_PERSONS : { persons: own.persons, personsRemoved: own.personsRemoved };

/** Decides again whether the own card or the order's card of a customer is shown. The caller holds the writer's lock. */
export async function showRenewed(db: TillDb, customer: string): Promise<void> {
  const [own, state] = await Promise.all([
    db.customers.get(customer),
    db.remoteCards.get(customer),
  ]);
  const row = state === undefined ? null : await shownCard(own, state);
  await transact<unknown>(db, [db.remoteCustomers], () =>
    row === null ? db.remoteCustomers.delete(customer) : db.remoteCustomers.put(row),
  );
}

/** The later of two times since which a card has its number, which is the stricter one; null: the card was imported. */
const laterOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);

/** The cards of these customers as known over all tills, in that order; undefined: none, or forgotten. Awaits Dexie only. */
export async function customersIn(
  db: TillDb,
  ids: readonly string[],
): Promise<(CustomerRow | undefined)[]> {
  const { cards, forgotten } = await readCards(db, ids);
  return cards.map((card, place) => (isForgotten(forgotten[place]) ? undefined : card));
}

/** The same, with cards that are hidden because they will be erased. Awaits Dexie only. */
export async function heldCardsIn(
  db: TillDb,
  ids: readonly string[],
): Promise<(CustomerRow | undefined)[]> {
  return (await readCards(db, ids)).cards;
}

async function readCards(db: TillDb, ids: readonly string[]) {
  const [remote, own, forgotten] = await Promise.all([
    db.remoteCustomers.bulkGet([...ids]),
    db.customers.bulkGet([...ids]),
    db.forgotten.bulkGet([...ids]),
  ]);
  const held = ids.map((_, place) => remote[place] ?? own[place]);
  const packed = await packedCardsIn(
    db,
    ids.filter((_, place) => held[place] === undefined && !isErased(forgotten[place])),
  );
  const cards = ids.map((id, place) => {
    if (isErased(forgotten[place])) return undefined;
    const state = packed.get(id);
    return held[place] ?? (state?.card ? asShown(state, state.card, state.phoneSince) : undefined);
  });
  return { cards, forgotten };
}

/** The tables that decide which card of a customer is shown. */
export const customerTables = (db: TillDb): Table[] => [
  ...[db.customers, db.remoteCustomers, db.forgotten, db.remoteCards],
  ...packTables(db),
];
