// Rounds amounts that are paid in cash to the shop's smallest step.
import type { Policy } from '$lib/contract/policy';
import type { Currency } from '$lib/contract/values';
import { money, type Money } from './money';

export type CashRounding = Policy['cashRounding'];

/** Steps offered for rounding, minor units: 0.05, 0.10, 0.50, 1 and 5, as far as the currency has them. */
export const cashSteps = ({ digits }: Currency): Money[] =>
  [5, 10, 50, 100, 500]
    .map((hundredths) => (hundredths * 10 ** digits) / 100)
    .filter((step) => Number.isInteger(step) && step > 1)
    .map(money);

/** The amount rounded for a payment in cash. */
export function inCash(amount: Money, rounding: CashRounding): Money {
  if (rounding === null) return amount;
  const { step, way } = rounding;
  const over = amount % step;
  const isUp = way === 'nearest' && 2 * over >= step;
  return money(amount - over + (isUp ? step : 0));
}

/** The part of an amount that cash can pay: whole steps of the rounding. */
export const payableInCash = (amount: Money, rounding: CashRounding): Money =>
  rounding === null ? amount : money(amount - (amount % rounding.step));

/** Whether the cash among this money is in whole steps of the rounding. */
export const isPayable = (
  parts: readonly { readonly kind: string; readonly amount: number }[],
  rounding: CashRounding,
): boolean =>
  parts.every(
    ({ kind, amount }) => kind !== 'cash' || payableInCash(money(amount), rounding) === amount,
  );
