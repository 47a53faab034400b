// The journal: one append-only, hash-chained list of acts per till.
// Holds no personal data. Serves as audit trail, upload queue and source of every balance.
import * as z from 'zod/mini';
import {
  at,
  currencyCode,
  hash,
  id,
  jws,
  minor,
  quantity,
  reserveCode,
  saleAction,
} from './values';

/** One signed step of a customer's running total: minor units for `debt` (up: owes more), points for `points`. */
export const accountEntry = z.strictObject({
  customer: id,
  account: z.enum(['debt', 'points']),
  delta: z.int(),
});
export type AccountEntry = z.infer<typeof accountEntry>;

export const overrideReason = z.enum([
  'no-internet',
  'provider-failed',
  'code-did-not-arrive',
  'phone-not-at-hand',
  'other',
]);
export type OverrideReason = z.infer<typeof overrideReason>;

/** The till's knowledge of its connections when a person went on without a code. */
export const connectivityFact = z.strictObject({
  state: z.enum(['codes-can-be-sent', 'provider-unavailable', 'offline']),
  /** Last exchange with the relay, and the relay's last with the provider; null: never. */
  relayAt: z.nullable(at),
  providerAt: z.nullable(at),
  /** The outcome that allowed going on without a code: `unreachable`, `refused:no-money`, `too-many-checks`. */
  noCodeBecause: z.string().check(z.maxLength(80)),
});
export type ConnectivityFact = z.infer<typeof connectivityFact>;

/** Nobody was asked: balances are moved by a right. */
const unasked = z.strictObject({
  kind: z.literal('none'),
  action: saleAction,
  amount: minor,
  because: z.enum(['demo', 'import']),
});

/** Moved in the customer's favour outside a sale: nobody has to consent, and a daily cap of the policy limits it. */
const byRight = z.strictObject({
  kind: z.literal('by-right'),
  action: saleAction,
  amount: minor,
});

/** How an action was confirmed. `amount` is minor units (for points: what they are worth). */
export const confirmation = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('code'),
    action: saleAction,
    amount: minor,
    challenge: id,
    grant: z.string().check(z.maxLength(8192)),
  }),
  z.strictObject({
    kind: z.literal('reserve-code'),
    action: saleAction,
    amount: minor,
    /** Used up by this act, so reading it here is of no use. */
    code: reserveCode,
    /** Id of its verifier, and the whole verifier as signed by the relay: till, customer, cap. */
    verifier: id,
    signed: jws,
  }),
  z.strictObject({
    kind: z.literal('override'),
    action: saleAction,
    amount: minor,
    /** Who entered the sale, and whose right was used; the same person unless another operator stepped in. */
    askedBy: id,
    by: id,
    because: overrideReason,
    note: z.nullable(z.string().check(z.maxLength(300))),
    connectivity: connectivityFact,
    /** The caps in force and how much of them was used before this act, minor units. */
    caps: z.strictObject({
      perAct: minor,
      perCustomer: minor,
      perTill: minor,
      usedByCustomer: minor,
      usedByTill: minor,
    }),
  }),
  z.strictObject({
    kind: z.literal('not-required'),
    action: saleAction,
    amount: minor,
    because: z.enum(['method-none', 'below-threshold']),
  }),
  unasked,
  byRight,
]);
export type Confirmation = z.infer<typeof confirmation>;

export const unit = z.enum(['piece', 'kilogram', 'litre', 'metre']);
export type Unit = z.infer<typeof unit>;

const moneyKind = z.enum(['cash', 'card', 'transfer']);

/** Money given, minor units. */
export const moneyTender = z.strictObject({ kind: moneyKind, amount: minor });
export type MoneyTender = z.infer<typeof moneyTender>;

export const tenderOfSale = z.discriminatedUnion('kind', [
  moneyTender,
  z.strictObject({ kind: z.literal('points'), amount: minor, points: z.int().check(z.positive()) }),
]);
export type TenderOfSale = z.infer<typeof tenderOfSale>;

