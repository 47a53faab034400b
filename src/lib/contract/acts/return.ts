// The body of a return: the returned goods, and what is given back for them.
// The goods belong to a known sale, or the sale is not known.
import * as z from 'zod/mini';
import { accounts, confirmation } from './account';
import { approval } from './approval';
import { lowered } from './correction';
import { MOST_SETTLED, sumOf } from './repayment';
import { lineTax, markingCode, moneyTender, MOST_LINES, unit } from './sale';
import { currencyCode, day, hash, id, minor, quantity } from '$lib/contract/values';

/**
 * How a customer proves that the goods were sold here: the receipt, whose code was scanned, a copy of it, or themselves (the sale
 * is on their card).
 */
export const shownForReturn = z.enum(['paper', 'copy', 'customer', 'nothing']);
export type ShownForReturn = z.infer<typeof shownForReturn>;

/** Why goods are returned; the note explains `other`. */
export const returnReason = z.enum(['faulty', 'wrong-goods', 'not-needed', 'mistake', 'other']);
export type ReturnReason = z.infer<typeof returnReason>;

/** The largest sum of a sale, minor units, and of its points, so that sums of many returns stay exact. */
const MOST_RETURNED = 999_999_999_999;
/** The largest quantity of a line, thousandths. */
const MOST_QUANTITY = 99_999_999;
/** Minor units or points of one return. */
const returned = minor.check(z.lte(MOST_RETURNED));

/**
 * Returned goods of one line. `line`: its place in the sale, or in this return if the sale is not known, from 0. `amount`: the
 * part of the line's total, minor units. `prices`: for goods without a sale, per unit, what is given back and the price now;
 * null: the sale has them. `mark`: the marking code of the returned piece, which may be sold again; null: the goods are not
 * marked, or the code could not be read. `tax`: of the line of the sale, or of the product now.
 */
const lineOfReturn = z
  .strictObject({
    line: z.int().check(z.nonnegative(), z.lt(MOST_LINES)),
    product: z.nullable(id),
    name: z.string().check(z.maxLength(300)),
    unit,
    quantity: quantity.check(z.lte(MOST_QUANTITY)),
    amount: returned,
    prices: z.nullable(z.strictObject({ given: returned, list: minor })),
    mark: z.nullable(markingCode),
    tax: lineTax,
    to: z.enum(['stock', 'written-off']),
  })
  .check(
    z.refine(
      ({ mark, unit, quantity }) => mark === null || (unit === 'piece' && quantity === 1000),
    ),
  );

/**
 * A customer returns goods of a sale, all or some of them. Sums are minor units and only those of this return. `sale` null: it is
 * not known; `number`: of its receipt. `settles`: the debts that it lowers. `inCash`: money paid by card or transfer is given
 * back in cash; without a known sale, the money is given back in cash and not by transfer. `rounding`: added to the cash.
 * `pointValue`: what a point was worth at the sale; without one, what it is worth now.
 * `withheld`: earned points that the customer no longer has, and their worth. `scanned`: the beginning of the sale's hash, as the
 * code of the shown paper has it; null: no code was scanned. `approval`: by a second operator, if one is needed;
 * `alone`: nobody else has the right. `confirmations`: the customer's code or an override, if one is needed; its `amount` is all
 * that is given back, points at their worth.
 */
export const returnBody = z
  .strictObject({
    return: id,
    currency: currencyCode,
    day,
    sale: z.nullable(
      z.strictObject({
        till: id,
        seq: z.int().check(z.positive()),
        hash,
        number: z.int().check(z.positive()),
      }),
    ),
    customer: z.nullable(id),
    lines: z.array(lineOfReturn).check(z.minLength(1), z.maxLength(MOST_LINES)),
    total: returned,
    debtReduced: returned,
    settles: z.array(lowered).check(z.maxLength(MOST_SETTLED)),
    refunds: z
      .array(z.strictObject({ ...moneyTender.shape, amount: returned }))
      .check(z.maxLength(3)),
    inCash: z.boolean(),
    rounding: z.int().check(z.gte(-MOST_RETURNED), z.lte(MOST_RETURNED)),
    pointsGivenBack: returned,
    pointValue: z.int().check(z.positive()),
    pointsTakenBack: returned,
    withheld: z.strictObject({ points: returned, amount: returned }),
    shown: shownForReturn,
    scanned: z.nullable(z.string().check(z.regex(/^[0-9a-f]{12}$/))),
    reason: returnReason,
    note: z.nullable(z.string().check(z.minLength(1), z.maxLength(300))),
    approval,
    confirmations: z.array(confirmation).check(z.maxLength(1)),
    accounts: accounts.check(z.maxLength(3)),
    /** Thousandths that return to the stock, one row per product. */
    stock: z
      .array(
        z.strictObject({
          product: id,
          delta: z.int().check(z.positive(), z.lte(MOST_LINES * MOST_QUANTITY)),
        }),
      )
      .check(z.maxLength(MOST_LINES)),
  })
  .check(
    z.refine(({ lines, total }) => sumOf(lines) === total),
    z.refine(({ settles, debtReduced }) => sumOf(settles) === debtReduced),
    z.refine(
      ({ sale, settles }) => sale === null || settles.every(({ debt }) => debt === sale.hash),
    ),
    // if the sale is not known, nobody knows which points it earned or redeemed
    z.refine(
      ({ sale, lines, shown, approval, ...body }) =>
        lines.every(({ prices }) => (prices === null) === (sale !== null)) &&
        (sale !== null ||
          (shown === 'nothing' &&
            approval.kind !== 'not-needed' &&
            body.pointsGivenBack + body.pointsTakenBack + body.withheld.points === 0 &&
            body.withheld.amount === 0)),
    ),
    z.refine(
      ({ sale, customer, confirmations }) =>
        confirmations.length === 0 || (sale !== null && customer !== null),
    ),
    z.refine(({ shown, scanned }) => (shown === 'paper') === (scanned !== null)),
    z.refine(({ refunds }) => new Set(refunds.map(({ kind }) => kind)).size === refunds.length),
    z.refine(({ lines }) => new Set(lines.map(({ line }) => line)).size === lines.length),
    z.refine(({ customer, accounts, ...body }) => {
      const steps = [
        ['debt', -body.debtReduced],
        ['points', body.pointsGivenBack],
        ['points', -body.pointsTakenBack],
      ].filter(([, delta]) => delta !== 0);
      return (
        steps.length === accounts.length &&
        steps.every(([account, delta], place) => {
          const step = accounts[place];
          return step?.customer === customer && step?.account === account && step?.delta === delta;
        })
      );
    }),
  );
