// An authorised person added to a customer's card: decides whether the customer consents.
// Its rows are only its id and the used code.
import { againstRules, type AgainRules } from '$lib/domain/decide-again';
import { NO_READS } from '$lib/domain/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import { isGrantFor } from '$lib/domain/consent/consent';
import { isOwnNumber, MOST_PERSONS, type Customer } from '$lib/domain/customers/customer';
import { refusedRight, type Decided, type Deciding, type NoRight } from '$lib/domain/policy/rights';
import type { ProjectedChange } from '$lib/domain/rows';

export type PersonInput = Deciding & {
  readonly customer: Pick<Customer, 'id' | 'phone' | 'persons' | 'credit'>;
  /** The id is made before the first attempt, because the code is requested for it. */
  readonly person: AuthorisedPerson;
  /** The card is shown under another one, or does not exist any more. */
  readonly isGone: boolean;
};

export type PersonAddedInput = PersonInput & {
  readonly till: string;
  /** ms, corrected by the relay's clock. */
  readonly at: number;
  /** The code that the customer gave at their main number; null: none yet. */
  readonly code: { readonly jws: string; readonly grant: VerifiedGrant } | null;
  /** Hash, computed again, of what the code was requested for; null: the customer has no number. */
  readonly dealHash: string | null;
  /** Challenges whose grants another act has used. */
  readonly grantsUsed: ReadonlySet<string>;
  /** Salted hashes of the card, which does not change, and of the person. */
  readonly recordHash: string;
  readonly personRecordHash: string;
};

/** Why a person may not be added, even with the customer's consent. `known-number`: the card has the number already. */
export type NoPerson =
  | NoRight
  | { readonly kind: 'card-gone' | 'no-number' | 'own-number' | 'known-number' | 'too-many' };

export type PersonRefusal =
  NoPerson | { readonly kind: 'code-missing' | 'code-not-for-this' | 'code-expired' | 'code-used' };

/** Why a person may not be added, checked before the customer is asked for a code; null: they may. */
export function refusedPerson(input: PersonInput): NoPerson | null {
  const { customer, person, isGone } = input;
  const { phone, persons } = customer;
  const noRight = refusedRight(personAddedRules, input);
  if (noRight !== null) return noRight;
  if (isGone) return { kind: 'card-gone' };
  if (phone === null) return { kind: 'no-number' };
  if (isOwnNumber(input, { phone, persons: [...persons, person] })) return { kind: 'own-number' };
  if ([phone, ...persons.map((one) => one.phone)].some((number) => number === person.phone))
    return { kind: 'known-number' };
  return persons.length >= MOST_PERSONS ? { kind: 'too-many' } : null;
}

/** The customer consents with a code sent to their main number; no right replaces the code. */
export function decidePersonAdded(
  input: PersonAddedInput,
): Decided<BodyOf<'authorised-person-added'>, PersonRefusal> {
  const { customer, person, recordHash, personRecordHash, code, dealHash, at, grantsUsed } = input;
  const refused = (because: PersonRefusal) => ({ kind: 'refused', because }) as const;
  const against = refusedPerson(input);
  if (against !== null) return refused(against);
  if (code === null) return refused({ kind: 'code-missing' });
  const { jws, grant } = code;
  const asked = { asks: 'authorise-person', receipt: person.id, deal: dealHash } as const;
  // an authorised person cannot consent to another one
  if (!isGrantFor(input, grant, asked) || grant.amount !== null || grant.person !== null)
    return refused({ kind: 'code-not-for-this' });
  if (at >= grant.exp) return refused({ kind: 'code-expired' });
  const { challenge } = grant;
  if (grantsUsed.has(challenge)) return refused({ kind: 'code-used' });
  const { id, credit } = customer;
  return {
    kind: 'decided',
    body: {
      customer: id,
      credit,
      recordHash,
      person: person.id,
      personRecordHash,
      challenge,
      grant: jws,
    },
  };
}

/** The person is put on the card by the shop's order (`shop-cards.ts`). */
const projectPersonAdded = ({
  till,
  seq,
  hash,
  body: { person: id, challenge },
}: EntryOf<'authorised-person-added'>): ProjectedChange[] => [
  { table: 'actIds', op: 'add', rows: [{ id, till, seq, hash }] },
  { table: 'grantsUsed', op: 'add', rows: [{ challenge, sale: id }] },
];

export const personAddedRules = {
  rights: ['manage-customers'],
  reads: () => NO_READS,
  project: projectPersonAdded,
  cards: (body) => [body],
  person: (body) => body,
} as const satisfies ActRules<'authorised-person-added'>;

export const personAddedAgain = {
  asks: ({ customer }) => ({ serves: [customer] }),
  again: ({ body }, { adding, datedAt: at, ...by }) => {
    if (adding === null) return null;
    const { person, customer } = adding;
    // the customer was never asked about such a person
    if (person === null || customer.phone === null) return againstRules('code-not-for-this');
    const { recordHash, personRecordHash } = body;
    return decidePersonAdded({ ...by, ...adding, at, person, recordHash, personRecordHash });
  },
} as const satisfies AgainRules<'authorised-person-added'>;