/** Where a line's price comes from: the catalogue, or a person who typed another one. */
export const priceFrom = z.enum(['list', 'free']);
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

/** Kinds of discounts on one line: by hand four, and the rules that add to them. */
const MOST_DISCOUNTS = 20;

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
      ({ priceFrom, listPrice, unitPrice }) => priceFrom !== 'list' || listPrice === unitPrice,
    ),
  );
export type LineOfSale = z.infer<typeof lineOfSale>;

/** Steps whose sums can be counted exactly, whatever their order. */
const accounts = z
  .array(accountEntry)
  .check(
    z.refine((steps) =>
      Number.isSafeInteger(steps.reduce((sum, { delta }) => sum + Math.abs(delta), 0)),
    ),
  );

/** Lines of one sale: more than anybody rings up, and few enough to be judged at once. */
const MOST_LINES = 5000;
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
  /** Whose right allowed its discounts and custom prices where the operator's own did not; null: nobody else's. */
  discountsAllowedBy: z.nullable(id),
  /** Minor units added to the total so that it can be paid in cash; below zero: taken off. */
  rounding: z.int(),
  tenders: z.array(tenderOfSale).check(z.maxLength(MOST_OF_SALE)),
  changeDue: minor,
  onAccount: minor,
  /** Within how many days of the sale the debt is to be paid; null: no date, or no debt. */
  dueDays: z.nullable(z.int().check(z.positive(), z.lte(3650))),
  pointsEarned: z.int().check(z.nonnegative()),
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

/** Debts that one repayment settles at most; each by three tenders. */
const MOST_SETTLED = 1000;

/** What a debt is paid with, minor units. `debt`: hash of the entry that made it. */
export const settled = z.strictObject({ debt: hash, tender: moneyKind, amount: minor });
export type Settled = z.infer<typeof settled>;

const sumOf = (parts: readonly { readonly amount: number }[]): number =>
  parts.reduce((sum, { amount }) => sum + amount, 0);

/**
 * What is taken off the debt is what was given without the change and the rounding, what the settled debts lose, and the step.
 */
export const repaymentBody = z
  .strictObject({
    repayment: id,
    currency: currencyCode,
    customer: id,
    tenders: z.array(moneyTender).check(z.minLength(1), z.maxLength(3)),
    amount: minor,
    changeDue: minor,
    /** Minor units added to the debt so that it can be paid in cash; below zero: taken off. */
    rounding: z.int(),
    settles: z.array(settled).check(z.minLength(1), z.maxLength(3 * MOST_SETTLED)),
    accounts: z.tuple([accountEntry]),
  })
  .check(
    z.refine(
      ({ tenders, changeDue, amount, rounding }) =>
        sumOf(tenders) - changeDue === amount + rounding,
    ),
    z.refine(({ settles, amount }) => sumOf(settles) === amount),
    z.refine(
      ({ accounts: [step], customer, amount }) =>
        step.customer === customer && step.account === 'debt' && step.delta === -amount,
    ),
  );

/** A debt that a correction lowers, minor units: no money was paid for it. */
export const lowered = z.strictObject({ debt: hash, amount: minor.check(z.positive()) });
export type Lowered = z.infer<typeof lowered>;

/**
 * A customer's debt (minor units) or points are corrected. `delta`: the step. `debt`: the only debt that it lowers; null: the
 * oldest first. Debt up or points down needs the customer's code or an override; the other way it is `by-right`.
 */
