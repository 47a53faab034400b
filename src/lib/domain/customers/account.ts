// Accounts: totals summed from signed steps, and the recent acts without a code.
// No total is ever overwritten.
import type { SumStep } from '$lib/contract/rows';
import type { Confirmation } from '$lib/contract/acts/account';
import type { SaleAction } from '$lib/contract/values';
import { MONTH_MS } from '$lib/domain/values/durations';
import type { Standing } from './customer';
import { add, money, ZERO, type Money } from '$lib/domain/values/money';

export const NOTHING_OWED: Standing = { owed: ZERO, points: 0 };

/** Every customer's debt (minor units) and points: sums of steps, in any order. Purchases are ignored. */
export function foldBalances(entries: Iterable<SumStep>): Map<string, Standing> {
  const balances = new Map<string, Standing>();
  for (const entry of entries) {
    if (entry.account === 'purchases') continue;
    const before = balances.get(entry.customer) ?? NOTHING_OWED;
    balances.set(
      entry.customer,
      entry.account === 'debt'
        ? { ...before, owed: add(before.owed, money(entry.delta)) }
        : { ...before, points: before.points + entry.delta },
    );
  }
  return balances;
}

/** Setting the clock back must not free a cap or a threshold: acts in the future count too. */
export const within = (at: number, now: number, windowMs: number): boolean => at > now - windowMs;

/** Sum of one customer's acts of the last 30 days without their own code, by action. */
export type Unconfirmed = { readonly [action in SaleAction]: Money };

export const NOTHING_UNCONFIRMED: Unconfirmed = {
  'redeem-points': ZERO,
  'sell-on-account': ZERO,
};

/** Kinds of confirmation that are the customer's own consent, or that need no consent. */
export const CONSENTED: ReadonlySet<Confirmation['kind']> = new Set<Confirmation['kind']>([
  ...(['code', 'reserve-code', 'by-right'] as const),
]);

/** Sums one customer's confirmations of 30 days other than their own codes: a threshold applies to their sum. */
export function unconfirmedOf(
  acts: Iterable<{
    readonly at: number;
    readonly confirmation: Pick<Confirmation, 'kind' | 'action' | 'amount'>;
  }>,
  at: number,
): Unconfirmed {
  const totals = { ...NOTHING_UNCONFIRMED };
  for (const act of acts) {
    const { kind, action, amount } = act.confirmation;
    if (CONSENTED.has(kind) || !within(act.at, at, MONTH_MS)) continue;
    totals[action] = add(totals[action], money(amount));
  }
  return totals;
}
