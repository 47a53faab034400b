// The body of a sale: lines with prices and discounts, tenders, account steps and stock.
import * as z from 'zod/mini';
import { accounts, confirmation } from './account';
import { discountRule, MOST_RULES } from '$lib/contract/discount-rule';
import { at, currencyCode, day, id, minor, quantity } from '$lib/contract/values';

export const unit = z.enum(['piece', 'kilogram', 'litre', 'metre']);
export type Unit = z.infer<typeof unit>;

/** Rates of value added tax, percent, included in the price; `none`: no VAT. */
export const vatRate = z.enum(['none', '0', '5', '7', '10', '20', '22']);
export type VatRate = z.infer<typeof vatRate>;

/** The kind of goods in a fiscal document (FFD 1.2, tag 1212). */
export const paymentSubject = z.enum(['goods', 'excisable', 'service', 'work']);
export type PaymentSubject = z.infer<typeof paymentSubject>;

/** The tax of a line in a fiscal document. */
export const lineTax = z.strictObject({ subject: paymentSubject, vat: vatRate });

/** The tax of a product in a fiscal document. `vat` null: the shop's usual rate, `shop.vat` of the policy. */
export const productTax = z.strictObject({ subject: paymentSubject, vat: z.nullable(vatRate) });
export type ProductTax = z.infer<typeof productTax>;

/** The marking code of one piece of goods, as it is printed, with a GS (0x1D) between its fields. */
export const markingCode = z
  .string()
  // GS is one of its characters
  // eslint-disable-next-line no-control-regex
  .check(z.minLength(18), z.maxLength(255), z.regex(/^[\x1d\x21-\x7e]+$/));

/** The minimum age for goods, years. */
export const ageAsked = z.int().check(z.gte(1), z.lte(99));

/** Confirms that the customer is old enough: `age` in years, `by` the operator who confirmed it. */
export const ageConfirmed = z.strictObject({ age: ageAsked, by: id });
export type AgeConfirmed = z.infer<typeof ageConfirmed>;

export const moneyKind = z.enum(['cash', 'card', 'transfer']);

/** Money given, minor units. */
export const moneyTender = z.strictObject({ kind: moneyKind, amount: minor });
export type MoneyTender = z.infer<typeof moneyTender>;

export const tenderOfSale = z.discriminatedUnion('kind', [
  moneyTender,
  z.strictObject({ kind: z.literal('points'), amount: minor, points: z.int().check(z.positive()) }),
]);
export type TenderOfSale = z.infer<typeof tenderOfSale>;

/** The source of a line's price: the catalogue, a person who typed another one, or a scale label, whose code is the `barcode`. */
export const priceFrom = z.enum(['list', 'free', 'scale']);
export type PriceFrom = z.infer<typeof priceFrom>;

/**
 * One discount of a line, minor units. `line`: given by hand to this line; `receipt`: this line's share of a discount given by
 * hand to the whole receipt; `rule`: by the policy's rule of this id. `basisPoints`: the percentage; null: it was given as a sum.
 */
export const discountOfLine = z
  .strictObject({
    from: z.enum(['line', 'receipt', 'rule']),
    rule: z.nullable(id),
    basisPoints: z.nullable(z.int().check(z.gte(1), z.lte(10_000))),
    amount: minor.check(z.positive()),
  })
  .check(z.refine(({ from, rule }) => (from === 'rule') === (rule !== null)));
export type DiscountOfLine = z.infer<typeof discountOfLine>;

/** A discount as a person gives it: a percentage in hundredths of a percent, a sum in minor units, or both. */
export const givenByHand = z
  .strictObject({
    basisPoints: z.nullable(z.int().check(z.gte(1), z.lte(10_000))),
    sum: z.nullable(minor.check(z.positive())),
  })
  .check(z.refine(({ basisPoints, sum }) => basisPoints !== null || sum !== null));
export type GivenByHand = z.infer<typeof givenByHand>;

/** The most discounts of one line: four by hand, and one rule. */
const MOST_DISCOUNTS = 5;

/**
 * `product` null: goods that are not in the catalogue, sold at a typed price, which counts as their list price; no stock changes.
 * Prices are minor units per unit, before discounts. `pointsPart`: minor units of the line's total that points paid. The price of
 * the goods, rounded to a minor unit, equals the total plus the discounts.
 */
