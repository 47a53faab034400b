// The body of a return: the goods that come back, and what is given for them.
// They are of a sale, or of none that is known.
import * as z from 'zod/mini';
import { accounts, confirmation } from './account';
import { lowered } from './correction';
import { MOST_SETTLED, sumOf } from './repayment';
import { lineTax, markingCode, moneyTender, MOST_LINES, unit } from './sale';
import { currencyCode, hash, id, minor, quantity } from '$lib/contract/values';

/** What a customer shows that the goods were sold here: the paper, a copy of it, themselves (the sale is on their account). */
export const shownForReturn = z.enum(['paper', 'copy', 'customer', 'nothing']);
export type ShownForReturn = z.infer<typeof shownForReturn>;

/** Why goods come back; `other` is said in the note. */
export const returnReason = z.enum(['faulty', 'wrong-goods', 'not-needed', 'mistake', 'other']);
export type ReturnReason = z.infer<typeof returnReason>;

/** The largest sum of a sale, minor units, and so of its points: sums of many returns stay exact. */
const MOST_RETURNED = 999_999_999_999;
/** The largest quantity of a line, thousandths. */
const MOST_QUANTITY = 99_999_999;
/** Minor units or points of one return. */
const returned = minor.check(z.lte(MOST_RETURNED));

/**
 * Goods of one line that come back. `line`: its place in the sale, or here, from 0. `amount`: of its total, minor units. `prices`:
 * of goods of no sale, per unit, what is given back and what they cost now; null: the sale has them. `mark`: the marking code of the
 * piece that comes back, which may be sold again; null: they are not marked, or it could not be read. `tax`: as the line of
 * the sale had it, or as the product has it now.
 */
const lineOfReturn = z
  .strictObject({
    line: z.int().check(z.nonnegative(), z.lt(MOST_LINES)),
    product: id,
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
 * Goods come back, whole or in part. Of each sum only what this return adds; minor units. `sale` null: it is not known which one;
 * `number`: of its receipt. `settles`: the debts that it lowers. `inCash`: what card and transfer paid goes back in cash, too;
 * of no sale, the money goes back in cash and not by transfer. `rounding`: added to the cash. `withheld`: the worth of
 * earned points that the customer no longer has.
 * `approval`: of a second operator, where one is needed; `alone`: nobody else has the right. `confirmations`: the customer's code, or an
 * override, where one is needed; its `amount` is all that is given back, points at their worth.
 */
export const returnBody = z
  .strictObject({
    return: id,
    currency: currencyCode,
    day: z.iso.date(),
    sale: z.nullable(
      z.strictObject({
        ...{ till: id, seq: z.int().check(z.positive()), hash },
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
    pointsTakenBack: returned,
    withheld: z.strictObject({ points: returned, amount: returned }),
    shown: shownForReturn,
    reason: returnReason,
    note: z.nullable(z.string().check(z.minLength(1), z.maxLength(300))),
    approval: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('not-needed') }),
      z.strictObject({ kind: z.literal('given'), by: id }),
      z.strictObject({ kind: z.literal('alone') }),
    ]),
    confirmations: z.array(confirmation).check(z.maxLength(1)),
    accounts: accounts.check(z.maxLength(3)),
    /** Thousandths that come back into the stock, one row per product. */
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
    // without the sale nobody knows which points were earned or paid with
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
