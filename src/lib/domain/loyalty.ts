// Loyalty: the worth of points, how many a receipt may take, how many it gives.
// Every division rounds down: a shop never owes a point it did not give.
import type { Policy } from '$lib/contract/policy';
import { invariant } from './invariant';
import { money, type Money } from './money';
import type { Tender } from './settlement';

export type PointRules = Policy['points'];

/** The worth of `points`. */
export function pointsWorth(points: number, rules: PointRules): Money {
  invariant(Number.isSafeInteger(points) && points >= 0, `not a number of points: ${points}`);
  return money(points * rules.pointValue);
}

function downTo(numerator: bigint, denominator: bigint): number {
  return Number(numerator / denominator);
}

/** The most points that `amount` can be paid with, without exceeding it. */
export function pointsFor(amount: Money, rules: PointRules): number {
  return downTo(BigInt(amount), BigInt(rules.pointValue));
}

/** Points a receipt of `total` may take from a customer who holds `held`. */
export function redeemable(total: Money, held: number, rules: PointRules): number {
  const byShare = downTo(
    BigInt(total) * BigInt(rules.redeemBasisPoints),
    10_000n * BigInt(rules.pointValue),
  );
  return Math.max(0, Math.min(held, byShare));
}

/** Points for money really paid; amounts on account or paid with points earn none. */
export function earned(moneyPaid: Money, rules: PointRules): number {
  return downTo(
    BigInt(moneyPaid) * BigInt(rules.earnBasisPoints),
    10_000n * BigInt(rules.pointValue),
  );
}

export function pointsTender(points: number, rules: PointRules): Tender {
  return { kind: 'points', points, amount: pointsWorth(points, rules) };
}