export const lineOfSale = z
  .strictObject({
    product: z.nullable(id),
    name: z.string().check(z.maxLength(300)),
    barcode: z.nullable(z.string().check(z.maxLength(300))),
    unit,
    quantity,
    listPrice: minor,
    unitPrice: minor,
    priceFrom,
    /** As the product says: the line takes no discounts. */
    noDiscounts: z.boolean(),
    /** For a fiscal document, as it was at the sale. */
    tax: lineTax,
    /** The minimum age of the customer, years, at the time of the sale; null: any. */
    askAge: z.nullable(ageAsked),
    /** The marking code; marked goods are sold one piece per line. Null: the goods are not marked. */
    mark: z.nullable(markingCode),
    /** The product's category at the time of the sale, because discount rules may depend on it. */
    category: z.nullable(z.string().check(z.minLength(1), z.maxLength(100))),
    /** The discount that a person gave the line, even if a rule took more off and this one did not count; null: none. */
    given: z.nullable(givenByHand),
    discounts: z.array(discountOfLine).check(z.maxLength(MOST_DISCOUNTS)),
    total: minor,
    pointsPart: minor,
  })
  .check(
    z.refine(({ quantity, unitPrice, discounts, total }) => {
      const goods = BigInt(total) + discounts.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
      const off = 1000n * goods - BigInt(unitPrice) * BigInt(quantity);
      return -500n <= off && off <= 500n;
    }),
    z.refine(({ pointsPart, total }) => pointsPart <= total),
    z.refine(
      ({ mark, unit, quantity }) => mark === null || (unit === 'piece' && quantity === 1000),
    ),
    // a line at a scale label's price costs what the label states, without discounts
    z.refine(
      ({ priceFrom, barcode, given, discounts }) =>
        priceFrom !== 'scale' || (barcode !== null && given === null && discounts.length === 0),
    ),
    z.refine(
      ({ priceFrom, listPrice, unitPrice }) => priceFrom !== 'list' || listPrice === unitPrice,
    ),
    z.refine(
      ({ product, priceFrom, listPrice, unitPrice, mark }) =>
        product !== null || (priceFrom === 'free' && listPrice === unitPrice && mark === null),
    ),
  );
export type LineOfSale = z.infer<typeof lineOfSale>;

/** The most lines of one sale: more than anybody rings up, and few enough for the relay to check at once. */
export const MOST_LINES = 5000;
/** The largest sum of goods removed from one receipt, minor units, so that sums of many stay exact. */
const MOST_REMOVED = 999_999_999_999;
const times = z.int().check(z.nonnegative(), z.lte(1_000_000));
export const goodsRemoved = z.strictObject({
  lines: times,
  sum: minor.check(z.lte(MOST_REMOVED)),
});
/** How often a receipt was put on hold before it was sold or cancelled, and for how long at most, ms. */
export const receiptHeld = z.strictObject({
  times,
  longestMs: z.int().check(z.nonnegative()),
});
export type ReceiptHeld = z.infer<typeof receiptHeld>;
/** The most elements of a sale's other lists; a till writes a few. */
const MOST_OF_SALE = 100;

export const saleBody = z.strictObject({
  sale: id,
  /** Gapless per till, from 1; printed on the receipt. */
  number: z.int().check(z.positive()),
  currency: currencyCode,
  /** The business day, by the shop's time zone: `2026-11-28`. */
  day,
  customer: z.nullable(id),
  lines: z.array(lineOfSale).check(z.minLength(1), z.maxLength(MOST_LINES)),
  /** The sum of the lines, before `rounding`. */
  total: minor,
  /** The discount that a person gave the whole receipt; null: none. */
  given: z.nullable(givenByHand),
  /** When the automatic discounts were computed, ms, and the names of those given; null: the policy had none. */
  byRules: z.nullable(
    z.strictObject({
      at,
      names: z
        .array(z.strictObject({ rule: id, name: discountRule.shape.name }))
        .check(z.maxLength(MOST_RULES)),
    }),
  ),
  /** The colleague whose right allowed the discounts and custom prices, if the operator's own did not suffice; null: nobody. */
  discountsAllowedBy: z.nullable(id),
  /** Null: no line has a minimum age. */
  ageConfirmed: z.nullable(ageConfirmed),
  /** Salted hash of the address for an electronic receipt, which no entry holds; null: none was given. */
  /** Goods taken out of the receipt: the number of products, and their price before discounts. */
  removed: goodsRemoved,
  held: receiptHeld,
  /** Minor units added to the total so that cash can pay it; negative: taken off. */
  rounding: z.int(),
  tenders: z.array(tenderOfSale).check(z.maxLength(MOST_OF_SALE)),
  changeDue: minor,
  onAccount: minor,
  /** Days after the sale within which the debt is to be paid; null: no date, or no debt. */
  dueDays: z.nullable(z.int().check(z.positive(), z.lte(3650))),
  pointsEarned: z.int().check(z.nonnegative()),
  /** The share of repayments of its debt that is given as points, in hundredths of a percent; null: none. */
  repaidEarns: z.nullable(z.int().check(z.gte(1), z.lte(10_000))),
  /** The worth of one point, minor units. */
  pointValue: z.int().check(z.positive()),
  accounts: accounts.check(z.maxLength(MOST_OF_SALE)),
  /** No part of a sale can be confirmed `by-right`. */
  confirmations: z.array(confirmation).check(
    z.maxLength(MOST_OF_SALE),
    z.refine((given) => given.every(({ kind }) => kind !== 'by-right')),
  ),
  /** Thousandths taken from stock, one row per product. */
  stock: z.array(z.strictObject({ product: id, delta: z.int() })).check(z.maxLength(MOST_LINES)),
});
export type SaleBody = z.infer<typeof saleBody>;
