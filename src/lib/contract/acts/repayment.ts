// The body of a repayment: what was given for a debt, and which debts it settles.
import * as z from 'zod/mini';
import { accountEntry } from './account';
import { moneyKind, moneyTender } from './sale';
import { currencyCode, hash, id, minor } from '$lib/contract/values';

/** Debts that one repayment settles at most; each by three tenders. */
export const MOST_SETTLED = 1000;

/** What a debt is paid with, minor units. `debt`: hash of the entry that made it. */
export const settled = z.strictObject({ debt: hash, tender: moneyKind, amount: minor });
export type Settled = z.infer<typeof settled>;

export const sumOf = (parts: readonly { readonly amount: number }[]): number =>
  parts.reduce((sum, { amount }) => sum + amount, 0);

/**
 * What is taken off the debt is what was given without the change and the rounding, what the settled debts lose, and the step.
 */
export const repaymentBody = z
  .strictObject({
    repayment: id,
    currency: currencyCode,
    customer: id,
    tenders: z.array(moneyTender).check(z.minLength(1), z.maxLength(3)),
    amount: minor,
    changeDue: minor,
    /** Minor units added to the debt so that it can be paid in cash; below zero: taken off. */
    rounding: z.int(),
    settles: z.array(settled).check(z.minLength(1), z.maxLength(3 * MOST_SETTLED)),
    accounts: z.tuple([accountEntry]),
  })
  .check(
    z.refine(
      ({ tenders, changeDue, amount, rounding }) =>
        sumOf(tenders) - changeDue === amount + rounding,
    ),
    z.refine(({ settles, amount }) => sumOf(settles) === amount),
    z.refine(
      ({ accounts: [step], customer, amount }) =>
        step.customer === customer && step.account === 'debt' && step.delta === -amount,
    ),
  );
