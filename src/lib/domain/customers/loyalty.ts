// Loyalty: the worth of points, how many a receipt may take, how many it gives.
// Every division rounds down: a shop never owes a point it did not give.
import type { DebtEarns } from '$lib/contract/rows';
import type { Policy } from '$lib/contract/policy';
import { invariant } from '$lib/domain/values/invariant';
import { exact, money, type Money } from '$lib/domain/values/money';
import type { Tender } from '$lib/domain/values/settlement';

export type PointRules = Policy['points'];

/** The worth of `points`. */
export function pointsWorth(points: number, rules: PointRules): Money {
  invariant(Number.isSafeInteger(points) && points >= 0, `not a number of points: ${points}`);
  return money(points * rules.pointValue);
}

const downTo = (numerator: bigint, denominator: bigint): number => Number(numerator / denominator);

/** The most points that `amount` can be paid with, without exceeding it. */
export const pointsFor = (amount: Money, rules: PointRules): number =>
  downTo(BigInt(amount), BigInt(rules.pointValue));

/** Points a receipt of `total` may take from a customer who holds `held`. */
export function redeemable(total: Money, held: number, rules: PointRules): number {
  const byShare = downTo(
    BigInt(total) * BigInt(rules.redeemBasisPoints),
    10_000n * BigInt(rules.pointValue),
  );
  return Math.max(0, Math.min(held, byShare));
}

/** Points for money that was paid. What is paid with points earns none; what is on account earns none until it is repaid. */
export const earned = (moneyPaid: Money, rules: PointRules): number =>
  pointsOn(moneyPaid, { ...rules, basisPoints: rules.earnBasisPoints });

const pointsOn = (
  moneyPaid: number,
  { basisPoints, pointValue }: Omit<DebtEarns, 'moneyPaid'>,
): number =>
  downTo(BigInt(Math.max(0, moneyPaid)) * BigInt(basisPoints), 10_000n * BigInt(pointValue));

/** Points of a sale: given at once, and when its debt is repaid, at `rate` (as in `repaidEarns`). */
export type SaleEarning = {
  readonly atOnce: number;
  readonly later: number;
  readonly rate: number | null;
};
export const EARNS_NOTHING: SaleEarning = { atOnce: 0, later: 0, rate: null };

/** The most points that one customer may earn in any 24 hours. */
export const mostInDay = ({ perDay, pointValue }: PointRules): number =>
  downTo(BigInt(perDay), BigInt(pointValue));

/**
 * The points of a sale within the cap of a day. `today`: points that the customer's sales of the last 24 hours earn. What its debt
 * will earn counts at once, so that nobody avoids the cap by repaying a minute later. If it does not fit, repaying the debt earns
 * nothing.
 */
export function earningWithin(
  { moneyPaid, onAccount }: { readonly moneyPaid: Money; readonly onAccount: Money },
  rules: PointRules,
  today: number,
): SaleEarning {
  const left = Math.max(0, mostInDay(rules) - today);
  const atOnce = earned(moneyPaid, rules);
  const rate = repaidEarns(onAccount, rules);
  const { pointValue } = rules;
  const later =
    rate === null ? 0 : earnedByRepaying({ moneyPaid, basisPoints: rate, pointValue }, onAccount);
  if (atOnce + later <= left) return { atOnce, later, rate };
  return { atOnce: Math.min(atOnce, left), later: 0, rate: null };
}

/** The rate at which repaying `onAccount` will earn points, in hundredths of a percent; null: it earns none. */
export function repaidEarns(onAccount: Money, rules: PointRules): number | null {
  const { onRepayment, earnBasisPoints } = rules;
  return onRepayment && onAccount > 0 && earnBasisPoints > 0 ? earnBasisPoints : null;
}

/**
 * Points that repayments of a debt earn in total when `repaid` minor units are repaid. Together with the points of the sale they
 * are as many as if all the money had been paid at the sale, in however many parts it was repaid.
 */
export function earnedByRepaying(earns: DebtEarns | null, repaid: number): number {
  if (earns === null) return 0;
  const { moneyPaid } = earns;
  return pointsOn(exact(moneyPaid + repaid), earns) - pointsOn(moneyPaid, earns);
}

/** Points of all these debts together. */
export const pointsIn = (parts: readonly { readonly points: number }[]): number =>
  parts.reduce((sum, { points }) => exact(sum + points), 0);

export function pointsTender(points: number, rules: PointRules): Tender {
  return { kind: 'points', points, amount: pointsWorth(points, rules) };
}