export const correctionBody = z
  .strictObject({
    correction: id,
    currency: currencyCode,
    customer: id,
    account: accountEntry.shape.account,
    delta: z.int(),
    reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(300)),
    debt: z.nullable(hash),
    settles: z.array(lowered).check(z.maxLength(MOST_SETTLED)),
    accounts: z.tuple([accountEntry]),
    confirmations: z.tuple([confirmation]),
  })
  .check(
    z.refine(
      ({ accounts: [step], customer, account, delta }) =>
        delta !== 0 &&
        step.customer === customer &&
        step.account === account &&
        step.delta === delta,
    ),
    z.refine(
      ({ settles, account, delta }) =>
        sumOf(settles) === (account === 'debt' ? Math.max(0, -delta) : 0),
    ),
    z.refine(({ settles, debt }) => debt === null || settles.every((one) => one.debt === debt)),
    z.refine(({ account, delta, confirmations: [given] }) => {
      const isInFavour = account === 'debt' ? delta < 0 : delta > 0;
      if (!isInFavour) return given.kind !== 'by-right';
      if (given.kind !== 'by-right') return false;
      // what others count in the cap of a day is bound by what it moved
      return account === 'debt'
        ? given.action === 'sell-on-account' && given.amount === -delta
        : given.action === 'redeem-points' && given.amount > 0 && given.amount % delta === 0;
    }),
  );

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

/** Goods of one line that come back. `line`: its place in the sale, from 0. `amount`: of its total, minor units. */
const lineOfReturn = z.strictObject({
  line: z.int().check(z.nonnegative(), z.lt(MOST_LINES)),
  product: id,
  name: z.string().check(z.maxLength(300)),
  unit,
  quantity: quantity.check(z.lte(MOST_QUANTITY)),
  amount: returned,
  to: z.enum(['stock', 'written-off']),
});

/**
 * Goods come back, whole or in part. Of each sum only what this return adds; minor units. `inCash`: what card and transfer paid
 * goes back in cash, too. `rounding`: added to the cash. `withheld`: the worth of earned points that the customer no longer has.
 * `approval`: of a second operator, where one is needed; `alone`: nobody else has the right.
 */
