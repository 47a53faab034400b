// The policy: operators, groups with their rights, and the rules of the customer's consent.
// Stored and signed by the relay; a till only verifies it.
import * as z from 'zod/mini';
import { vatRate } from './acts/sale';
import { discountRules } from './discount-rule';
import { labelMasks } from './label-mask';
import {
  at,
  channel,
  currency,
  hash,
  id,
  language,
  minor,
  personName,
  phone,
  signName,
  slug,
} from './values';

export const right = z.enum([
  'sell',
  'discount',
  'free-price',
  'remove-line-after-total',
  'correct-tender',
  'return',
  'sell-on-account',
  'sell-over-limit',
  'redeem-points',
  'skip-code:on-account',
  'skip-code:points',
  'take-repayment',
  'correct-balance',
  'change-customer-phone',
  'cash-in-out',
  'open-shift',
  'close-shift',
  'view-reports',
  'manage-catalogue',
  'manage-customers',
  'manage-staff',
  'settings',
  'data',
]);
export type Right = z.infer<typeof right>;

/** PBKDF2-SHA256 of a PIN. A PIN identifies the operator; it gives no access to the relay. */
export const pinVerifier = z.strictObject({
  salt: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  hash,
  rounds: z.int().check(z.gte(600_000), z.lte(10_000_000)),
  /** Length of the PIN: 6 for operators whose group may skip codes, 4 for others. */
  digits: z.int().check(z.gte(4), z.lte(12)),
});
export type PinVerifier = z.infer<typeof pinVerifier>;

export const operator = z.strictObject({
  id,
  name: personName,
  group: slug,
  pin: pinVerifier,
  phone: z.nullable(phone),
  /** The taxpayer’s number printed on fiscal documents (INN); null: not known. */
  taxNumber: z.nullable(z.string().check(z.regex(/^\d{10}(\d{2})?$/))),
  active: z.boolean(),
});
export type Operator = z.infer<typeof operator>;

export const builtInGroup = z.enum(['cashier', 'senior-cashier', 'manager', 'owner']);
export type BuiltInGroup = z.infer<typeof builtInGroup>;

export const group = z
  .strictObject({
    id: slug,
    /** Null: a built-in group under its default name, which each screen translates. */
    name: z.nullable(personName),
    rights: z.array(right).check(z.maxLength(40)),
    /** The share of a line's list price that its operators may take off by hand in all, in hundredths of a percent. */
    discountBasisPoints: z.int().check(z.gte(0), z.lte(10_000)),
  })
  .check(z.refine(({ id, name }) => name !== null || builtInGroup.safeParse(id).success));
export type Group = z.infer<typeof group>;

/**
 * How one action is confirmed. An empty chain is the method *none*. Below the threshold (minor units) no code is
 * required. If the message is not reported as delivered within `nextAfterMs`, the relay tries the next channel of the
 * chain.
 */
export const method = z.strictObject({
  chain: z.array(channel).check(z.maxLength(5)),
  threshold: minor,
  nextAfterMs: z.int().check(z.gte(20_000), z.lte(300_000)),
});
export type Method = z.infer<typeof method>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '';
  } catch {
    return false; // a RangeError: no such zone
  }
}

/** A group of customers. */
export const customerGroup = z.strictObject({ id, name: personName });
export type CustomerGroup = z.infer<typeof customerGroup>;
export const MOST_CUSTOMER_GROUPS = 50;

/** The most that one point may be worth, minor units. */
export const MOST_POINT_VALUE = 1_000_000;

/** The shop's name, as customers read it in messages. */
export const shopName = signName(120);

