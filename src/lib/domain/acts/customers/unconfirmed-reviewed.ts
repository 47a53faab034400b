// The review of acts without a code: decides it and projects it into rows.
import { NO_READS } from '$lib/domain/rows';
import type { ActRules } from '$lib/domain/act-rules';
import type { AgainRules } from '$lib/domain/decide-again';
import type { BodyOf, Entry, EntryOf } from '$lib/contract/journal';
import { may } from '$lib/domain/policy/policy';
import {
  refusedRight,
  type Decided,
  type Deciding,
  type NoRight,
  REVIEW_RIGHT,
} from '$lib/domain/policy/rights';
import type { ProjectedChange } from '$lib/domain/rows';

export type ReviewedInput = Deciding & {
  /** Hashes of the entries. */
  readonly entries: readonly string[];
  /** The entries themselves. */
  readonly reviewed: readonly Entry[];
  /** Those of the entries with an open dispute. */
  readonly disputed: readonly string[];
};

export type ReviewedRefusal =
  | NoRight
  /** Only owners may review their own acts. */
  | { readonly kind: 'own-act' }
  /** The customer disputes one of them: closing the dispute is the review. */
  | { readonly kind: 'disputed' };

export function decideReviewed(
  input: ReviewedInput,
): Decided<BodyOf<'unconfirmed-reviewed'>, ReviewedRefusal> {
  const refused = (because: ReviewedRefusal) => ({ kind: 'refused', because }) as const;
  const noRight = refusedRight(reviewedRules, input);
  if (noRight !== null) return refused(noRight);
  if (!mayAnswerFor(input, input.reviewed)) return refused({ kind: 'own-act' });
  if (input.disputed.length > 0) return refused({ kind: 'disputed' });
  return { kind: 'decided', body: { entries: [...input.entries] } };
}

/** Whether this operator may review these entries: not their own, unless they are an owner. */
export function mayAnswerFor({ policy, operator }: Deciding, entries: readonly Entry[]): boolean {
  if (may(policy, operator, 'manage-staff')) return true;
  return !entries.some((entry) => answerableFor(entry).has(operator));
}

/** The operators of the act: the one who was signed in, and those whose right was used. */
function answerableFor(entry: Pick<Entry, 'operator' | 'body'>): Set<unknown> {
  const given = Array.isArray(entry.body['confirmations']) ? entry.body['confirmations'] : [];
  return new Set([entry.operator, ...given.map((each: { by?: unknown } | null) => each?.by)]);
}

/** Reviewed entries no longer wait for review. */
function projectReviewed({ body }: EntryOf<'unconfirmed-reviewed'>): ProjectedChange[] {
  return [{ table: 'unconfirmed', op: 'delete', keys: body.entries }];
}

export const reviewedRules = {
  rights: [REVIEW_RIGHT],
  reads: () => NO_READS,
  project: projectReviewed,
} as const satisfies ActRules<'unconfirmed-reviewed'>;

export const reviewedAgain = {
  asks: ({ entries }) => ({ entries }),
  again: ({ body }, known) =>
    decideReviewed({ ...known, entries: body.entries, reviewed: known.entries }),
} as const satisfies AgainRules<'unconfirmed-reviewed'>;
