// The settings of the policy that are a single value, one row each. Plain data, without zod.
// Schema, default, check of a change, message to owners and field on the screen are made from the row.
// Words: `domain/messages/settings-ru.ts` and `settings-en.ts`.

/** What weakens the customer's protection: a larger value, switching it off, a later beginning or none, any change. */
type Rule = 'larger' | 'off' | 'later' | 'other';

/** A weakening as it is named on the wire (`contract/owner-notice.ts`): by its kind, or by kind and part. */
type Named = string | { readonly kind: string; readonly [part: string]: string };

/** How the value is written: money (minor units), hundredths of a percent, a number, one of some numbers, yes or no. */
type Form =
  | { readonly as: 'sum' | 'share' | 'count' | 'yes-no' }
  | { readonly as: 'choice'; readonly from: readonly number[]; readonly unit: Unit };
type Unit = 'minutes' | 'days' | 'times';

export type Setting = Form & {
  /** Of a new shop. Sums are whole roubles, in other currencies a hundredth of that. */
  readonly usual: number | boolean | null;
  readonly least: number;
  readonly most: number;
  /** Whether null is allowed, too: no number. */
  readonly optional: boolean;
  /** Null: no change weakens the customer's protection. */
  readonly weakening: { readonly rule: Rule; readonly of: Named } | null;
};

const ANY = { least: 0, most: Number.MAX_SAFE_INTEGER, optional: false } as const;

/** Money; a larger sum is weaker. */
const sum = <const N extends Named>(usual: number, of: N) =>
  ({ ...ANY, as: 'sum', usual, weakening: { rule: 'larger', of } }) as const;

/** Hundredths of a percent; a larger share is weaker. */
const share = <const N extends Named>(usual: number, of: N) =>
  ({ ...sum(usual, of), as: 'share', most: 10_000 }) as const;

type Bounds = readonly [least: number, most: number];

/** A number that protects against nothing. */
const free = (usual: number, [least, most]: Bounds) =>
  ({ ...ANY, as: 'count', usual, least, most, weakening: null }) as const;

/** A number; a larger one is weaker. */
const count = <const N extends Named>(usual: number, bounds: Bounds, of: N) =>
  ({ ...free(usual, bounds), weakening: { rule: 'larger', of } }) as const;

/** Yes or no. */
const yesNo = (usual: boolean) => ({ ...ANY, as: 'yes-no', usual, weakening: null }) as const;

/** Whether customers get a message; without it they are protected less. */
const told = <const N extends Named>(of: N) =>
  ({ ...yesNo(true), weakening: { rule: 'off', of } }) as const;

const weakCap = <const C extends string>(cap: C) => ({ kind: 'weak-code-cap', cap }) as const;
const freeCap = <const C extends string>(cap: C) => ({ kind: 'override-cap', cap }) as const;
const returnCap = <const C extends string>(cap: C) => ({ kind: 'return-cap', cap }) as const;
const phoneLimit = <const L extends string>(limit: L) => ({ kind: 'phone-limit', limit }) as const;
const pointsOf = <const S extends string>(of: S) => ({ kind: 'points-share', share: of }) as const;