export const policy = z.strictObject({
  v: z.literal(1),
  /** Starts at 1; each accepted change adds one. */
  version: z.int().check(z.gte(1)),
  at,
  shop: z.strictObject({
    id,
    name: shopName,
    /** The phone or address that a notice asks the customer to contact; may be empty. */
    contact: z.string().check(z.maxLength(120)),
    currency,
    /** ISO 3166-1 alpha-2: the country assumed for numbers without a country code. */
    phoneCountry: z.string().check(z.regex(/^[A-Z]{2}$/)),
    /** The VAT rate of goods that have none of their own. */
    vat: vatRate,
    /** IANA name of the time zone of the business day: `Europe/Moscow`. */
    timeZone: z.string().check(z.maxLength(64), z.refine(isTimeZone)),
    /** Language of every message the relay writes: to customers, owners and staff. */
    messageLanguage: language,
  }),
  operators: z.array(operator).check(z.minLength(1), z.maxLength(500)),
  groups: z.array(group).check(z.minLength(1), z.maxLength(50)),
  customerGroups: z.array(customerGroup).check(z.maxLength(MOST_CUSTOMER_GROUPS)),
  methods: z.strictObject({ 'redeem-points': method, 'sell-on-account': method }),
  challenge: z.strictObject({
    lifetimeMs: z.int().check(z.gte(60_000), z.lte(600_000)),
    checks: z.int().check(z.gte(1), z.lte(5)),
    sends: z.int().check(z.gte(1), z.lte(3)),
  }),
  /**
   * Minor units. A number that is younger than 24 hours and not trusted confirms debt only up to `newNumberCap`. `dueDays`: days
   * within which a debt is to be paid; null: no date.
   */
  credit: z.strictObject({
    debtLimit: minor,
    newNumberCap: minor,
    dueDays: z.nullable(z.int().check(z.gte(1), z.lte(3650))),
  }),
  /** Minor units that acts without a code may move: per act, and per customer and per till in any 24 hours. */
  overrideCaps: z.strictObject({ perAct: minor, perCustomer: minor, perTill: minor }),
  /**
   * Minor units that weak codes (four digits, or made by the messaging service) may confirm: per act, and per number and in the
   * whole shop in any 24 hours.
   */
  weakCodes: z.strictObject({ perAct: minor, perNumber: minor, perShop: minor }),
  /**
   * `largeFrom`: minor units from which on an act without a code is reported at once, instead of being merged with others of the
   * hour. `repayments`, `returns`, `corrections`: whether customers get a message about each repayment, return, and correction in
   * their favour. `reminders`: messages about debts, once a month from `day` on, to those who owe at least `from` (minor units),
   * between the hours `fromHour` and `toHour` of the shop's time zone; null: none.
   */
  notices: z.strictObject({
    largeFrom: minor,
    repayments: z.boolean(),
    returns: z.boolean(),
    corrections: z.boolean(),
    reminders: z.nullable(
      z
        .strictObject({
          day: z.int().check(z.gte(1), z.lte(28)),
          from: minor.check(z.positive()),
          fromHour: z.int().check(z.gte(0), z.lte(23)),
          toHour: z.int().check(z.gte(1), z.lte(24)),
        })
        .check(z.refine(({ fromHour, toHour }) => fromHour < toHour)),
    ),
  }),
  /** Minor units that corrections may move in customers' favour, points at their worth, in any 24 hours in the whole shop. */
  corrections: z.strictObject({ perDay: minor }),
  /**
   * Minor units. If the returns of one sale give back more than `cashFrom` in cash, debt and points, a second operator has to
   * approve; also if the returns of one operator at a till in any 24 hours give back more than `perDay`. `perDay` is also what
   * returns that need approval may give back at a till in any 24 hours. `codeFrom`: if the returns of one sale give back money
   * and points of at least this worth, the customer's code is needed; null: never.
   */
  returns: z.strictObject({ cashFrom: minor, perDay: minor, codeFrom: z.nullable(minor) }),
  /**
   * `blindCount`: until the drawer is counted, the expected cash is hidden from operators who may not view reports. `countFloat`:
   * the float must be counted before a shift opens; otherwise a shift may open automatically with what the last one left.
   */
  shifts: z.strictObject({ blindCount: z.boolean(), countFloat: z.boolean() }),
  /**
   * How a sum is rounded if cash pays it wholly: to a multiple of `step`, minor units, the nearest one or the one below. Null: it
   * is not rounded.
   */
  cashRounding: z.nullable(
    z.strictObject({
      step: z.int().check(z.gte(2), z.lte(1_000_000)),
      way: z.enum(['nearest', 'down']),
    }),
  ),
  /** Automatic discounts. */
  discountRules,
  /** How barcodes of scales are read; a code to which no mask applies is an ordinary barcode. */
  labelMasks,
  points: z.strictObject({
    /** Share of the money paid that is given as points, in hundredths of a percent. */
    earnBasisPoints: z.int().check(z.gte(0), z.lte(10_000)),
    /** Largest share of a receipt that points may pay, in hundredths of a percent. */
    redeemBasisPoints: z.int().check(z.gte(0), z.lte(10_000)),
    /** What one point is worth, in minor units. */
    pointValue: z.int().check(z.gte(1), z.lte(MOST_POINT_VALUE)),
    /** Whether the part of a sale on account earns points, too, when it is repaid. */
    onRepayment: z.boolean(),
    /** The most points that one customer may earn in any 24 hours, at their worth in minor units. */
    perDay: minor,
  }),
  /** Maximum number of messages the relay sends, in rolling windows. */
  limits: z.strictObject({
    perPhoneHour: z.int().check(z.gte(1), z.lte(1000)),
    perPhoneDay: z.int().check(z.gte(1), z.lte(1000)),
    perTillHour: z.int().check(z.gte(1), z.lte(100_000)),
    perShopDay: z.int().check(z.gte(1), z.lte(1_000_000)),
  }),
  /**
   * Prefixes of the numbers that may get messages (`+79`); empty: none. A calling code that several countries share (`+7`) covers
   * only one of them, as `SHARED_CODES` says. In the first policy the relay fills an empty list with the shop's and the owner's
   * countries.
   */
  allowedPrefixes: z.array(z.string().check(z.regex(/^\+[1-9]\d{0,9}$/))).check(z.maxLength(200)),
});
export type Policy = z.infer<typeof policy>;

/**
 * `PUT /policy`. `base`: the version this change is based on; null only for the very first policy. `baseMark`: SHA-256
 * of that policy as signed, which tells two policies of one version apart; older tills omit it. The relay sets
 * `version` and `at`.
 */
export const policyChange = z.strictObject({
  base: z.nullable(z.int()),
  baseMark: z.optional(hash),
  policy,
});
export type PolicyChange = z.infer<typeof policyChange>;

/** `POST /policy/returned`: a policy this relay signed, returned by a till after a restore from an older backup. */
export const policyReturned = z.strictObject({ policy: z.string().check(z.maxLength(60_000)) });

export const policyRefusal = z.enum([
  'last-owner',
  'unknown-group',
  'duplicate-id',
  'pin-too-short',
  'no-right',
  'right-not-yours',
  'wrong-shop',
  'currency-fixed',
  'malformed',
]);
export type PolicyRefusal = z.infer<typeof policyRefusal>;

export const policyReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('policy'), policy: z.string() }),
  z.strictObject({ kind: z.literal('no-policy') }),
  z.strictObject({ kind: z.literal('policy-differs'), version: z.nullable(z.int()) }),
  z.strictObject({
    kind: z.literal('policy-refused'),
    /** Path into the policy, in the manner of a JSON pointer: `operators.2.group`. */
    path: z.string(),
    because: policyRefusal,
  }),
]);
export type PolicyReply = z.infer<typeof policyReply>;
