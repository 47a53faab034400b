// Values in the bodies of drawer and shift acts, and the totals of a shift.
import * as z from 'zod/mini';
import { overrideReason } from './account';
import { moneyKind } from './sale';
import { at, id, minor } from '$lib/contract/values';

/** Why cash is put into the drawer or taken out; the note explains `other`. */
export const cashReason = z.enum(['small-change', 'cash-drop', 'expense', 'other']);
export type CashReason = z.infer<typeof cashReason>;
export const direction = z.enum(['in', 'out']);

/** Why the drawer is opened without a sale; the note explains `other`. */
export const drawerReason = z.enum(['give-change', 'look-inside', 'test-page', 'other']);
export type DrawerReason = z.infer<typeof drawerReason>;

/** The reason of a difference; the note explains `other`. */
export const differenceReason = z.enum([
  'wrong-change',
  'small-change',
  'wrong-tender',
  'unknown',
  'other',
]);
export type DifferenceReason = z.infer<typeof differenceReason>;

export const note = z.nullable(z.string().check(z.minLength(1), z.maxLength(300)));
const times = z.int().check(z.nonnegative());
/** A sum that wrong entries may make negative, minor units. */
export const signed = z.int();

/** The most kinds of notes and coins of one currency. */
export const MOST_PIECES = 100;

/** The most groups in a shift's totals: more than a shop has people and reasons. */
const MOST_GROUPS = 10_000;

/** A number of acts and their sum, minor units. */
const group = z.strictObject({ count: times, amount: signed });

/**
 * The sums of a shift, minor units. `rounding`: what was added to the totals in cash; `cash`: without the change given; `points`
 * of sales: their worth. `moved`: money in and out that is of no sale and no debt, by act, person, way to pay and reason. `withheld`: the worth of spent points that was withheld from
 * refunds. `withoutCode`: acts without the customer's code, by the person whose right was used and by reason. `counts`: how often
 * the drawer was counted.
 */
export const shiftTotals = z.strictObject({
  sales: z.strictObject({
    count: times,
    total: signed,
    cash: signed,
    change: signed,
    /** `freePrice`: the difference between list prices and custom prices. */
    discounts: z.strictObject({ line: signed, receipt: signed, rule: signed, freePrice: signed }),
    card: signed,
    transfer: signed,
    points: signed,
    onAccount: signed,
    rounding: signed,
  }),
  repayments: z.strictObject({
    count: times,
    total: signed,
    cash: signed,
    change: signed,
    card: signed,
    transfer: signed,
    rounding: signed,
  }),
  /** What was given back for cancelled repayments and, in `overpayments`, as overpayments. */
  repaymentsCancelled: z.strictObject({
    count: times,
    total: signed,
    cash: signed,
    card: signed,
    transfer: signed,
    rounding: signed,
    pointsTakenBack: signed,
    withheld: signed,
  }),
  overpayments: z.strictObject({
    count: times,
    total: signed,
    cash: signed,
    card: signed,
    transfer: signed,
  }),
  /** Sums of corrections by account and direction: minor units of debt, and points. */
  corrections: z.strictObject({
    count: times,
    debtUp: signed,
    debtDown: signed,
    pointsUp: signed,
    pointsDown: signed,
  }),
  /** What returns gave back: money, debt, and points; `withheld`, and the worth of points given back (`points`): minor units. */
  returns: z.strictObject({
    count: times,
    total: signed,
    debt: signed,
    cash: signed,
    card: signed,
    transfer: signed,
    points: signed,
    pointsGivenBack: signed,
    pointsTakenBack: signed,
    withheld: signed,
    rounding: signed,
  }),
  pointsEarned: signed,
  pointsRedeemed: signed,
  moved: z
    .array(
      z.strictObject({
        act: z.string().check(z.maxLength(40)),
        operator: z.nullable(id),
        kind: moneyKind,
        direction,
        reason: z.nullable(cashReason),
        count: times,
        amount: signed,
      }),
    )
    .check(z.maxLength(MOST_GROUPS)),
  /** Confirmed movements by kind of confirmation. */
  confirmed: z.strictObject({
    code: group,
    'reserve-code': group,
    override: group,
    'not-required': group,
    none: group,
    'by-right': group,
  }),
  withoutCode: z
    .array(z.strictObject({ operator: id, because: overrideReason, count: times, amount: signed }))
    .check(z.maxLength(MOST_GROUPS)),
  /**
   * Each operator's sales, repayments and returns, in the order of their first act. `discounts`: sales with discounts by hand and
   * prices below the list, and what these took off; `refunded`: returns with cash; `takenOut`: cash taken out of the drawer;
   * `removed`: lines taken out of receipts that this person sold or cancelled, and their price before discounts; `held`: receipts
   * among these that were held often or long, and their totals.
   */
  byPerson: z
    .array(
      z.strictObject({
        operator: z.nullable(id),
        sales: group,
        discounts: group,
        repayments: group,
        returns: group,
        refunded: group,
        takenOut: group,
        removed: group,
        held: group,
      }),
    )
    .check(z.maxLength(MOST_GROUPS)),
  /** Goods taken out of receipts that were sold or cancelled. */
  goodsRemoved: z.strictObject({ count: times, total: signed }),
  /** Cancelled receipts, their totals in minor units, and how many of them were resumed. */
  receiptsCancelled: z.strictObject({ count: times, total: signed, resumed: times }),
  /** Money of sales that was entered as `from` and is corrected to `to`, by the person who corrected it. */
  tendersCorrected: z
    .array(
      z.strictObject({
        operator: z.nullable(id),
        from: moneyKind,
        to: moneyKind,
        count: times,
        amount: signed,
      }),
    )
    .check(z.maxLength(MOST_GROUPS)),
  drawerOpened: times,
  counts: times,
  /**
   * Counts again of what had differed, and by how much these differences changed, without their signs:
   * at a second count the expected sum is known.
   */
  recounted: group,
  /** Receipts and reports printed or shared once more. */
  reprints: times,
});
export type ShiftTotals = z.infer<typeof shiftTotals>;

/**
 * The cash with which a shift begins, minor units. `float`: in the drawer; `counted`: whether a person counted it; otherwise the
 * last shift left it. `left`: what the last shift left; in a till's first shift the float itself. `difference`: the float minus
 * `left`.
 */
export const openingCash = { float: minor, counted: z.boolean(), left: minor, difference: signed };

/**
 * What terminal and bank say came by card and by transfer in a shift, and what its acts add up to: minor units, negative if more
 * was given back. Only of the ways by which money moved.
 */
export const terminalCounted = z
  .array(z.strictObject({ kind: z.enum(['card', 'transfer']), counted: signed, expected: signed }))
  .check(z.maxLength(2));
export type TerminalCounted = z.infer<typeof terminalCounted>;

/** Receipts on hold when a shift is closed, and the sum of their totals, minor units. */
export const heldReceipts = z.strictObject({ count: times, amount: minor });
export type HeldReceipts = z.infer<typeof heldReceipts>;

/** How a shift began. */
export const shiftOpening = z.strictObject({
  seq: z.int().check(z.positive()),
  at,
  operator: z.nullable(id),
  ...openingCash,
});
export type ShiftOpening = z.infer<typeof shiftOpening>;