export const returnBody = z
  .strictObject({
    return: id,
    currency: currencyCode,
    day: z.iso.date(),
    sale: z.strictObject({ till: id, seq: z.int().check(z.positive()), hash }),
    /** Of the sale's receipt. */
    number: z.int().check(z.positive()),
    customer: z.nullable(id),
    lines: z.array(lineOfReturn).check(z.minLength(1), z.maxLength(MOST_LINES)),
    total: returned,
    debtReduced: returned,
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
    z.refine(({ lines, total }) => lines.reduce((sum, { amount }) => sum + amount, 0) === total),
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

/** Why cash goes into the drawer or out of it; `other` is said in the note. */
export const cashReason = z.enum(['small-change', 'cash-drop', 'expense', 'other']);
export type CashReason = z.infer<typeof cashReason>;
const direction = z.enum(['in', 'out']);

/** Why the drawer is opened without a sale; `other` is said in the note. */
export const drawerReason = z.enum(['give-change', 'look-inside', 'test-page', 'other']);
export type DrawerReason = z.infer<typeof drawerReason>;

/** How a difference is explained; `other` is said in the note. */
export const differenceReason = z.enum(['wrong-change', 'small-change', 'unknown', 'other']);
export type DifferenceReason = z.infer<typeof differenceReason>;

const note = z.nullable(z.string().check(z.minLength(1), z.maxLength(300)));
const times = z.int().check(z.nonnegative());
/** A sum that a wrong entry may bring below zero, minor units. */
const signed = z.int();

/** Kinds of notes and coins of one currency at most. */
const MOST_PIECES = 100;

/** Groups in a shift's totals at most: more than a shop has people and reasons. */
const MOST_GROUPS = 10_000;

/**
 * What a shift has come to. Sums are minor units; of the totals, `rounding` is what was added to them in cash; `cash` is without the
 * change that was given, `points` of sales is their
 * worth. `moved`: cash in and out by reason; `withoutCode`: acts without the customer's code, by the person whose right was
 * used and the reason; `counts`: how often the drawer was counted.
 */
export const shiftTotals = z.strictObject({
  sales: z.strictObject({
    ...{ count: times, total: signed, cash: signed, change: signed },
    /** `freePrice`: by how much custom prices are below those of the list. */
    discounts: z.strictObject({ line: signed, receipt: signed, rule: signed, freePrice: signed }),
    ...{ card: signed, transfer: signed, points: signed, onAccount: signed, rounding: signed },
  }),
  repayments: z.strictObject({
    ...{
      count: times,
      total: signed,
      cash: signed,
      change: signed,
      card: signed,
      transfer: signed,
      rounding: signed,
    },
  }),
  /** Corrections by what they moved, each a sum of its own: minor units of debt, and points. */
  corrections: z.strictObject({
    ...{ count: times, debtUp: signed, debtDown: signed, pointsUp: signed, pointsDown: signed },
  }),
  /** What was given back: money, debt, and points; `withheld`: minor units. */
  returns: z.strictObject({
    ...{ count: times, total: signed, debt: signed, cash: signed, card: signed, transfer: signed },
    ...{ pointsGivenBack: signed, pointsTakenBack: signed, withheld: signed, rounding: signed },
  }),
  pointsEarned: signed,
  pointsRedeemed: signed,
  moved: z
    .array(z.strictObject({ direction, reason: cashReason, count: times, amount: signed }))
    .check(z.maxLength(MOST_PIECES)),
  confirmed: z.strictObject({
    ...{ code: times, 'reserve-code': times, override: times, 'not-required': times, none: times },
    'by-right': times,
  }),
  withoutCode: z
    .array(z.strictObject({ operator: id, because: overrideReason, count: times, amount: signed }))
    .check(z.maxLength(MOST_GROUPS)),
  /** Receipts given up with goods, minor units, and how many of them were taken up again. */
  receiptsCancelled: z.strictObject({ count: times, total: signed, resumed: times }),
  drawerOpened: times,
  counts: times,
});
export type ShiftTotals = z.infer<typeof shiftTotals>;

/** How a shift began. `float`: minor units in the drawer; `counted`: a person counted it, otherwise the last shift left it. */
export const shiftOpening = z.strictObject({
  seq: z.int().check(z.positive()),
  at,
  operator: z.nullable(id),
  float: minor,
  counted: z.boolean(),
});
export type ShiftOpening = z.infer<typeof shiftOpening>;

/** Debt limit of a customer: the shop's default, their own limit, no limit, or no credit at all. */
export const credit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('shop-limit') }),
  z.strictObject({ kind: z.literal('own-limit'), limit: minor }),
  z.strictObject({ kind: z.literal('unlimited') }),
  z.strictObject({ kind: z.literal('no-credit') }),
]);
export type Credit = z.infer<typeof credit>;

/** Customers of one import: their cards go with it in one upload. A longer one is several acts. */
export const MOST_IMPORTED = 500;

/** A customer in the journal: an id and the salted hash of the detached personal record. */
const customerInJournal = z.strictObject({ customer: id, recordHash: hash, credit });

/** Products added, fields changed, and products counted by one act. A longer price list is several acts. */
export const MOST_PRODUCTS = 20_000;

const name = z.string().check(z.minLength(1), z.maxLength(300));
const short = z.nullable(z.string().check(z.minLength(1), z.maxLength(100)));

/** Largest price, minor units, and stock, thousandths: a hundred times what a till can sell; sums of them stay exact. */
const MOST_OF_PRODUCT = 1_000_000_000_000;
const ofStock = z.int().check(z.minimum(-MOST_OF_PRODUCT), z.maximum(MOST_OF_PRODUCT));

const productFields = {
  barcodes: z
    .array(z.string().check(z.regex(/^[^\r\n]+$/), z.maxLength(300)))
    .check(z.maxLength(100)),
  category: short,
  name,
  names: z.strictObject({ en: z.nullable(name), ru: z.nullable(name) }),
  /** Whether no discount touches it: it is sold at its price, or above it. */
  noDiscounts: z.boolean(),
  /** Minor units per unit. */
  price: minor.check(z.maximum(MOST_OF_PRODUCT)),
  sku: short,
  /** Thousandths when it was added or first counted; null: not counted. */
  stock: z.nullable(ofStock),
  unit,
};

