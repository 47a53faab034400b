// The body of a sale: its lines with their prices and discounts, its tenders, and what it moves.
import * as z from 'zod/mini';
import { accounts, confirmation } from './account';
import { discountRule, MOST_RULES } from '$lib/contract/discount-rule';
import { at, currencyCode, hash, id, minor, phone, quantity } from '$lib/contract/values';

export const unit = z.enum(['piece', 'kilogram', 'litre', 'metre']);
export type Unit = z.infer<typeof unit>;

/** Rates of value added tax, percent, as they stand in a price; `none`: without the tax. */
export const vatRate = z.enum(['none', '0', '5', '7', '10', '20', '22']);
export type VatRate = z.infer<typeof vatRate>;

/** What is sold, in a fiscal document (FFD 1.2, tag 1212). */
export const paymentSubject = z.enum(['goods', 'excisable', 'service', 'work']);
export type PaymentSubject = z.infer<typeof paymentSubject>;

/** A line for a fiscal document. */
export const lineTax = z.strictObject({ subject: paymentSubject, vat: vatRate });

/** A product for a fiscal document. `vat` null: as the shop's goods mostly are, `shop.vat` of the policy. */
export const productTax = z.strictObject({ subject: paymentSubject, vat: z.nullable(vatRate) });
export type ProductTax = z.infer<typeof productTax>;

/** The marking code of one piece of goods, as it is printed, with a GS (0x1D) between its fields. */
export const markingCode = z
  .string()
  // GS is one of its characters
  // eslint-disable-next-line no-control-regex
  .check(z.minLength(18), z.maxLength(255), z.regex(/^[\x1d\x21-\x7e]+$/));

/** Ages from which goods may be sold, in years. */
export const ageAsked = z.int().check(z.gte(1), z.lte(99));

/** That the customer is old enough: `age` in years, `by` the operator who said so. */
export const ageConfirmed = z.strictObject({ age: ageAsked, by: id });
export type AgeConfirmed = z.infer<typeof ageConfirmed>;

/** Letters of an address in a fiscal document (FFD 1.2, tag 1008). */
export const ADDRESS_LENGTH = 64;

/** An e-mail address for an electronic receipt. */
export const receiptEmail = z.email().check(z.maxLength(ADDRESS_LENGTH));

/**
 * Where the customer wants their electronic receipt: a phone number or an e-mail address. Kept beside the entry, which names it by
 * the hash (`proof/record`) that `salt` is of.
 */
export const receiptAddress = z.strictObject({
  salt: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  to: z.union([phone, receiptEmail]),
});
export type ReceiptAddress = z.infer<typeof receiptAddress>;

export const moneyKind = z.enum(['cash', 'card', 'transfer']);

/** Money given, minor units. */
export const moneyTender = z.strictObject({ kind: moneyKind, amount: minor });
export type MoneyTender = z.infer<typeof moneyTender>;

export const tenderOfSale = z.discriminatedUnion('kind', [
  moneyTender,
  z.strictObject({ kind: z.literal('points'), amount: minor, points: z.int().check(z.positive()) }),
]);
export type TenderOfSale = z.infer<typeof tenderOfSale>;

/** Where a line's price comes from: the catalogue, a person who typed another one, or a scale's label, which is its `barcode`. */
export const priceFrom = z.enum(['list', 'free', 'scale']);
export type PriceFrom = z.infer<typeof priceFrom>;

/**
 * What one reduction takes off a line, minor units. `line`, `receipt`: given by hand to this line or to the whole receipt, whose
 * share this is; `rule`: by the policy's rule of this id. `basisPoints`: the percentage it was given as; null: as a sum.
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

/** Kinds of discounts on one line: by hand four, and one rule. */
const MOST_DISCOUNTS = 5;

/**
 * Prices are minor units per unit, before discounts. `pointsPart`: minor units of the line's total that points paid. The price
 * of the goods, rounded to a minor unit, is the total and the discounts.
 */