/** By the parts of the policy and their fields; the screens show the fields of a part in this order. */
export const SETTINGS = {
  /** `newNumberCap`: for numbers younger than 24 hours and not trusted. `dueDays`: days to pay a debt; null: no date. */
  credit: {
    debtLimit: sum(10_000, 'debt-limit'),
    newNumberCap: sum(3_000, 'new-number-cap'),
    dueDays: {
      ...free(30, [1, 3650]),
      as: 'choice',
      from: [7, 14, 30, 60, 90],
      unit: 'days',
      usual: null,
      optional: true,
    },
  },
  /** For weak codes (four digits, or made by the service): per act, and per number and in the whole shop in any 24 hours. */
  weakCodes: {
    perAct: sum(500, weakCap('perAct')),
    perNumber: sum(1_000, weakCap('perNumber')),
    perShop: sum(3_000, weakCap('perShop')),
  },
  /** For acts without a code: per act, and per customer and per till in any 24 hours. */
  overrideCaps: {
    perAct: sum(3_000, freeCap('perAct')),
    perCustomer: sum(3_000, freeCap('perCustomer')),
    perTill: sum(15_000, freeCap('perTill')),
  },
  /** For corrections in customers' favour, points at their worth, in any 24 hours in the whole shop. */
  corrections: {
    perDay: sum(10_000, 'correction-cap'),
  },
  /** `largeFrom`: from here an act without a code is reported at once, instead of being merged with others of the hour. */
  notices: {
    largeFrom: sum(1_000, 'large-from'),
    repayments: told('repayments-untold'),
    corrections: told('corrections-untold'),
    returns: told('returns-untold'),
  },
  /**
   * If the returns of one sale give back more than `cashFrom` in cash, debt and points, a second operator has to approve; also if
   * the returns of one operator at a till in any 24 hours give back more than `perDay`. `perDay` is also what returns that need
   * approval may give back at a till in any 24 hours. `codeFrom`: if the returns of one sale give back money and points of at
   * least this worth, the customer's code is needed; null: never.
   */
  returns: {
    cashFrom: sum(3_000, returnCap('cashFrom')),
    perDay: sum(15_000, returnCap('perDay')),
    codeFrom: {
      ...ANY,
      as: 'sum',
      usual: null,
      optional: true,
      weakening: { rule: 'later', of: 'return-code' },
    },
  },
  /**
   * `earnBasisPoints`: share of the money paid that is given as points. `redeemBasisPoints`: largest share of a receipt that
   * points may pay. `perDay`: the most points that one customer may earn in any 24 hours, at their worth. `onRepayment`: whether
   * the part of a sale on account earns points, too, when it is repaid.
   */
  points: {
    earnBasisPoints: share(100, pointsOf('earn')),
    redeemBasisPoints: share(5_000, pointsOf('redeem')),
    pointValue: {
      as: 'sum',
      usual: 1,
      least: 1,
      most: 1_000_000,
      optional: false,
      weakening: { rule: 'other', of: 'point-value' },
    },
    perDay: sum(500, 'earning-cap'),
    onRepayment: yesNo(false),
  },
  /**
   * `blindCount`: until the drawer is counted, the expected cash is hidden from operators who may not view reports. `countFloat`:
   * the float must be counted before a shift opens; otherwise a shift may open automatically with what the last one left.
   */
  shifts: { blindCount: yesNo(false), countFloat: yesNo(false) },
  challenge: {
    lifetimeMs: {
      ...count(300_000, [60_000, 600_000], 'lifetime'),
      as: 'choice',
      from: [60_000, 120_000, 180_000, 300_000, 600_000],
      unit: 'minutes',
    },
    checks: {
      ...count(5, [1, 5], 'checks'),
      as: 'choice',
      from: [1, 2, 3, 4, 5],
      unit: 'times',
    },
    sends: { ...free(3, [1, 3]), as: 'choice', from: [1, 2, 3], unit: 'times' },
  },
  /** Maximum number of messages the relay sends, in rolling windows. */
  limits: {
    perPhoneHour: count(10, [1, 1000], phoneLimit('perPhoneHour')),
    perPhoneDay: count(20, [1, 1000], phoneLimit('perPhoneDay')),
    perTillHour: free(60, [1, 100_000]),
    perShopDay: free(500, [1, 1_000_000]),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Setting>>>>;

type Settings = typeof SETTINGS;
export type SettingsPart = keyof Settings;

/** The values of one part. */
export type SettingValues<P extends SettingsPart> = {
  -readonly [F in keyof Settings[P]]: ValueOf<Settings[P][F]>;
};

type ValueOf<S> = S extends { readonly as: 'yes-no' }
  ? boolean
  : S extends { readonly optional: true }
    ? number | null
    : number;

/** `credit.debtLimit`. */
export type SettingKey = {
  [P in SettingsPart]: `${P}.${keyof Settings[P] & string}`;
}[SettingsPart];

/** Label and hint of each setting; of one that can be weakened also the message to owners. */
export type WordsOfSettings = {
  readonly [K in SettingKey]: K extends `${infer P extends SettingsPart}.${infer F}`
    ? F extends keyof Settings[P]
      ? Settings[P][F] extends { readonly weakening: null }
        ? readonly [label: string, hint: string | null]
        : readonly [label: string, hint: string | null, weakened: string]
      : never
    : never;
};

/** A row with its place in the policy. */
export type PlacedSetting = Setting & {
  readonly key: SettingKey;
  readonly part: SettingsPart;
  readonly field: string;
};

export const ALL_SETTINGS: readonly PlacedSetting[] = Object.entries(SETTINGS).flatMap(
  ([part, fields]) =>
    Object.entries<Setting>(fields).map(([field, setting]) => ({
      ...setting,
      key: `${part}.${field}` as SettingKey,
      part: part as SettingsPart,
      field,
    })),
);

type Row = { [P in SettingsPart]: Settings[P][keyof Settings[P]] }[SettingsPart];
type WeakeningKind<R extends Rule> = Extract<
  Extract<Row['weakening'], { readonly rule: R }>['of'],
  string
>;

type KindOf<N> = N extends { readonly kind: infer K } ? K : N;
/** The kind of each weakening that a row names. */
export type SettingWeakening = KindOf<NonNullable<Row['weakening']>['of']>;

/** The kinds of weakenings by a rule that have no further part, as they are on the wire. */
export const weakeningKinds = <R extends Rule>(rule: R): WeakeningKind<R>[] =>
  ALL_SETTINGS.flatMap(({ weakening }) =>
    weakening?.rule === rule && typeof weakening.of === 'string'
      ? [weakening.of as WeakeningKind<R>]
      : [],
  );