const { barcodes, category, ...others } = productFields;
/** Keys in canonical order, here and in the act: to sort those of a price list takes longer than to hash it. */
export const addedProduct = z.strictObject({ barcodes, category, id, ...others });
export type AddedProduct = z.infer<typeof addedProduct>;

type Fields = typeof productFields;
const product = id;
const changeOf = <F extends keyof Fields>(field: F) =>
  z.strictObject({ field: z.literal(field), product, value: productFields[field] });

/** A new value of one field of one product. */
export const fieldChange = z.discriminatedUnion('field', [
  changeOf('name'),
  changeOf('names'),
  changeOf('sku'),
  changeOf('barcodes'),
  changeOf('noDiscounts'),
  changeOf('price'),
  changeOf('unit'),
  changeOf('category'),
  changeOf('stock'),
]);
export type FieldChange = z.infer<typeof fieldChange>;
export type ProductField = FieldChange['field'];

/** Changes of categories by one act: a shop has tens of them. */
export const MOST_CATEGORY_CHANGES = 2_000;

/** Largest place of a category, in steps that leave room between two. */
export const MOST_ORDER = 1_000_000_000_000;

/** Colours of categories by name: what each looks like is the theme's. */
export const categoryColour = z.enum([
  ...(['sand', 'blue', 'olive', 'plum', 'teal', 'clay', 'sage', 'rose'] as const),
]);
export type CategoryColour = z.infer<typeof categoryColour>;

/** The identity of a category: the name under which goods named it first. */
export const categoryKey = z
  .string()
  .check(z.minLength(1), z.maxLength(100), z.regex(/^[^\p{Cc}]+$/u));

const categoryFields = {
  /** Shown in place of the first name. */
  name: categoryKey,
  /** Ascending; a category without one comes after those that have one. */
  order: z.int().check(z.minimum(-MOST_ORDER), z.maximum(MOST_ORDER)),
  /** Null: by its place. */
  colour: z.nullable(categoryColour),
  /** Whether it is not offered any more. `false` also adds one that has no goods yet. */
  removed: z.boolean(),
};

const changeOfCategory = <F extends keyof typeof categoryFields>(field: F) =>
  z.strictObject({ category: categoryKey, field: z.literal(field), value: categoryFields[field] });

/** A new value of one field of one category. */
export const categoryChange = z.discriminatedUnion('field', [
  changeOfCategory('name'),
  changeOfCategory('order'),
  changeOfCategory('colour'),
  changeOfCategory('removed'),
]);
export type CategoryChange = z.infer<typeof categoryChange>;

/**
 * `stands`: the entries stay as they are; of disputes the only outcome. `dealt-with`: somebody did what the note says.
 * `applied`: the edit of a stale one was made again.
 */
export const settledOutcome = z.enum(['stands', 'dealt-with', 'applied']);
export type SettledOutcome = z.infer<typeof settledOutcome>;

/** The envelope; `hash` is SHA-256 over the canonical form of everything before it. */
export const entry = z.strictObject({
  v: z.literal(1),
  till: id,
  seq: z.int().check(z.positive()),
  at,
  /** The signed-in operator; null where there was none. */
  operator: z.nullable(id),
  /** Policy version the act was made under; 0 before the first policy. */
  policy: z.int().check(z.nonnegative()),
  /** How far the till had downloaded the shop's order when it decided; zeros: not at all. */
  seen: z.strictObject({
    epoch: z.int().check(z.nonnegative()),
    order: z.int().check(z.nonnegative()),
  }),
  /** By which version of the rules it was decided, `RULES_VERSION`. */
  rules: z.int().check(z.positive()),
  act: z.string().check(z.regex(/^[a-z][a-z-]{1,39}$/)),
  body: z.record(z.string(), z.unknown()),
  prevHash: hash,
  hash,
});
export type Entry = z.infer<typeof entry>;

