// All rights, in the order of the screen.
import type { Right } from '$lib/contract/policy';

const ORDER = {
  sell: 0,
  discount: 1,
  'free-price': 2,
  'remove-line-after-total': 3,
  return: 4,
  'sell-on-account': 5,
  'sell-over-limit': 6,
  'redeem-points': 7,
  'skip-code:on-account': 8,
  'skip-code:points': 9,
  'take-repayment': 10,
  'correct-balance': 11,
  'change-customer-phone': 12,
  'cash-in-out': 13,
  'open-shift': 14,
  'close-shift': 15,
  'view-reports': 16,
  'manage-catalogue': 17,
  'manage-customers': 18,
  'manage-staff': 19,
  settings: 20,
  data: 21,
} as const satisfies Record<Right, number>;

/** A missing right does not compile. */
export const RIGHTS: readonly Right[] = (Object.keys(ORDER) as Right[]).sort(
  (a, b) => ORDER[a] - ORDER[b],
);

/** Included in groups from the first day, so that groups need no later change; no act requires them yet. */
export const NOT_ASKED_YET: ReadonlySet<Right> = new Set([
  'discount',
  'free-price',
  'remove-line-after-total',
  'return',
  'take-repayment',
  'cash-in-out',
  'open-shift',
  'close-shift',
]);

/** Needed to review acts without a code, and to record a customer's dispute. */
export const REVIEW_RIGHT: Right = 'correct-balance';
/** Needed to close a dispute. */
export const SETTLE_RIGHT: Right = 'manage-customers';
