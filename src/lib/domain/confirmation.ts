// Confirmation: which actions of a deal need the customer's code, and who may go on without it.
import type { ConnectivityFact, Confirmation, OverrideReason } from '$lib/contract/journal';
import type { Grant } from '$lib/contract/grant';
import type { Group, Right } from '$lib/contract/policy';
import type { Channel, SaleAction } from '$lib/contract/values';
import type { OverrideUsage, Unconfirmed } from './account';
import { leftOf, money, smallest, subtract, sum, ZERO, type Money } from './money';
import { groupsWith, may, type VerifiedPolicy } from './policy';
import { receiptTotal, type Receipt } from './receipt';
import type { CheckedReserveCode } from './reserve-code';
import { settle } from './settlement';

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

/** A person went on without a code. */
export type GivenOverride = {
  readonly kind: 'override';
  readonly action: SaleAction;
  readonly askedBy: string;
  readonly by: string;
  readonly because: OverrideReason;
  readonly note: string | null;
  readonly connectivity: ConnectivityFact;
};

/** One of the customer's reserve codes, with its verifier as signed by the relay. Used up with the sale, not before. */
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

/** The same, verified: what `decideSale` takes. */
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
export function movedBy(receipt: Receipt): Moved {
  const settlement = settle(receiptTotal(receipt), receipt.tenders);
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
 * What the policy requires. An empty chain is the method *none*; below the threshold, counted with the customer's
 * unconfirmed acts of 30 days, no code is required.
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
export function needsOf(policy: VerifiedPolicy, receipt: Receipt, unconfirmed30d: Unconfirmed) {
  return confirmationsRequired(policy, movedBy(receipt), unconfirmed30d);
}

/** Whether two policies require the same of a receipt: the same sums, order and methods. */
export function sameNeeds(a: readonly Need[], b: readonly Need[]): boolean {
  const written = (needs: readonly Need[]) =>
    needs.map(({ action, amount, points, chain }) => [action, amount, points, ...chain].join());
  return written(a).join(';') === written(b).join(';');
}

/** The right that allows going on without a code for this action. */
export function skipRight(action: SaleAction): Right {
  return action === 'redeem-points' ? 'skip-code:points' : 'skip-code:on-account';
}

export type CapScope = 'act' | 'customer' | 'till';

export type OverrideAnswer =
  /** `left`: what the caps still allow this customer at this till afterwards. */
  | { readonly kind: 'allowed'; readonly left: Money }
  | { readonly kind: 'no-right'; readonly groups: Group[] }
  /** `allowed`: the largest sum that would be accepted now. */
  | { readonly kind: 'over-cap'; readonly scope: CapScope; readonly allowed: Money };

/** Whether `by` may go on without a code for this sum, given the usage of the last 24 hours. */
export function overrideAllowed(
  policy: VerifiedPolicy,
  by: string,
  need: Pick<Need, 'action' | 'amount'>,
  usage: OverrideUsage,
): OverrideAnswer {
  const right = skipRight(need.action);
  if (!may(policy, by, right)) return { kind: 'no-right', groups: groupsWith(policy, right) };
  const caps = policy.overrideCaps;
  const byCustomer = leftOf(money(caps.perCustomer), usage.customer);
  const byTill = leftOf(money(caps.perTill), usage.till);
  const allowed = smallest(money(caps.perAct), byCustomer, byTill);
  if (need.amount > allowed) {
    const scope: CapScope =
      need.amount > caps.perAct ? 'act' : need.amount > byCustomer ? 'customer' : 'till';
    return { kind: 'over-cap', scope, allowed };
  }
  return { kind: 'allowed', left: subtract(smallest(byCustomer, byTill), need.amount) };
}
