// Bodies of repayments: money given for debts, a repayment cancelled, an overpayment paid out.
import * as z from 'zod/mini';
import { accountEntry, confirmation, type AccountEntry } from './account';
import { moneyKind, moneyTender } from './sale';
import { currencyCode, day, hash, id, minor } from '$lib/contract/values';

/** The most debts that one repayment settles, each with up to three tenders. */
export const MOST_SETTLED = 1000;

/** A part of a debt that one tender pays, minor units. `debt`: hash of the entry that made it. */
export const settled = z.strictObject({ debt: hash, tender: moneyKind, amount: minor });
export type Settled = z.infer<typeof settled>;

/** The most points of one repayment for one debt, so that sums of many stay exact. */
const MOST_POINTS = 999_999_999_999;
const points = z.int().check(z.nonnegative(), z.lte(MOST_POINTS));

/** Points earned by repaying a debt, or lost when the repayment is cancelled. `debt`: hash of the entry that made it. */
export const pointsOfDebt = z.strictObject({ debt: hash, points: points.check(z.positive()) });
export type PointsOfDebt = z.infer<typeof pointsOfDebt>;

export const sumOf = (parts: readonly { readonly amount: number }[]): number =>
  parts.reduce((sum, { amount }) => sum + amount, 0);

const pointsIn = (parts: readonly PointsOfDebt[]): number =>
  parts.reduce((sum, { points }) => sum + points, 0);

/** Whether `steps` is exactly one step of the debt and, unless `points` is 0, one of the points. */
const areSteps = (
  steps: readonly AccountEntry[],
  customer: string,
  { debt, points }: { readonly debt: number; readonly points: number },
): boolean =>
  steps.length === (points === 0 ? 1 : 2) &&
  steps.every(
    (step, place) =>
      step.customer === customer &&
      step.account === (place === 0 ? 'debt' : 'points') &&
      step.delta === (place === 0 ? debt : points),
  );

/** Whether each of these debts is named only once and is among the settled ones. */
const areOfSettled = (parts: readonly PointsOfDebt[], settles: readonly Settled[]): boolean => {
  const settled = new Set(settles.map(({ debt }) => debt));
  return (
    parts.every(({ debt }) => settled.has(debt)) &&
    new Set(parts.map(({ debt }) => debt)).size === parts.length
  );
};

/**
 * `amount` is what the repayment takes off the debt. It equals the tenders without change and rounding, the sum of `settles`, and
 * the step of the debt account. `earned`: points for repaid debts of sales that state `repaidEarns`.
 */
export const repaymentBody = z
  .strictObject({
    repayment: id,
    currency: currencyCode,
    day,
    customer: id,
    tenders: z.array(moneyTender).check(z.minLength(1), z.maxLength(3)),
    amount: minor,
    changeDue: minor,
    /** Minor units added to the sum so that cash can pay it; negative: taken off. */
    rounding: z.int(),
    settles: z.array(settled).check(z.minLength(1), z.maxLength(3 * MOST_SETTLED)),
    earned: z.array(pointsOfDebt).check(z.maxLength(MOST_SETTLED)),
    accounts: z.array(accountEntry).check(z.minLength(1), z.maxLength(2)),
  })
  .check(
    z.refine(
      ({ tenders, changeDue, amount, rounding }) =>
        sumOf(tenders) - changeDue === amount + rounding,
    ),
    z.refine(({ settles, amount }) => sumOf(settles) === amount),
    z.refine(({ earned, settles }) => areOfSettled(earned, settles)),
    z.refine(({ accounts, customer, amount, earned }) =>
      areSteps(accounts, customer, { debt: -amount, points: pointsIn(earned) }),
    ),
  );

/**
 * A repayment of the same shift is cancelled: its money is given back, and the debts that it settled are owed again. This raises
 * the debt, so it needs the customer's code or an override. `amount` and `settles` are those of the repayment; `refunds`: its money
 * without the change and without `withheld`; `rounding`: that of the repayment, and what makes the refunded cash payable.
 * `takenBack`: points that the debts no longer earn; `withheld`:
 * how many of them the customer no longer has, and their worth.
 */
export const cancellationBody = z
  .strictObject({
    cancellation: id,
    currency: currencyCode,
    day,
    repayment: z.strictObject({ till: id, seq: z.int().check(z.positive()), hash }),
    customer: id,
    amount: minor,
    rounding: z.int(),
    refunds: z.array(moneyTender).check(z.maxLength(3)),
    settles: z.array(settled).check(z.minLength(1), z.maxLength(3 * MOST_SETTLED)),
    takenBack: z.array(pointsOfDebt).check(z.maxLength(MOST_SETTLED)),
    withheld: z.strictObject({ points, amount: minor }),
    reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(300)),
    accounts: z.array(accountEntry).check(z.minLength(1), z.maxLength(2)),
    confirmations: z.tuple([confirmation]),
    /** The colleague whose right allowed it, who gave their PIN; null: the operator has the right. */
    allowedBy: z.nullable(id),
  })
  .check(
    z.refine(
      ({ refunds, withheld, amount, rounding }) =>
        sumOf(refunds) + withheld.amount === amount + rounding,
    ),
    z.refine(({ takenBack, settles }) => areOfSettled(takenBack, settles)),
    z.refine(
      ({ withheld: { points, amount }, takenBack }) =>
        points <= pointsIn(takenBack) && (points === 0) === (amount === 0),
    ),
    z.refine(({ settles, amount }) => sumOf(settles) === amount),
    z.refine(({ accounts, customer, amount, takenBack, withheld }) =>
      areSteps(accounts, customer, {
        debt: amount,
        points: withheld.points - pointsIn(takenBack),
      }),
    ),
    z.refine(({ confirmations: [given] }) => given.kind !== 'by-right'),
  );

/**
 * An overpayment is paid out: the customer's negative debt rises, at most to zero. `allowedBy`: a colleague with the right, who
 * gave their PIN; null: the operator has the right.
 */
export const overpaymentBody = z
  .strictObject({
    payout: id,
    currency: currencyCode,
    day,
    customer: id,
    amount: minor.check(z.positive()),
    tender: moneyKind,
    accounts: z.tuple([accountEntry]),
    allowedBy: z.nullable(id),
  })
  .check(
    z.refine(
      ({ accounts: [step], customer, amount }) =>
        step.customer === customer && step.account === 'debt' && step.delta === amount,
    ),
  );
