// What the acts of the drawer hold, and the totals of a shift.
import * as z from 'zod/mini';
import { overrideReason } from './account';
import { at, id, minor } from '$lib/contract/values';

/** Why cash goes into the drawer or out of it; `other` is said in the note. */
export const cashReason = z.enum(['small-change', 'cash-drop', 'expense', 'other']);
export type CashReason = z.infer<typeof cashReason>;
export const direction = z.enum(['in', 'out']);

/** Why the drawer is opened without a sale; `other` is said in the note. */
export const drawerReason = z.enum(['give-change', 'look-inside', 'test-page', 'other']);
export type DrawerReason = z.infer<typeof drawerReason>;

/** How a difference is explained; `other` is said in the note. */
export const differenceReason = z.enum(['wrong-change', 'small-change', 'unknown', 'other']);
export type DifferenceReason = z.infer<typeof differenceReason>;

export const note = z.nullable(z.string().check(z.minLength(1), z.maxLength(300)));
const times = z.int().check(z.nonnegative());
/** A sum that a wrong entry may bring below zero, minor units. */
export const signed = z.int();

/** Kinds of notes and coins of one currency at most. */
export const MOST_PIECES = 100;

/** Groups in a shift's totals at most: more than a shop has people and reasons. */
const MOST_GROUPS = 10_000;

/** How often, and minor units. */
const group = z.strictObject({ count: times, amount: signed });

/**
 * What a shift has come to. Sums are minor units; of the totals, `rounding` is what was added to them in cash; `cash` is without the
 * change that was given, `points` of sales is their
 * worth. `moved`: cash in and out by reason; `withheld`: the worth of spent points that was kept back; `withoutCode`: acts without the customer's code, by the person whose right was
 * used and the reason; `counts`: how often the drawer was counted.
 */
export const shiftTotals = z.strictObject({
  sales: z.strictObject({
    ...{ count: times, total: signed, cash: signed, change: signed },
    /** `freePrice`: by how much custom prices are below those of the list. */
    discounts: z.strictObject({ line: signed, receipt: signed, rule: signed, freePrice: signed }),
    ...{ card: signed, transfer: signed, points: signed, onAccount: signed, rounding: signed },
  }),
  repayments: z.strictObject({
    ...{
      count: times,
      total: signed,
      cash: signed,
      change: signed,
      card: signed,
      transfer: signed,
      rounding: signed,
    },
  }),
  /** Repayments that were cancelled, and overpayments that were paid out: what was given back. */
  repaymentsCancelled: z.strictObject({
    ...{ count: times, total: signed, cash: signed, card: signed, transfer: signed },
    ...{ rounding: signed, pointsTakenBack: signed, withheld: signed },
  }),
  overpayments: z.strictObject({
    ...{ count: times, total: signed, cash: signed, card: signed, transfer: signed },
  }),
  /** Corrections by what they moved, each a sum of its own: minor units of debt, and points. */
  corrections: z.strictObject({
    ...{ count: times, debtUp: signed, debtDown: signed, pointsUp: signed, pointsDown: signed },
  }),
  /** What was given back: money, debt, and points; `withheld`: minor units. */
  returns: z.strictObject({
    ...{ count: times, total: signed, debt: signed, cash: signed, card: signed, transfer: signed },
    ...{ pointsGivenBack: signed, pointsTakenBack: signed, withheld: signed, rounding: signed },
  }),
  pointsEarned: signed,
  pointsRedeemed: signed,
  moved: z
    .array(z.strictObject({ direction, reason: cashReason, count: times, amount: signed }))
    .check(z.maxLength(MOST_PIECES)),
  /** Acts with the customer's consent by how it was given, and what they moved. */
  confirmed: z.strictObject({
    ...{ code: group, 'reserve-code': group, override: group, 'not-required': group, none: group },
    'by-right': group,
  }),
  withoutCode: z
    .array(z.strictObject({ operator: id, because: overrideReason, count: times, amount: signed }))
    .check(z.maxLength(MOST_GROUPS)),
  /** What each person sold, took as repayments and took back, in the order of their first act. */
  byPerson: z
    .array(
      z.strictObject({ operator: z.nullable(id), sales: group, repayments: group, returns: group }),
    )
    .check(z.maxLength(MOST_GROUPS)),
  /** Goods taken out of receipts that were sold, after their payment began. */
  goodsRemoved: z.strictObject({ count: times, total: signed }),
  /** Receipts given up with goods, minor units, and how many of them were taken up again. */
  receiptsCancelled: z.strictObject({ count: times, total: signed, resumed: times }),
  drawerOpened: times,
  counts: times,
  /** Papers printed or shared once more. */
  reprints: times,
});
export type ShiftTotals = z.infer<typeof shiftTotals>;

/** How a shift began. `float`: minor units in the drawer; `counted`: a person counted it, otherwise the last shift left it. */
export const shiftOpening = z.strictObject({
  seq: z.int().check(z.positive()),
  at,
  operator: z.nullable(id),
  float: minor,
  counted: z.boolean(),
});
export type ShiftOpening = z.infer<typeof shiftOpening>;
