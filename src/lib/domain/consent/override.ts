// Override: who may go on without a code, and up to which sum per act and in any 24 hours.
import { DAY_MS } from '$lib/domain/values/durations';
import type { ConnectivityFact, OverrideReason } from '$lib/contract/acts/account';
import type { Group, Right } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import { within } from '$lib/domain/customers/account';
import { add, leftOf, money, smallest, subtract, ZERO, type Money } from '$lib/domain/values/money';
import { groupsWith, may, type VerifiedPolicy } from '$lib/domain/policy/policy';

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

/** The right that allows going on without a code for this action. */
export const skipRight = (action: SaleAction): Right =>
  action === 'redeem-points' ? 'skip-code:points' : 'skip-code:on-account';

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
  need: { readonly action: SaleAction; readonly amount: Money },
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

/** One act that went on without a code. */
export type OverrideUse = {
  readonly at: number;
  readonly customer: string;
  readonly amount: Money;
};

/** How much of the caps overrides have used, minor units. */
export type OverrideUsage = { readonly customer: Money; readonly till: Money };

export const NOTHING_USED: OverrideUsage = { customer: ZERO, till: ZERO };

/**
 * Sum of this till's overrides of the last 24 hours, in total and for one customer. `cards`: all cards with the customer's
 * number. `elsewhere`: overrides of other tills, which count only towards the customer's cap.
 */
export function usageOf(
  overrides: Iterable<OverrideUse>,
  at: number,
  cards: ReadonlySet<string>,
  elsewhere: Iterable<OverrideUse> = [],
): OverrideUsage {
  let usage = NOTHING_USED;
  for (const override of overrides) {
    if (!within(override.at, at, DAY_MS)) continue;
    usage = plusUse(usage, override.amount, cards.has(override.customer));
  }
  for (const override of elsewhere) {
    if (!within(override.at, at, DAY_MS) || !cards.has(override.customer)) continue;
    usage = { ...usage, customer: add(usage.customer, override.amount) };
  }
  return usage;
}

const plusUse = (usage: OverrideUsage, amount: Money, mine: boolean): OverrideUsage => ({
  customer: mine ? add(usage.customer, amount) : usage.customer,
  till: add(usage.till, amount),
});

/** The caps' usage after one more override for the same customer. */
export const usageAfter = (usage: OverrideUsage, amount: Money): OverrideUsage =>
  plusUse(usage, amount, true);
