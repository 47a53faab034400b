// The policy a shop starts with: four groups, a code by SMS for both actions, cautious caps.
import type { BuiltInGroup, Group, Operator, Policy, Right } from '$lib/contract/policy';
import {
  SETTINGS,
  type Setting,
  type SettingsPart,
  type SettingValues,
} from '$lib/contract/settings';
import type { Currency } from '$lib/contract/values';
import type { Language } from '$lib/domain/values/language';
import { OWNER_RIGHTS } from './rights';

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
    manager: OWNER_RIGHTS.filter((right) => right !== 'manage-staff'),
    owner: OWNER_RIGHTS,
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
  const parts = usualSettings(sum);
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
    ...parts,
    notices: { ...parts.notices, reminders: null },
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
    points: { ...parts.points, pointValue: roubles ? major : 1 },
    allowedPrefixes: [],
  };
}

/** The parts that consist of single settings. `sum`: whole roubles in minor units. */
function usualSettings(sum: (whole: number) => number): {
  readonly [P in SettingsPart]: SettingValues<P>;
} {
  const valueOf = ({ as, usual }: Setting) =>
    as === 'sum' && typeof usual === 'number' ? sum(usual) : usual;
  return Object.fromEntries(
    Object.entries(SETTINGS).map(([part, fields]) => [
      part,
      Object.fromEntries(
        Object.entries<Setting>(fields).map(([field, row]) => [field, valueOf(row)]),
      ),
    ]),
  ) as ReturnType<typeof usualSettings>;
}
