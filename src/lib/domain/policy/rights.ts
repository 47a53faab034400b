// All rights in the order of the screen, and whether an operator has one that allows an act.
import type { Right } from '$lib/contract/policy';
import { businessDay } from '$lib/domain/values/business-day';
import { rightsOf, type VerifiedPolicy } from './policy';

const ORDER = {
  sell: 0,
  discount: 1,
  'free-price': 2,
  'remove-line-after-total': 3,
  'correct-tender': 4,
  return: 5,
  'sell-on-account': 6,
  'sell-over-limit': 7,
  'redeem-points': 8,
  'skip-code:on-account': 9,
  'skip-code:points': 10,
  'take-repayment': 11,
  'correct-balance': 12,
  'change-customer-phone': 13,
  'cash-in-out': 14,
  'open-shift': 15,
  'close-shift': 16,
  'view-reports': 17,
  'manage-catalogue': 18,
  'manage-customers': 19,
  'manage-staff': 20,
  settings: 21,
  data: 22,
} as const satisfies Record<Right, number>;

/** A missing right does not compile. */
export const RIGHTS: readonly Right[] = (Object.keys(ORDER) as Right[]).sort(
  (a, b) => ORDER[a] - ORDER[b],
);

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
