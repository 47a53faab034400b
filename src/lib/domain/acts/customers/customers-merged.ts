// Two cards that become one account: decides whether both customers consent.
// Its rows are only its id and the used codes.
import { NO_READS } from '$lib/domain/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { Credit } from '$lib/contract/acts/customer';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { VerifiedGrant } from '$lib/domain/consent/confirmation';
import { isGrantFor } from '$lib/domain/consent/consent';
import { isOwnNumber, stricterCredit, type Customer } from '$lib/domain/customers/customer';
import { refusedRight, type Decided, type Deciding, type NoRight } from '$lib/domain/policy/rights';
import type { ProjectedChange } from '$lib/domain/rows';

/** One of the two cards. */
export type MergingCard = {
  readonly customer: Pick<Customer, 'id' | 'phone' | 'persons' | 'credit'>;
  /** The code that its customer gave; null: none yet. */
  readonly code: { readonly jws: string; readonly grant: VerifiedGrant } | null;
  /** Hash, computed again, of what the code was requested for; null: the customer has no number. */
  readonly dealHash: string | null;
};

export type MergeInput = Deciding & {
  /** Made before the first attempt, because the codes are requested for it. */
  readonly merge: string;
  readonly till: string;
  /** ms, corrected by the relay's clock. */
  readonly at: number;
  readonly from: MergingCard;
  readonly into: MergingCard;
  /** One of them has an open dispute. */
  readonly disputed: boolean;
  /** One of them is shown under another card already, or does not exist any more. */
  readonly isGone: boolean;
  /** Challenges whose grants another act has used. */
  readonly grantsUsed: ReadonlySet<string>;
};

/** Why two cards may not be merged, even with both customers' consent. `customer`: the card without a number. */
export type NoMerge =
  | NoRight
  | { readonly kind: 'same-card' | 'own-number' | 'disputed' | 'card-gone' }
  | { readonly kind: 'no-number'; readonly customer: string };

export type MergeRefusal =
  | NoMerge
  | {
      readonly kind: 'code-missing' | 'code-not-for-this' | 'code-expired' | 'code-used';
      readonly customer: string;
    };

/** Why two cards may not be merged, checked before anybody is asked for a code; null: they may. */
export function refusedMerge(
  input: Deciding &
    Pick<MergeInput, 'disputed' | 'isGone'> & {
      readonly from: Pick<MergingCard, 'customer'>;
      readonly into: Pick<MergingCard, 'customer'>;
    },
): NoMerge | null {
  const noRight = refusedRight(mergeRules, input);
  if (noRight !== null) return noRight;
  const cards = [input.from.customer, input.into.customer];
  if (input.from.customer.id === input.into.customer.id) return { kind: 'same-card' };
  if (input.isGone) return { kind: 'card-gone' };
  if (cards.some((card) => isOwnNumber(input, card))) return { kind: 'own-number' };
  if (input.disputed) return { kind: 'disputed' };
  const silent = cards.find(({ phone }) => phone === null);
  return silent === undefined ? null : { kind: 'no-number', customer: silent.id };
}

/** Both customers consent by code; no right replaces a code. */
export function decideMerge(input: MergeInput): Decided<BodyOf<'customers-merged'>, MergeRefusal> {
  const { policy, merge, from, into } = input;
  const against = refusedMerge(input);
  if (against !== null) return { kind: 'refused', because: against };
  for (const card of [from, into]) {
    const kind = wrongCode(input, card);
    if (kind !== null) return { kind: 'refused', because: { kind, customer: card.customer.id } };
  }
  const consent = ({ customer, code }: MergingCard) => ({
    customer: customer.id,
    challenge: code?.grant.challenge ?? '',
    grant: code?.jws ?? '',
  });
  const credit: Credit = stricterCredit(
    into.customer.credit,
    from.customer.credit,
    policy.credit.debtLimit,
  );
  return {
    kind: 'decided',
    body: { merge, from: consent(from), into: consent(into), credit },
  };
}

function wrongCode(
  { merge, grantsUsed, ...input }: MergeInput,
  { customer, code, dealHash }: MergingCard,
): 'code-missing' | 'code-not-for-this' | 'code-expired' | 'code-used' | null {
  if (code === null) return 'code-missing';
  const { grant } = code;
  const asked = { asks: 'merge-customers', receipt: merge, deal: dealHash } as const;
  if (!isGrantFor({ ...input, customer }, grant, asked) || grant.amount !== null)
    return 'code-not-for-this';
  if (input.at >= grant.exp) return 'code-expired';
  return grantsUsed.has(grant.challenge) ? 'code-used' : null;
}

/** The cards themselves are merged by the shop's order (`shop-cards.ts`). */
function projectMerge({ till, seq, hash, body }: EntryOf<'customers-merged'>): ProjectedChange[] {
  const { merge: id, from, into } = body;
  const used = [from, into].map(({ challenge }) => ({ challenge, sale: id }));
  return [
    { table: 'actIds', op: 'add', rows: [{ id, till, seq, hash }] },
    { table: 'grantsUsed', op: 'add', rows: used },
  ];
}

export const mergeRules = {
  rights: ['manage-customers'],
  reads: () => NO_READS,
  project: projectMerge,
  refusedInShop: 'merge-refused',
  endsCards: ({ from: { customer }, into, credit }) => [
    { customer, merge: { credit, mergedInto: into.customer } },
    { customer: into.customer, merge: { credit, mergedInto: null } },
  ],
} as const satisfies ActRules<'customers-merged'>;

export const mergeAgain = {
  asks: ({ from, into }) => ({ serves: [from.customer, into.customer] }),
  again: ({ body: { merge } }, { merging, datedAt: at, ...by }) =>
    merging === null ? null : decideMerge({ ...by, ...merging, at, merge }),
} as const satisfies AgainRules<'customers-merged'>;
