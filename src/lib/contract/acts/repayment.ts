// Bodies of repayments: money given for debts, a repayment cancelled, an overpayment paid out.
import * as z from 'zod/mini';
import { accountEntry, confirmation } from './account';
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

/**
 * A repayment of the same shift is cancelled: its money is given back, and the debts that it settled are owed again. `amount`,
 * `rounding` and `settles` are those of the repayment; `refunds`: its money without the change. Raises the debt, so that it needs
 * the customer's code or an override.
 */
export const cancellationBody = z
  .strictObject({
    cancellation: id,
    currency: currencyCode,
    repayment: z.strictObject({ till: id, seq: z.int().check(z.positive()), hash }),
    customer: id,
    amount: minor,
    rounding: z.int(),
    refunds: z.array(moneyTender).check(z.maxLength(3)),
    settles: z.array(settled).check(z.minLength(1), z.maxLength(3 * MOST_SETTLED)),
    reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(300)),
    accounts: z.tuple([accountEntry]),
    confirmations: z.tuple([confirmation]),
  })
  .check(
    z.refine(({ refunds, amount, rounding }) => sumOf(refunds) === amount + rounding),
    z.refine(({ settles, amount }) => sumOf(settles) === amount),
    z.refine(
      ({ accounts: [step], customer, amount }) =>
        step.customer === customer && step.account === 'debt' && step.delta === amount,
    ),
    z.refine(({ confirmations: [given] }) => given.kind !== 'by-right'),
  );

/** What a customer paid beyond their debt is paid out: the debt, which is below zero, rises to zero at most. */
export const overpaymentBody = z
  .strictObject({
    payout: id,
    currency: currencyCode,
    customer: id,
    amount: minor.check(z.positive()),
    tender: moneyKind,
    accounts: z.tuple([accountEntry]),
  })
  .check(
    z.refine(
      ({ accounts: [step], customer, amount }) =>
        step.customer === customer && step.account === 'debt' && step.delta === amount,
    ),
  );
