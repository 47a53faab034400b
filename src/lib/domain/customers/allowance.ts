// Allowance: how much more a customer may owe or redeem, and which rule sets that limit.
import { DAY_MS } from '$lib/domain/values/durations';
import type { Policy } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import type { Unconfirmed } from './account';
import { allowedDebt, type Customer, type Standing } from './customer';
import { leftOf, money, ZERO, type Money } from '$lib/domain/values/money';

/** The rule that sets the limit. */
export type AllowanceBecause =
  /** An entry on the account is disputed, at this till or another: nothing is allowed until the dispute is closed. */
  | { readonly kind: 'disputed' }
  | { readonly kind: 'no-credit' }
  /** The relay has a different number for this card. */
  | { readonly kind: 'phone-held'; readonly phoneMasked: string }
  /** The number on the card is not in force yet; `phoneMasked`: the number in force. */
  | { readonly kind: 'change-waiting'; readonly phoneMasked: string }
  /** The card had a history before it had a number: an owner has to accept it. */
  | { readonly kind: 'unaccepted' }
  /** A code would be required, and there is no number to send it to. */
  | { readonly kind: 'no-phone' }
  | { readonly kind: 'young-number' }
  /** `limit`: the largest debt the card may reach, minor units. */
  | { readonly kind: 'debt-limit'; readonly limit: Money };

/** `until`: when the rule ends without action, ms; null: never, or unknown. */
type Limit<Amount> = {
  readonly amount: Amount;
  readonly because: AllowanceBecause;
  readonly until: number | null;
};

/** Minor units that may still go on account by one rule. */
export type DebtLimit = Limit<Money>;
/** Points that may be redeemed by one rule. */
export type PointsLimit = Limit<number>;

export type Allowance = {
  /** Largest sum that may go on account now, minor units; null: unlimited. */
  readonly amount: Money | null;
  /** Null if `amount` is. */
  readonly because: AllowanceBecause | null;
  readonly until: number | null;
  /** The lowest limit that no right can lift; null: none. */
  readonly firm: DebtLimit | null;
  /** The largest debt the card may reach; null: unlimited. */
  readonly debtLimit: Money | null;
  /** Null: limited only by the customer's points and the shop's share of a receipt. */
  readonly points: PointsLimit | null;
};

/** The relay's reply about one card and one number; null: no limit by its rules. */
export type NumberRule = {
  readonly onAccount: number | null;
  readonly points: number | null;
  readonly because: Exclude<AllowanceBecause, { kind: 'no-credit' | 'no-phone' | 'debt-limit' }>;
  readonly until: number | null;
} | null;

export type AllowanceInput = {
  readonly policy: Pick<Policy, 'credit' | 'methods' | 'points'>;
  readonly customer: Customer;
  readonly standing: Standing;
  /** Acts of the last 30 days without a code: a threshold applies to their sum. */
  readonly unconfirmed: Unconfirmed;
  /**
   * A dispute recorded at this till is open. It takes precedence over a relay that reports none: the sale is decided by
   * what is stored, whatever was shown.
   */
  readonly disputed: boolean;
  /** Debt confirmed by code at this till in the last 24 hours. */
  readonly confirmedToday: Money;
  /** The relay's reply about this card and number; `unknown`: no reply, and the till judges by its own data. */
  readonly number:
    { readonly kind: 'known'; readonly rule: NumberRule } | { readonly kind: 'unknown' };
  /** ms. */
  readonly now: number;
};

/** The lowest of all rules that apply to this customer now. */
export function allowanceOf(input: AllowanceInput): Allowance {
  const { customer, policy, standing } = input;
  const credit = allowedDebt(customer.credit, policy.credit.debtLimit, standing.owed);
  const rules = rulesOf(input);
  const firm = lowest([
    ...(credit.kind === 'refused' ? [{ amount: ZERO, because: NO_CREDIT, until: null }] : []),
    ...rules.flatMap(({ onAccount, because, until }) =>
      onAccount === null ? [] : [{ amount: onAccount, because, until }],
    ),
  ]);
  const debtLimit: DebtLimit | null =
    credit.kind === 'up-to'
      ? { amount: credit.left, because: { kind: 'debt-limit', limit: credit.limit }, until: null }
      : null;
  const all = lowest([firm, debtLimit].filter((limit) => limit !== null));
  return {
    amount: all?.amount ?? null,
    because: all?.because ?? null,
    until: all?.until ?? null,
    firm,
    debtLimit: credit.kind === 'up-to' ? credit.limit : null,
    points: lowest(
      rules.flatMap(({ points, because, until }) =>
        points === null ? [] : [{ amount: points, because, until }],
      ),
    ),
  };
}

