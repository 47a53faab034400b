// Customers' cards by the shop's order: the newest state of each card and its authorised persons.
// A change whose author had not seen another till's change does not undo it.
import type { Credit, SealedPerson } from '$lib/contract/acts/customer';
import type { KnownEntry } from '$lib/contract/journal';
import type { Card, PersonalRecord } from '$lib/contract/journal-upload';
import type { RemoteCardRow } from '$lib/contract/shop-copy';
import { rulesIn, rulesOf } from './acts';
import { rightForCredit } from './acts/customers/customer-saved';

/** One card as an entry of the shop's order made or changed it. */
export type CardEdit = {
  readonly customer: string;
  readonly recordHash: string;
  readonly credit: Credit;
  /** The entry's till; its place in the order; the last place that its author had seen; when it was made, and received, ms. */
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
  const { till, at, body } = entry;
  const { cards, person, imports } = rulesIn(entry);
  if (person !== undefined) return [];
  const isAdded = imports === true;
  return (cards?.(body) ?? []).map(({ customer, recordHash, credit }) => {
    return { customer, recordHash, credit, ...of, till, at, isAdded };
  });
}

/** Whether an act is about an authorised person: it changes nothing else on the card. */
export const isOfPerson = (act: string): boolean => rulesOf(act)?.person !== undefined;

/** How an entry of the order changes one authorised person. */
export type PersonEdit = Pick<
  CardEdit,
  'customer' | 'recordHash' | 'till' | 'order' | 'at' | 'isOwn'
> & {
  readonly person: string;
  /** Hash of the record of a person who is added; null: they are removed. */
  readonly personRecordHash: string | null;
  /** Whether the relay gave the entry its effect. */
  readonly counts: boolean;
};

/** How an entry changes an authorised person; null: it names none. */
export function personEditOf(
  entry: KnownEntry,
  of: Pick<PersonEdit, 'order' | 'isOwn' | 'counts'>,
): PersonEdit | null {
  const { till, at, body } = entry;
  const { cards, person: named } = rulesIn(entry);
  const [card] = cards?.(body) ?? [];
  if (named === undefined || card === undefined) return null;
  const { customer, recordHash } = card;
  const { person, personRecordHash } = named(body);
  return { customer, recordHash, till, at, ...of, person, personRecordHash };
}

/** The cards and authorised persons that an entry names, by the hash of each. */
export function recordsNamedBy(entry: KnownEntry): readonly string[] {
  const { cards, person } = rulesIn(entry);
  if (person !== undefined) return [person(entry.body).personRecordHash ?? []].flat();
  return (cards?.(entry.body) ?? []).map(({ recordHash }) => recordHash);
}

export const isPersonRecord = (record: PersonalRecord): record is SealedPerson =>
  !('cardSalt' in record);

/** In place of the hash of a card that no entry has named. */
const NO_CARD = '0'.repeat(64);

/** A customer whom an entry of the order forgot, or took back with their import. `till`: who wrote the entry. */
export type ForgottenEdit = Pick<CardEdit, 'customer' | 'till' | 'order' | 'at'>;

/** One of two cards that an entry of the order merged. `mergedInto` null: this is the card that stays. */
export type MergedEdit = ForgottenEdit &
  Pick<CardEdit, 'credit'> &
  Pick<RemoteCardRow, 'mergedInto'>;

/** The state before the first edit of a card that no entry has made. */
const noCard = ({ customer, till, at }: Omit<ForgottenEdit, 'order'>): RemoteCardRow => ({
  customer,
  recordHash: NO_CARD,
  till,
  order: 0,
  at,
  ownHash: null,
  card: null,
  phoneSince: null,
  credit: { kind: 'shop-limit' },
  creditTill: till,
  creditOrder: 0,
  isForgotten: false,
  mergedInto: null,
  persons: [],
  gone: [],
  kept: [],
});

/** The card after its customer was forgotten: it holds nothing personal, and no later edit changes it. */
export const afterForgotten = (
  held: RemoteCardRow | undefined,
  edit: ForgottenEdit,
): RemoteCardRow => ({
  ...(held ?? noCard(edit)),
  card: null,
  phoneSince: null,
  isForgotten: true,
  persons: [],
  gone: [],
  kept: [],
});

/** The card after a merge: both cards have the same credit from then on. The card that goes loses its authorised persons. */
export function afterMerged(held: RemoteCardRow | undefined, edit: MergedEdit): RemoteCardRow {
  const { credit, till: creditTill, order: creditOrder } = edit;
  const made = held ?? noCard(edit);
  const gone = [...made.gone, ...made.persons.map(({ person }) => person)];
  return {
    ...made,
    credit,
    creditTill,
    creditOrder,
    mergedInto: edit.mergedInto ?? made.mergedInto,
    ...(edit.mergedInto === null ? {} : { persons: [], gone }),
  };
}

