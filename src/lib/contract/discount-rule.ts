// Automatic discounts: the policy's rules that lower prices without anybody giving a discount.
import * as z from 'zod/mini';
import { day, id, minor, personName } from './values';

const ids = z.array(z.string().check(z.minLength(1), z.maxLength(100)));
const ofGoods = ids.check(z.minLength(1));
/** Minutes since midnight. */
const minute = z.int().check(z.gte(0), z.lte(24 * 60 - 1));
const days = z.int().check(z.gte(0), z.lte(180));

/** The goods that a rule applies to: categories and products by id. */
export const ruleScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everything') }),
  z.strictObject({ kind: z.literal('categories'), ids: ofGoods }),
  z.strictObject({ kind: z.literal('products'), ids: ofGoods }),
]);
export type RuleScope = z.infer<typeof ruleScope>;

const sum = minor.check(z.positive());

/** Hundredths of a percent; or minor units off each unit; or minor units once, spread over the lines in the scope. */
export const ruleAmount = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('percent'),
    basisPoints: z.int().check(z.gte(1), z.lte(10_000)),
  }),
  z.strictObject({ kind: z.literal('per-unit'), sum }),
  z.strictObject({ kind: z.literal('once'), sum }),
]);
export type RuleAmount = z.infer<typeof ruleAmount>;

/**
 * The condition of a rule besides dates, weekdays and hours; `weekdays`: no further one. `total`: minor units of the whole
 * receipt, before discounts; `quantity`: thousandths of one product; `purchases`: minor units of all that the customer has bought
 * so far.
 */
export const ruleCondition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('weekdays') }),
  z.strictObject({
    kind: z.literal('month-days'),
    days: z.array(z.int().check(z.gte(1), z.lte(31))).check(z.minLength(1), z.maxLength(31)),
  }),
  z.strictObject({ kind: z.literal('total'), from: sum }),
  z.strictObject({ kind: z.literal('quantity'), from: z.int().check(z.positive()) }),
  z.strictObject({ kind: z.literal('purchases'), from: sum }),
  z.strictObject({ kind: z.literal('birthday'), before: days, after: days }),
  z.strictObject({ kind: z.literal('group'), group: id }),
]);
export type RuleCondition = z.infer<typeof ruleCondition>;

export const discountRule = z.strictObject({
  id,
  name: personName.check(z.maxLength(80)),
  active: z.boolean(),
  /** First and last day, in the shop's time zone; null: without bound. */
  from: z.nullable(day),
  until: z.nullable(day),
  /** `until` is excluded. Hours that cross midnight belong to the day on which they begin. Null: the whole day. */
  hours: z.nullable(
    z
      .strictObject({ from: minute, until: minute })
      .check(z.refine(({ from, until }) => from !== until)),
  ),
  /** Monday is 1. */
  weekdays: z.array(z.int().check(z.gte(1), z.lte(7))).check(z.minLength(1), z.maxLength(7)),
  scope: ruleScope,
  amount: ruleAmount,
  condition: ruleCondition,
  /** Whether it is given in addition to a discount by hand; otherwise the better of the two counts. */
  adds: z.boolean(),
});
export type DiscountRule = z.infer<typeof discountRule>;

export const MOST_RULES = 30;
/** The most categories and products named by all rules together: the policy is signed and sent as one text. */
export const MOST_IN_SCOPES = 300;

/** The number of categories and products that rules name. */
export const namedIn = (rules: readonly DiscountRule[]): number =>
  rules.reduce((all, { scope }) => all + (scope.kind === 'everything' ? 0 : scope.ids.length), 0);

/** In their order: of equal discounts the earlier rule counts. */
export const discountRules = z.array(discountRule).check(
  z.maxLength(MOST_RULES),
  z.refine((rules) => namedIn(rules) <= MOST_IN_SCOPES),
);