/**
 * The limit this sum exceeds, for an operator who may (`mayOver`) or may not sell over the debt limit; null: allowed.
 */
export function debtOver(
  allowance: Allowance,
  onAccount: Money,
  by: { readonly mayOver: boolean },
): DebtLimit | null {
  const { amount, because, until, firm } = allowance;
  if (by.mayOver) return firm !== null && onAccount > firm.amount ? firm : null;
  if (amount === null || because === null || onAccount <= amount) return null;
  return { amount, because, until };
}

const NO_CREDIT = { kind: 'no-credit' } as const;

type Rule = {
  readonly onAccount: Money | null;
  readonly points: number | null;
  readonly because: AllowanceBecause;
  readonly until: number | null;
};

/** Limits from the customer's number and disputes, the most severe first. */
function rulesOf(input: AllowanceInput): Rule[] {
  const { customer, disputed } = input;
  const number = inForce(input);
  const known = number.kind === 'known' ? number.rule : null;
  if (disputed || known?.because.kind === 'disputed')
    return [{ onAccount: ZERO, points: 0, because: { kind: 'disputed' }, until: null }];
  if (customer.phone === null)
    return [belowThreshold(input, { ...NOTHING, because: { kind: 'no-phone' } })];
  const rule = number.kind === 'known' ? known : youngBy(input);
  if (rule === null) return [];
  const onAccount = rule.onAccount === null ? null : money(rule.onAccount);
  return [belowThreshold(input, { ...rule, onAccount })];
}

/** The relay's reply while it is valid: after a rule has ended, the reply does not say what applies next. */
function inForce({ number, now }: AllowanceInput): AllowanceInput['number'] {
  if (number.kind === 'unknown' || number.rule === null) return number;
  const { until } = number.rule;
  return until !== null && until <= now ? { kind: 'unknown' } : number;
}

const NOTHING = { onAccount: ZERO, points: 0, until: null };

/** The rule for a new number while the relay has not answered: by how long this till's own card has had the number. */
function youngBy({ customer, policy, confirmedToday, now }: AllowanceInput): NumberRule {
  if (customer.phoneSince === null) return null;
  const until = customer.phoneSince + DAY_MS;
  if (now >= until) return null;
  const onAccount = leftOf(money(policy.credit.newNumberCap), confirmedToday);
  return { onAccount, points: 0, because: { kind: 'young-number' }, until };
}

/** The number matters only if a code is required: not below the threshold, and never with the method *none*. */
function belowThreshold({ policy, unconfirmed }: AllowanceInput, rule: Rule): Rule {
  const free = (action: SaleAction): Money | null => {
    const { chain, threshold } = policy.methods[action];
    if (chain.length === 0) return null;
    return money(Math.max(0, threshold - 1 - unconfirmed[action]));
  };
  const debt = free('sell-on-account');
  const worth = free('redeem-points');
  return {
    ...rule,
    onAccount:
      debt === null || rule.onAccount === null ? null : money(Math.max(rule.onAccount, debt)),
    points:
      worth === null || rule.points === null
        ? null
        : Math.max(rule.points, Math.floor(worth / policy.points.pointValue)),
  };
}

/** The lowest limit, the first of equal ones. */
const lowest = <Amount extends number>(limits: readonly Limit<Amount>[]): Limit<Amount> | null =>
  limits.reduce<Limit<Amount> | null>(
    (low, limit) => (low === null || limit.amount < low.amount ? limit : low),
    null,
  );