const bodies = {
  /** `former`: this device's till id before it re-enrolled, and that journal's head; null for a first enrolment. */
  'till-enrolled': z.strictObject({
    shop: id,
    relayKey: hash,
    contract: z.int(),
    former: z.nullable(z.strictObject({ till: id, seq: z.int().check(z.nonnegative()), hash })),
  }),
  /**
   * An entry of the former till's journal that the relay had not acknowledged. It takes effect once, by its own hash.
   */
  'carried-over': z.strictObject({ entry }),
  sale: saleBody,
  /** A receipt printed or shared once more, marked as a copy. `about`: hash of its entry. */
  'receipt-reprinted': z.strictObject({ about: hash }),
  /** A customer pays off debt. */
  repayment: repaymentBody,
  'balance-corrected': correctionBody,
  /** Goods of a sale come back. */
  return: returnBody,
  'customer-saved': customerInJournal,
  /**
   * A customer asked to be forgotten: every till and the relay erase their card, once the relay has accepted the entry. `lapsed`:
   * the points they had.
   */
  'customer-forgotten': z.strictObject({ customer: id, lapsed: z.int().check(z.nonnegative()) }),
  'customers-imported': z.strictObject({
    source: z.enum(['demo', 'file']),
    customers: z.array(customerInJournal).check(z.maxLength(MOST_IMPORTED)),
    accounts: accounts.check(z.maxLength(2 * MOST_IMPORTED)),
    confirmations: z.array(unasked).check(z.maxLength(MOST_IMPORTED)),
    /** The relay's signed `importApproval`; null: no balances, or before the first real messaging service. */
    approval: z.nullable(jws),
  }),
  /** Goods added, changed and counted. `file`: name of the price list; `refused`: its rows that were left out. */
  'products-changed': z.strictObject({
    added: z.array(addedProduct).check(
      z.maxLength(MOST_PRODUCTS),
      z.refine((added) => new Set(added.map((product) => product.id)).size === added.length),
    ),
    changed: z.array(fieldChange).check(z.maxLength(MOST_PRODUCTS)),
    /** `delta`: thousandths, the counted stock minus the one that the till knew. */
    counted: z
      .array(z.strictObject({ delta: ofStock, product: id }))
      .check(z.maxLength(MOST_PRODUCTS)),
    file: z.nullable(z.string().check(z.maxLength(300))),
    refused: z.int().check(z.nonnegative()),
    source: z.enum(['edit', 'file', 'demo']),
  }),
  /** Categories named, arranged, coloured, removed or brought back. */
  'categories-changed': z.strictObject({
    changed: z.array(categoryChange).check(z.minLength(1), z.maxLength(MOST_CATEGORY_CHANGES)),
  }),
  /** A shift begins. `counted`: the float was counted, otherwise it is what the last shift left. */
  'shift-opened': z.strictObject({ float: minor, counted: z.boolean() }),
  /** Cash is put into the drawer or taken out, minor units. */
  'cash-moved': z.strictObject({
    id,
    direction,
    amount: minor.check(z.positive()),
    reason: cashReason,
    note,
  }),
  /**
   * The drawer is counted; a further count is a further entry. `pieces`: notes and coins by their value; what `counted` is more
   * was typed as a sum. All minor units; `expected`: what the journal expects.
   */
  'drawer-counted': z.strictObject({
    id,
    counted: minor,
    expected: signed,
    pieces: z
      .array(
        z.strictObject({ value: minor.check(z.positive()), count: z.int().check(z.positive()) }),
      )
      .check(z.maxLength(MOST_PIECES)),
  }),
  /**
   * A shift ends with its Z report. `number`: gapless per till, from 1. `difference` is counted minus expected; `reason` null:
   * there is none. `left` stays in the drawer, `takenOut` does not. Sums are minor units.
   */
  'shift-closed': z.strictObject({
    id,
    number: z.int().check(z.positive()),
    currency: currencyCode,
    opened: shiftOpening,
    totals: shiftTotals,
    counted: minor,
    expected: signed,
    difference: signed,
    reason: z.nullable(differenceReason),
    note,
    takenOut: minor,
    left: minor,
  }),
  /** The cash drawer is opened without an act that moves cash. */
  'drawer-opened': z.strictObject({ id, reason: drawerReason, note }),
  /** A receipt with `lines` goods is given up before it is sold. `total`: minor units; `held`: it had been set aside. */
  'receipt-cancelled': z.strictObject({
    id,
    receipt: id,
    lines: z.int().check(z.positive()),
    total: minor,
    held: z.boolean(),
  }),
  /** It is taken up again. `cancelled`: the id of the act that gave it up. */
  'receipt-resumed': z.strictObject({ id, receipt: id, cancelled: id }),
  /** Verifiers stored on the till; the codes themselves went to the customer only. */
  'reserve-codes-issued': z.strictObject({
    customer: id,
    challenge: id,
    verifiers: z.int().check(z.nonnegative()),
  }),
  /** Too many wrong attempts: the customer's codes are no longer valid at this till. */
  'reserve-codes-voided': z.strictObject({
    customer: id,
    verifiers: z.int().check(z.nonnegative()),
    failures: z.int(),
  }),
  /**
   * The customer says it was not them: their credit is frozen until it is settled. `about`: hash of the disputed entry.
   */
  dispute: z.strictObject({
    customer: id,
    about: z.nullable(hash),
    note: z.nullable(z.string().check(z.maxLength(300))),
  }),
  /**
   * Closes disputes of one customer: `about` are the hashes of their `dispute` entries, possibly of another till. Or, without a
   * customer, discrepancies: `about` are their ids, as the relay's `discrepancy-found` gives them.
   */
  settled: z.strictObject({
    customer: z.nullable(id),
    about: z.array(hash).check(z.minLength(1), z.maxLength(200)),
    outcome: settledOutcome,
    note: z.string().check(z.minLength(1), z.maxLength(300)),
  }),
  /** An authorised person reviewed acts without a customer's code and found them in order. */
  'unconfirmed-reviewed': z.strictObject({
    entries: z.array(hash).check(z.minLength(1), z.maxLength(200)),
  }),
  /** Everything on this till comes from a backup that ends at `seq` and was made at `madeAt` (ms). */
  'backup-restored': z.strictObject({ seq: z.int().check(z.positive()), hash, madeAt: at }),
  /** The entries from `from` to `to` cannot be read on this device; their numbers are not given again. */
  'entries-skipped': z.strictObject({
    from: z.int().check(z.positive()),
    to: z.int().check(z.positive()),
  }),
  /**
   * The till may have given receipt numbers that it no longer knows of: acts were lost, and nobody can say how many. None from
   * `from` to `to` is given from here on.
   */
  'numbers-skipped': z.strictObject({
    from: z.int().check(z.positive()),
    to: z.int().check(z.positive()),
  }),
  'pin-locked': z.strictObject({ operator: id, failures: z.int(), until: at }),
  'policy-refused': z.strictObject({
    because: z.enum(['missing', 'wrong-signature', 'older-version', 'wrong-shop', 'malformed']),
    version: z.nullable(z.int()),
  }),
} as const;

/** Acts this version writes, with the schema of each body. Unknown acts are kept and passed on, never dropped. */
export const actBodies = bodies;
export type Act = keyof typeof bodies;
export type BodyOf<A extends Act> = z.infer<(typeof bodies)[A]>;

/** An entry of one act, with its body typed. */
export type EntryOf<A extends Act> = Omit<Entry, 'act' | 'body'> & { act: A; body: BodyOf<A> };

/** An entry whose act this version knows. */
export type KnownEntry = { [A in Act]: EntryOf<A> }[Act];

/** `prevHash` of a till's first entry. */
export const GENESIS_HASH = '0'.repeat(64);
