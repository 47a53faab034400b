// The policy: operators, groups with their rights, and the rules of the customer's consent.
// Stored and signed by the relay; a till only verifies it.
import * as z from 'zod/mini';
import { vatRate } from './acts/sale';
import { discountRules } from './discount-rule';
import { labelMasks } from './label-mask';
import { SETTINGS, type Setting, type SettingsPart } from './settings';
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

/** All rights, in the sections and the order of the screen. */
export const RIGHTS_BY_SECTION = {
  selling: [
    'sell',
    'discount',
    'free-price',
    'remove-line-after-total',
    'correct-tender',
    'return',
  ],
  account: [
    'sell-on-account',
    'sell-over-limit',
    'redeem-points',
    'take-repayment',
    'correct-balance',
    'change-customer-phone',
  ],
  noCode: ['skip-code:on-account', 'skip-code:points'],
  shift: ['cash-in-out', 'open-shift', 'close-shift', 'take-tip'],
  keeping: [
    'view-reports',
    'manage-catalogue',
    'manage-customers',
    'manage-staff',
    'settings',
    'data',
  ],
} as const;

/** In no built-in group: a shop gives them to whom it likes, and an owner need not hold them. */
export const OPTIONAL_RIGHTS: readonly Right[] = ['take-tip'];

export const right = z.enum(Object.values(RIGHTS_BY_SECTION).flat());
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

/** The shop's name, as customers read it in messages. */
export const shopName = signName(120);

type SettingSchema<S> = S extends { readonly as: 'yes-no' }
  ? z.ZodMiniBoolean
  : S extends { readonly optional: true }
    ? z.ZodMiniNullable<typeof minor>
    : typeof minor;

function settingSchema({ as, least, most, optional }: Setting): z.ZodMiniType {
  if (as === 'yes-no') return z.boolean();
  const value = most === Number.MAX_SAFE_INTEGER ? minor : z.int().check(z.gte(least), z.lte(most));
  return optional ? z.nullable(value) : value;
}

type SettingPart<P extends SettingsPart> = {
  [F in keyof (typeof SETTINGS)[P]]: SettingSchema<(typeof SETTINGS)[P][F]>;
};

/** The parts of the policy that consist of single settings. */
const settingParts = Object.fromEntries(
  Object.entries(SETTINGS).map(([part, fields]) => [
    part,
    z.strictObject(
      Object.fromEntries(
        Object.entries(fields).map(([field, row]) => [field, settingSchema(row as Setting)]),
      ),
    ),
  ]),
) as { readonly [P in SettingsPart]: z.ZodMiniObject<SettingPart<P>, z.core.$strict> };

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
  ...settingParts,
  notices: z.extend(settingParts.notices, {
    /**
     * Messages about debts, once a month from `day` on, to those who owe at least `from` (minor units), between the hours
     * `fromHour` and `toHour` of the shop's time zone; null: none.
     */
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
 * of that policy as signed, which distinguishes two policies of one version; older tills omit it. The relay sets
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
