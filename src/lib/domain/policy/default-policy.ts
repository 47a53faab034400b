// The policy a shop starts with: four groups, a code by SMS for both actions, cautious caps.
import type { BuiltInGroup, Group, Operator, Policy, Right } from '$lib/contract/policy';
import type { Currency } from '$lib/contract/values';
import type { Language } from '$lib/domain/values/language';
import { RIGHTS } from './rights';

export type FirstRun = {
  readonly shopId: string;
  readonly shopName: string;
  readonly currency: Currency;
  /** ISO 3166-1 alpha-2. */
  readonly phoneCountry: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly owner: Pick<Operator, 'id' | 'name' | 'pin' | 'phone'>;
  readonly at: number;
  /** Language of messages to customers and owners. */
  readonly messageLanguage: Language;
};

const CASHIER: readonly Right[] = [
  'sell',
  'sell-on-account',
  'redeem-points',
  'take-repayment',
  'open-shift',
  'close-shift',
  'cash-in-out',
];

const SENIOR: readonly Right[] = [
  ...CASHIER,
  'discount',
  'free-price',
  'remove-line-after-total',
  'correct-tender',
  'return',
  'sell-over-limit',
  'skip-code:on-account',
  'skip-code:points',
  'view-reports',
];

/** The four built-in groups, under their default names. */
export function defaultGroups(): Group[] {
  const rights: Record<BuiltInGroup, readonly Right[]> = {
    cashier: CASHIER,
    'senior-cashier': SENIOR,
    manager: RIGHTS.filter((right) => right !== 'manage-staff'),
    owner: RIGHTS,
  };
  const caps = { cashier: 0, 'senior-cashier': 1_000, manager: 10_000, owner: 10_000 };
  return (['cashier', 'senior-cashier', 'manager', 'owner'] as const).map((id) => ({
    id,
    name: null,
    rights: [...rights[id]],
    discountBasisPoints: caps[id],
  }));
}

/**
 * Version 1 of a shop's policy; the owner is its only operator. The sums are roubles; in other currencies a hundredth of them.
 */
export function defaultPolicy(first: FirstRun): Policy {
  const { currency, owner } = first;
  const roubles = currency.code === 'RUB';
  const major = 10 ** currency.digits;
  const sum = (whole: number) => (roubles ? whole : whole / 100) * major;
  return {
    v: 1,
    version: 1,
    at: first.at,
    shop: {
      id: first.shopId,
      name: first.shopName,
      contact: '',
      currency,
      phoneCountry: first.phoneCountry,
      timeZone: first.timeZone,
      vat: 'none',
      messageLanguage: first.messageLanguage,
    },
    operators: [{ ...owner, group: 'owner', taxNumber: null, active: true }],
    groups: defaultGroups(),
    customerGroups: [],
    methods: {
      'redeem-points': { chain: ['sms'], threshold: 0, nextAfterMs: 40_000 },
      'sell-on-account': { chain: ['sms'], threshold: 0, nextAfterMs: 40_000 },
    },
    challenge: { lifetimeMs: 300_000, checks: 5, sends: 3 },
    credit: { debtLimit: sum(10_000), newNumberCap: sum(3_000), dueDays: null },
    overrideCaps: { perAct: sum(3_000), perCustomer: sum(3_000), perTill: sum(15_000) },
    weakCodes: { perAct: sum(500), perNumber: sum(1_000), perShop: sum(3_000) },
    notices: {
      largeFrom: sum(1_000),
      repayments: true,
      returns: true,
      corrections: true,
      reminders: null,
    },
    corrections: { perDay: sum(10_000) },
    returns: { cashFrom: sum(3_000), perDay: sum(15_000), codeFrom: null },
    shifts: { blindCount: false, countFloat: false },
    cashRounding: null,
    discountRules: [],
    labelMasks: [
      {
        prefixes: ['20', '21', '22'],
        value: 'weight',
        layout: 'AAAAAVVVVV',
        articleHasPrefix: false,
      },
    ],
    points: {
      earnBasisPoints: 100,
      redeemBasisPoints: 5_000,
      pointValue: roubles ? major : 1,
      onRepayment: false,
      perDay: sum(500),
    },
    limits: { perPhoneHour: 10, perPhoneDay: 20, perTillHour: 60, perShopDay: 500 },
    allowedPrefixes: [],
  };
}
