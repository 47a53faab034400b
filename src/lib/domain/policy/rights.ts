// All rights in the order of the screen, and whether an operator has one that allows an act.
import { OPTIONAL_RIGHTS, right, type Right } from '$lib/contract/policy';
import { businessDay } from '$lib/domain/values/business-day';
import { rightsOf, type VerifiedPolicy } from './policy';

export const RIGHTS: readonly Right[] = right.options;

/** The rights that an owner holds. */
export const OWNER_RIGHTS: readonly Right[] = RIGHTS.filter(
  (each) => !OPTIONAL_RIGHTS.includes(each),
);

/** Whether somebody with these rights may give the right to others: nobody may give what they do not hold, except optional rights. */
export const mayGive = (own: readonly Right[], given: Right): boolean =>
  own.includes(given) || OPTIONAL_RIGHTS.includes(given);

/** Needed to review acts without a code, and to record a customer's dispute. */
export const REVIEW_RIGHT: Right = 'correct-balance';
/** Needed to close a dispute. */
export const SETTLE_RIGHT: Right = 'manage-customers';

/** The rights that allow an act; one of them is enough. Null: it needs none. */
export type RightsForAct = readonly [Right, ...Right[]] | null;

/** The right that is missing among these; if several would do, the first. Null: none. */
export const missingRight = (needed: RightsForAct, rights: readonly Right[]): Right | null =>
  needed === null || needed.some((right) => rights.includes(right)) ? null : needed[0];

export type NoRight = { readonly kind: 'no-right'; readonly right: Right };

/** The result of deciding an act: its body, or the reason why it is refused. */
export type Decided<Body, Refusal = NoRight> =
  | { readonly kind: 'decided'; readonly body: Body }
  | { readonly kind: 'refused'; readonly because: Refusal };

/** Who decides an act, and by which policy. */
export type Deciding = { readonly policy: VerifiedPolicy; readonly operator: string };

/** The same for an act that counts in the sums of its business day. `at`: time of the entry, ms. */
export type DecidingAt = Deciding & { readonly at: number };

/** The business day of an act in the policy's time zone. */
export const dayOf = ({ policy, at }: Pick<DecidingAt, 'policy' | 'at'>): string =>
  businessDay(at, policy.shop.timeZone);

/** Whether no other operator has all of these rights. */
export const isAlone = ({ policy, operator }: Deciding, rights: readonly Right[]): boolean =>
  !policy.operators.some(({ id }) => {
    const theirs = rightsOf(policy, id);
    return id !== operator && rights.every((right) => theirs.includes(right));
  });

/** Why the operator may not do the act at all; null: they may. `needed`: the rights of its `ActRules`. */
export function refusedRight(
  { rights: needed }: { readonly rights: RightsForAct },
  { policy, operator }: Deciding,
): NoRight | null {
  const right = missingRight(needed, rightsOf(policy, operator));
  return right === null ? null : { kind: 'no-right', right };
}
