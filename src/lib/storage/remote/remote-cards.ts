// Customers' cards by the shop's order: the newest one of each, whichever till made it.
// A change that was made without knowing another till's does not undo it.
import type { Credit, KnownEntry } from '$lib/contract/journal';
import type { Card } from '$lib/contract/journal-upload';
import type { Phone } from '$lib/domain/phone';
import { sealCard } from '$lib/proof/record';
import { rightForCredit } from '$lib/domain/acts/customer-saved';
import { keysOf } from '$lib/storage/schema/customer-keys';
import type { TillDb } from '$lib/storage/database/db';
import { customerRow, recorded, type CustomerRow } from '$lib/storage/schema/records';
import type { RemoteCardRow } from '$lib/storage/schema/remote-record';

/** One card as an entry of the order made or changed it. */
export type CardEdit = {
  readonly customer: string;
  readonly recordHash: string;
  readonly credit: Credit;
  /** Who wrote the entry, where it stands, up to where its author had seen the order, when it was made and received, ms. */
  readonly till: string;
  readonly order: number;
  readonly seen: number;
  readonly at: number;
  readonly receivedAt: number;
  /** An import adds cards and changes none. */
  readonly isAdded: boolean;
  /** Whether this device wrote it. */
  readonly isOwn: boolean;
};

/** The cards that an entry makes or changes. */
export function editsOf(
  entry: KnownEntry,
  of: Pick<CardEdit, 'order' | 'receivedAt' | 'seen' | 'isOwn'>,
): readonly CardEdit[] {
  const { till, at } = entry;
  const made = { ...of, till, at };
  switch (entry.act) {
    case 'customer-saved':
      return [{ ...entry.body, ...made, isAdded: false }];
    case 'customers-imported':
      return entry.body.customers.map((card) => ({ ...card, ...made, isAdded: true }));
    default:
      return [];
  }
}

/** The cards that an entry names, by the hash of each. */
export function cardsNamedBy(entry: KnownEntry): readonly string[] {
  const of = { order: 0, receivedAt: 0, seen: 0, isOwn: false };
  return editsOf(entry, of).map(({ recordHash }) => recordHash);
}

/**
 * The card after an edit. `card`: what the edit's seal covers; null: it is this device's own, or not to be had. `deviceOf`: the
 * last id of the device that had a till id.
 */
export function afterEdit(
  held: RemoteCardRow | undefined,
  edit: CardEdit,
  card: Card | null,
  deviceOf: (till: string) => string,
): RemoteCardRow {
  const { customer, recordHash, credit, till, order, seen, at, isOwn } = edit;
  const before = held?.card?.phone ?? null;
  const phone = card?.phone ?? null;
  const since = phone === null || edit.isAdded ? null : edit.receivedAt;
  const phoneSince =
    held !== undefined && phone !== null && phone === before ? held.phoneSince : since;
  const fresh = { recordHash, till, order, at, card, phoneSince };
  if (held === undefined) {
    const ownHash = isOwn ? recordHash : null;
    // a new card with the shop's limit or none changes no credit, as at the relay
    const isChange = !edit.isAdded && rightForCredit(null, credit) !== null;
    const creditOrder = isChange ? order : 0;
    return { customer, ...fresh, credit, creditTill: till, creditOrder, ownHash };
  }
  const ownHash = isOwn ? recordHash : held.ownHash;
  if (edit.isAdded) return { ...held, ownHash };
  const isStale = (changed: number, by: string): boolean =>
    changed > seen && deviceOf(by) !== deviceOf(till);
  const isCreditChanged =
    !isStale(held.creditOrder, held.creditTill) && !isSameCredit(held.credit, credit);
  return {
    ...held,
    ...(isStale(held.order, held.till) ? {} : fresh),
    ...(isCreditChanged ? { credit, creditTill: till, creditOrder: order } : {}),
    ownHash,
  };
}

const isSameCredit = (a: Credit, b: Credit): boolean => rightForCredit(a, b) === null;

/**
 * What is shown in place of the own card; null: the own card. An own change that the order does not have yet is newer than
 * everything in it.
 */
export async function shownCard(
  own: CustomerRow | undefined,
  state: RemoteCardRow,
): Promise<CustomerRow | null> {
  const ownHash = own === undefined ? null : await sealCard(own).catch(() => null);
  if (own !== undefined && ownHash !== state.ownHash) return null;
  const { customer: id, card, credit, at, phoneSince: since } = state;
  if (card === null || state.recordHash === ownHash) {
    return own === undefined || isSameCredit(own.credit, credit) ? null : { ...own, credit };
  }
  const { name, salt, cardSalt } = card;
  const phone = card.phone as Phone | null;
  const isSameNumber = own !== undefined && own.phone === phone;
  const phoneSince = phone !== null && isSameNumber ? laterOf(own.phoneSince, since) : since;
  const fields = { id, name, phone, phoneSince, credit, cardSalt, salt, savedAt: at };
  return recorded(customerRow, { ...fields, ...keysOf(name, phone) });
}

/** Of two times since when a number is on a card, the stricter one; null: an import's. */
const laterOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);

/** The cards of these customers as all tills know them, in their order. Awaits Dexie only. */
export async function customersIn(
  db: TillDb,
  ids: readonly string[],
): Promise<(CustomerRow | undefined)[]> {
  const [remote, own] = await Promise.all([
    db.remoteCustomers.bulkGet([...ids]),
    db.customers.bulkGet([...ids]),
  ]);
  return ids.map((_, place) => remote[place] ?? own[place]);
}