/**
 * The card after a person was added or removed; nothing else on it changes. A removed person is never added again under the same
 * id. `record`: the person's record; null: this device wrote it itself, or it is not available.
 */
export function afterPerson(
  held: RemoteCardRow | undefined,
  edit: PersonEdit,
  record: SealedPerson | null,
): RemoteCardRow {
  const { person, personRecordHash, recordHash, counts } = edit;
  const made = held ?? noCard(edit);
  if (made.isForgotten) return made;
  const state = edit.isOwn ? { ...made, ownHash: recordHash } : made;
  const isOn = state.persons.some((one) => one.person === person);
  if (state.gone.includes(person)) return state;
  if (personRecordHash === null) {
    if (!counts) return { ...state, kept: [...new Set([...state.kept, person])] };
    const persons = state.persons.filter((one) => one.person !== person);
    return { ...state, persons, gone: [...state.gone, person] };
  }
  if (isOn) return state;
  return counts
    ? { ...state, persons: [...state.persons, { person, personRecordHash, record }] }
    : { ...state, gone: [...state.gone, person] };
}

/** A till's own changes to the authorised persons of a card: those whom it added, and the ids of those whom it removed. */
export type OwnPersons = {
  readonly persons: readonly SealedPerson[];
  readonly personsRemoved: readonly string[];
};

/** The authorised persons whom a till shows: those of the order, with the till's own changes that are not in the order yet. */
export function shownPersons(
  { persons, gone, kept }: Pick<RemoteCardRow, 'persons' | 'gone' | 'kept'>,
  own: OwnPersons,
): readonly SealedPerson[] {
  const mine = new Map(own.persons.map((one) => [one.id, one]));
  const removed = new Set(own.personsRemoved.filter((id) => !kept.includes(id)));
  const inOrder = new Set([...gone, ...persons.map(({ person }) => person)]);
  return [
    ...persons.flatMap(({ person, record }) =>
      removed.has(person) ? [] : (record ?? mine.get(person) ?? []),
    ),
    ...own.persons.filter(({ id }) => !inOrder.has(id)),
  ];
}

/** The cards that an accepted entry forgets or merges. */
export function joinedOrForgotten(
  entry: KnownEntry,
  order: number,
): readonly (ForgottenEdit | MergedEdit)[] {
  const { till, at, body } = entry;
  const ended = rulesIn(entry).endsCards?.(body) ?? [];
  return ended.map(({ customer, merge }) => ({ customer, till, order, at, ...merge }));
}

/**
 * The card after an edit. `card`: the sealed record of the edit; null: this device wrote it itself, or it is not available.
 * `deviceOf`: the newest till id of the device that once had a till id.
 */
export function afterEdit(
  held: RemoteCardRow | undefined,
  edit: CardEdit,
  card: Card | null,
  deviceOf: (till: string) => string,
): RemoteCardRow {
  const { customer, recordHash, credit, till, order, seen, at, isOwn } = edit;
  if (held?.isForgotten === true) return held;
  const isFirst = held === undefined || held.recordHash === NO_CARD;
  const before = held?.card?.phone ?? null;
  const phone = card?.phone ?? null;
  const since = phone === null || edit.isAdded ? null : edit.receivedAt;
  const phoneSince =
    held !== undefined && phone !== null && phone === before ? held.phoneSince : since;
  const fresh = { recordHash, till, order, at, card, phoneSince };
  if (isFirst) {
    const made = held ?? noCard(edit);
    const ownHash = isOwn ? recordHash : made.ownHash;
    // a merge has set the credit already
    if (made.creditOrder > 0) return { ...made, ...fresh, ownHash };
    // a new card with the shop's limit or no credit does not count as a change of credit, as at the relay
    const isChange = !edit.isAdded && rightForCredit(null, credit) !== null;
    const creditOrder = isChange ? order : 0;
    return { ...made, customer, ...fresh, credit, creditTill: till, creditOrder, ownHash };
  }
  const ownHash = isOwn ? recordHash : held.ownHash;
  if (edit.isAdded) return { ...held, ownHash };
  // An entry that is judged again arrives after later changes of its own device: those stay.
  const isStale = (changed: number, by: string): boolean =>
    changed > (deviceOf(by) === deviceOf(till) ? order : seen);
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