export const lineOfSale = z
  .strictObject({
    product: id,
    name: z.string().check(z.maxLength(300)),
    barcode: z.nullable(z.string().check(z.maxLength(300))),
    unit,
    quantity,
    listPrice: minor,
    unitPrice: minor,
    priceFrom,
    /** The product's mark: no discount touches it. */
    noDiscounts: z.boolean(),
    /** For a fiscal document, as it was at the sale. */
    tax: lineTax,
    /** The age from which it may be sold, years, as it was at the sale; null: any. */
    askAge: z.nullable(ageAsked),
    /** Of marked goods, which are sold one piece a line; null: they are not marked. */
    mark: z.nullable(markingCode),
    /** The product's category when it was sold: rules may be for categories. */
    category: z.nullable(z.string().check(z.minLength(1), z.maxLength(100))),
    /** What a person gave the line off, also where a rule took more off and it did not count; null: nothing. */
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
    // its total is the label's: nothing is taken off
    z.refine(
      ({ priceFrom, barcode, given, discounts }) =>
        priceFrom !== 'scale' || (barcode !== null && given === null && discounts.length === 0),
    ),
    z.refine(
      ({ priceFrom, listPrice, unitPrice }) => priceFrom !== 'list' || listPrice === unitPrice,
    ),
  );
export type LineOfSale = z.infer<typeof lineOfSale>;

/** Lines of one sale: more than anybody rings up, and few enough to be judged at once. */
export const MOST_LINES = 5000;
/** What all goods taken out of one receipt cost at most, minor units, and how often any were: sums of many stay exact. */
const MOST_REMOVED = 999_999_999_999;
const times = z.int().check(z.nonnegative(), z.lte(1_000_000));
export const goodsRemoved = z.strictObject({
  lines: times,
  sum: minor.check(z.lte(MOST_REMOVED)),
});
/** Elements of its other lists, of which a till writes a handful. */
const MOST_OF_SALE = 100;

export const saleBody = z.strictObject({
  sale: id,
  /** Gapless per till, from 1; printed on the receipt. */
  number: z.int().check(z.positive()),
  currency: currencyCode,
  /** The business day, by the shop's time zone: `2026-11-28`. */
  day: z.iso.date(),
  customer: z.nullable(id),
  lines: z.array(lineOfSale).check(z.minLength(1), z.maxLength(MOST_LINES)),
  /** Of the lines, before `rounding`. */
  total: minor,
  /** What a person gave the whole receipt off; null: nothing. */
  given: z.nullable(givenByHand),
  /** When the automatic discounts were settled, ms, and the names of those that were given; null: the policy had none. */
  byRules: z.nullable(
    z.strictObject({
      at,
      names: z
        .array(z.strictObject({ rule: id, name: discountRule.shape.name }))
        .check(z.maxLength(MOST_RULES)),
    }),
  ),
  /** Whose right allowed its discounts and custom prices where the operator's own did not; null: nobody else's. */
  discountsAllowedBy: z.nullable(id),
  /** Null: no line asks for an age. */
  ageConfirmed: z.nullable(ageConfirmed),
  /** Salted hash of the address for an electronic receipt, which no entry holds; null: none was given. */
  receiptAddressHash: z.nullable(hash),
  /** Goods taken out of the receipt after its payment began: how often, and what they cost before discounts. */
  removed: goodsRemoved,
  /** Minor units added to the total so that it can be paid in cash; below zero: taken off. */
  rounding: z.int(),
  tenders: z.array(tenderOfSale).check(z.maxLength(MOST_OF_SALE)),
  changeDue: minor,
  onAccount: minor,
  /** Within how many days of the sale the debt is to be paid; null: no date, or no debt. */
  dueDays: z.nullable(z.int().check(z.positive(), z.lte(3650))),
  pointsEarned: z.int().check(z.nonnegative()),
  /** Share of what is repaid of its debt that is earned as points, in hundredths of a percent; null: nothing is. */
  repaidEarns: z.nullable(z.int().check(z.gte(1), z.lte(10_000))),
  /** Minor units that one point was worth. */
  pointValue: z.int().check(z.positive()),
  accounts: accounts.check(z.maxLength(MOST_OF_SALE)),
  /** Nothing of a sale is by right. */
  confirmations: z.array(confirmation).check(
    z.maxLength(MOST_OF_SALE),
    z.refine((given) => given.every(({ kind }) => kind !== 'by-right')),
  ),
  /** Thousandths taken from stock, one row per product. */
  stock: z.array(z.strictObject({ product: id, delta: z.int() })).check(z.maxLength(MOST_LINES)),
});
export type SaleBody = z.infer<typeof saleBody>;
