// Customers' cards by the shop's order: the newest of each, and each authorised person by themselves.
// A change that was made without knowing another till's does not undo it.
import type { Credit, SealedPerson } from '$lib/contract/acts/customer';
import type { KnownEntry } from '$lib/contract/journal';
import type { Card, PersonalRecord } from '$lib/contract/journal-upload';
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
    case 'customer-saved': {
      const { customer, recordHash, credit } = entry.body;
      return [{ customer, recordHash, credit, ...made, isAdded: false }];
    }
    case 'customers-imported':
      return entry.body.customers.map((card) => ({ ...card, ...made, isAdded: true }));
    default:
      return [];
  }
}

/** Acts about authorised persons: of the card itself they change nothing. */
export const PERSON_ACTS: ReadonlySet<string> = new Set([
  ...['authorised-person-added', 'authorised-person-removed'],
]);

/** What an entry of the order says of one authorised person. */
export type PersonEdit = Pick<
  CardEdit,
  'customer' | 'recordHash' | 'till' | 'order' | 'at' | 'isOwn'
> & {
  readonly person: string;
  /** Hash of the record of a person who is added; null: they are removed. */
  readonly personRecordHash: string | null;
  /** Whether the relay has given it its effect. */
  readonly counts: boolean;
};

/** What an entry does to an authorised person; null: it names none. */
export function personEditOf(
  entry: KnownEntry,
  of: Pick<PersonEdit, 'order' | 'isOwn' | 'counts'>,
): PersonEdit | null {
  const { till, at } = entry;
  switch (entry.act) {
    case 'authorised-person-added': {
      const { customer, recordHash, person, personRecordHash } = entry.body;
      return { customer, recordHash, till, at, ...of, person, personRecordHash };
    }
    case 'authorised-person-removed': {
      const { customer, recordHash, person } = entry.body;
      return { customer, recordHash, till, at, ...of, person, personRecordHash: null };
    }
    default:
      return null;
  }
}

/** The cards and authorised persons that an entry names, by the hash of each. */
export function recordsNamedBy(entry: KnownEntry): readonly string[] {
  const of = { order: 0, receivedAt: 0, seen: 0, isOwn: false };
  const added = personEditOf(entry, { ...of, counts: true })?.personRecordHash ?? null;
  const cards = editsOf(entry, of).map(({ recordHash }) => recordHash);
  return added === null ? cards : [...cards, added];
}

export const isPersonRecord = (record: PersonalRecord): record is SealedPerson =>
  !('cardSalt' in record);

/** In place of the hash of a card that no entry has named. */
const NO_CARD = '0'.repeat(64);

/** A customer who was forgotten, or taken back with their import, by an entry of the order, which `till` wrote. */
export type ForgottenEdit = Pick<CardEdit, 'customer' | 'till' | 'order' | 'at'>;

/** One of two cards that an entry of the order merged. `mergedInto` null: the other one is shown under it. */
export type MergedEdit = ForgottenEdit &
  Pick<CardEdit, 'credit'> &
  Pick<RemoteCardRow, 'mergedInto'>;

/** A card that no entry has made, before an edit. */
const noCard = ({ customer, till, at }: Omit<ForgottenEdit, 'order'>): RemoteCardRow => ({
  ...{ customer, recordHash: NO_CARD, till, order: 0, at, ownHash: null },
  ...{ card: null, phoneSince: null },
  ...{ credit: { kind: 'shop-limit' }, creditTill: till, creditOrder: 0 },
  ...{ isForgotten: false, mergedInto: null, persons: [], gone: [], kept: [] },
});

/** What is left of a card once its customer is forgotten: nothing personal, and no later edit changes it. */
export const afterForgotten = (
  held: RemoteCardRow | undefined,
  edit: ForgottenEdit,
): RemoteCardRow => ({
  ...(held ?? noCard(edit)),
  ...{ card: null, phoneSince: null, isForgotten: true },
  ...{ persons: [], gone: [], kept: [] },
});

/** A card that was merged with another: both have one credit from then on. The one that goes loses its authorised persons. */
export function afterMerged(held: RemoteCardRow | undefined, edit: MergedEdit): RemoteCardRow {
  const { credit, till: creditTill, order: creditOrder } = edit;
  const made = held ?? noCard(edit);
  const gone = [...made.gone, ...made.persons.map(({ person }) => person)];
  return {
    ...{ ...made, credit, creditTill, creditOrder },
    mergedInto: edit.mergedInto ?? made.mergedInto,
    ...(edit.mergedInto === null ? {} : { persons: [], gone }),
  };
}

/**
 * The card after a person was added or removed, which changes nothing else on it. Who was removed never comes back under the same
 * id. `record`: theirs; null: it is this device's own, or not to be had.
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

/** The part that a till has of the authorised persons on a card: those whom it added, and the ids of those whom it removed. */
export type OwnPersons = {
  readonly persons: readonly SealedPerson[];
  readonly personsRemoved: readonly string[];
};

/** The authorised persons whom a till shows: those of the order, and what it changed itself since. */
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
    // a merge has set it already
    if (made.creditOrder > 0) return { ...made, ...fresh, ownHash };
    // a new card with the shop's limit or none changes no credit, as at the relay
    const isChange = !edit.isAdded && rightForCredit(null, credit) !== null;
    const creditOrder = isChange ? order : 0;
    return { ...made, customer, ...fresh, credit, creditTill: till, creditOrder, ownHash };
  }
  const ownHash = isOwn ? recordHash : held.ownHash;
  if (edit.isAdded) return { ...held, ownHash };
  // an entry that is judged again comes after what its device has changed since
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
