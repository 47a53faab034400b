// Customers' cards by the shop's order: the newest one of each, whichever till made it.
// A change that was made without knowing another till's does not undo it.
import type { Credit } from '$lib/contract/acts/customer';
import type { KnownEntry } from '$lib/contract/journal';
import type { Card } from '$lib/contract/journal-upload';
import type { RemoteCardRow } from '$lib/contract/shop-copy';
import { rightForCredit } from './acts/customer-saved';

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
    case 'authorised-person-added':
    case 'authorised-person-removed': {
      const { customer, recordHash, credit } = entry.body;
      return [{ customer, recordHash, credit, ...made, isAdded: false }];
    }
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

/** In place of the hash of a card that no entry has named. */
const NO_CARD = '0'.repeat(64);

/** A customer who was forgotten, or taken back with their import, by an entry of the order, which `till` wrote. */
export type ForgottenEdit = Pick<CardEdit, 'customer' | 'till' | 'order' | 'at'>;

/** One of two cards that an entry of the order merged. `mergedInto` null: the other one is shown under it. */
export type MergedEdit = ForgottenEdit &
  Pick<CardEdit, 'credit'> &
  Pick<RemoteCardRow, 'mergedInto'>;

/** A card that no entry has made, before an edit. */
const noCard = ({ customer, till, order, at }: ForgottenEdit): RemoteCardRow => ({
  ...{
    customer,
    recordHash: NO_CARD,
    till,
    order,
    at,
    ownHash: null,
    card: null,
    phoneSince: null,
  },
  ...{ credit: { kind: 'shop-limit' }, creditTill: till, creditOrder: 0 },
  ...{ isForgotten: false, mergedInto: null },
});

/** What is left of a card once its customer is forgotten: nothing personal, and no later edit changes it. */
export const afterForgotten = (
  held: RemoteCardRow | undefined,
  edit: ForgottenEdit,
): RemoteCardRow => ({
  ...(held ?? noCard(edit)),
  ...{ card: null, phoneSince: null, isForgotten: true },
});

/** A card that was merged with another: both have one credit from then on. */
export function afterMerged(held: RemoteCardRow | undefined, edit: MergedEdit): RemoteCardRow {
  const { credit, till: creditTill, order: creditOrder } = edit;
  const made = held ?? noCard(edit);
  return {
    ...{ ...made, credit, creditTill, creditOrder },
    mergedInto: edit.mergedInto ?? made.mergedInto,
  };
}

/** What an accepted entry does to cards besides changing them: it forgets or merges them. */
export function joinedOrForgotten(
  entry: KnownEntry,
  order: number,
): readonly (ForgottenEdit | MergedEdit)[] {
  const { till, at } = entry;
  switch (entry.act) {
    case 'customer-forgotten': {
      const { customer, merged } = entry.body;
      return [customer, ...merged].map((each) => ({ customer: each, till, order, at }));
    }
    case 'import-undone':
      return entry.body.customers.map((customer) => ({ customer, till, order, at }));
    case 'customers-merged': {
      const { from, into, credit } = entry.body;
      const made = { till, order, at, credit };
      return [
        { ...made, customer: from.customer, mergedInto: into.customer },
        { ...made, customer: into.customer, mergedInto: null },
      ];
    }
    default:
      return [];
  }
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
  if (held?.isForgotten === true) return held;
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
    const gone = { isForgotten: false, mergedInto: null };
    return { customer, ...fresh, credit, creditTill: till, creditOrder, ownHash, ...gone };
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

export const isSameCredit = (a: Credit, b: Credit): boolean => rightForCredit(a, b) === null;
