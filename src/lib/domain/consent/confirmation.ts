// Confirmation: which actions of a deal need the customer's code, and how each can be confirmed.
// Going on without a code is decided in `override.ts`.
import type { Confirmation } from '$lib/contract/acts/account';
import type { Grant } from '$lib/contract/grant';
import type { Channel, SaleAction } from '$lib/contract/values';
import type { Unconfirmed } from '$lib/domain/customers/account';
import { sum, ZERO, type Money } from '$lib/domain/values/money';
import type { GivenOverride } from './override';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { receiptTotal, type Receipt } from '$lib/domain/receipt/receipt';
import type { CheckedReserveCode } from './reserve-code';
import type { CashRounding } from '$lib/domain/values/cash-rounding';
import { settle } from '$lib/domain/values/settlement';

export declare const verifiedGrant: unique symbol;

/** A grant whose signature by the relay's key was checked. Only `proof/grant` makes one. */
export type VerifiedGrant = Grant & { readonly [verifiedGrant]: true };

/** One action that must be confirmed. For points `amount` is what they are worth. */
export type Need = {
  readonly action: SaleAction;
  readonly amount: Money;
  /** Points redeemed; null for a debt. */
  readonly points: number | null;
  /** First of the chain. */
  readonly channel: Channel;
  readonly chain: readonly Channel[];
};

/** One of the customer's reserve codes, with its verifier as signed by the relay. Only a saved sale uses it up. */
export type GivenReserveCode = {
  readonly kind: 'reserve-code';
  readonly action: SaleAction;
  readonly code: string;
  readonly signed: string;
};

/** What the checkout collected, as plain JSON; grant and reserve code are not verified yet. */
export type GivenConfirmation =
  | { readonly kind: 'code'; readonly action: SaleAction; readonly jws: string }
  | GivenReserveCode
  | GivenOverride;

/** The same, verified: the input of `decideSale`. */
export type ProvenConfirmation =
  | {
      readonly kind: 'code';
      readonly action: SaleAction;
      readonly jws: string;
      readonly grant: VerifiedGrant;
    }
  | (GivenReserveCode & { readonly verifier: CheckedReserveCode })
  | GivenOverride;

export type NotRequired = Extract<Confirmation, { kind: 'not-required' }>;

/** What a deal moves that the customer must consent to. */
export type Moved = {
  readonly onAccount: Money;
  readonly pointsWorth: Money;
  readonly points: number;
};

/** One action a receipt contains, whether or not it needs a code. */
export type MovedAction = Pick<Need, 'action' | 'amount' | 'points'>;

/** What a receipt moves: the part left unpaid and the points given. */
export function movedBy(receipt: Receipt, cashRounding: CashRounding): Moved {
  const settlement = settle(receiptTotal(receipt), receipt.tenders, cashRounding);
  const tendered = receipt.tenders.filter((tender) => tender.kind === 'points');
  return {
    onAccount: settlement.kind === 'short' ? settlement.onAccount : ZERO,
    pointsWorth: sum(tendered.map((tender) => tender.amount)),
    points: tendered.reduce((points, tender) => points + tender.points, 0),
  };
}

/** The actions in the order they are confirmed: points first, then the debt. */
export function actionsOf(moved: Moved): MovedAction[] {
  const actions: MovedAction[] = [];
  if (moved.points > 0) {
    actions.push({ action: 'redeem-points', amount: moved.pointsWorth, points: moved.points });
  }
  if (moved.onAccount > 0) {
    actions.push({ action: 'sell-on-account', amount: moved.onAccount, points: null });
  }
  return actions;
}

/**
 * The confirmations that the policy requires. An empty chain is the method *none*. No code is required while the amount, together
 * with the customer's unconfirmed acts of 30 days, is below the threshold.
 */
export function confirmationsRequired(
  policy: VerifiedPolicy,
  moved: Moved,
  unconfirmed30d: Unconfirmed,
): { needs: Need[]; notRequired: NotRequired[] } {
  const needs: Need[] = [];
  const notRequired: NotRequired[] = [];
  for (const { action, amount, points } of actionsOf(moved)) {
    const { chain, threshold } = policy.methods[action];
    const [channel] = chain;
    if (channel === undefined) {
      notRequired.push({ kind: 'not-required', action, amount, because: 'method-none' });
    } else if (amount + unconfirmed30d[action] < threshold) {
      notRequired.push({ kind: 'not-required', action, amount, because: 'below-threshold' });
    } else {
      needs.push({ action, amount, points, channel, chain });
    }
  }
  return { needs, notRequired };
}

/** `confirmationsRequired` for a receipt in its present state. */
export const needsOf = (policy: VerifiedPolicy, receipt: Receipt, unconfirmed30d: Unconfirmed) =>
  confirmationsRequired(policy, movedBy(receipt, policy.cashRounding), unconfirmed30d);

/** Whether two policies require the same confirmations of a receipt: the same sums and methods. */
export function sameNeeds(a: readonly Need[], b: readonly Need[]): boolean {
  const written = (needs: readonly Need[]) =>
    needs
      .map(({ action, amount, points, chain }) => [action, amount, points, ...chain].join())
      .toSorted()
      .join(';');
  return written(a) === written(b);
}
