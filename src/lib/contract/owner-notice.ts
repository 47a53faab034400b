// Notices to owners: each policy change that weakens the customer's protection, and its delivery.
import * as z from 'zod/mini';
import { refusal } from './challenge';
import { right } from './policy';
import { flagKind } from './journal-upload';
import { at, id, minor, personName, saleAction, slug } from './values';

/** One way in which a change weakened the rules. Sums in minor units, durations in ms. */
export const weakening = z.discriminatedUnion('kind', [
  /** The method became *none*. */
  z.strictObject({ kind: z.literal('no-code'), action: saleAction }),
  /** A channel whose code has four digits was added. */
  z.strictObject({ kind: z.literal('weak-code'), action: saleAction }),
  z.strictObject({
    kind: z.literal('weak-code-cap'),
    cap: z.enum(['perAct', 'perNumber', 'perShop']),
    from: minor,
    to: minor,
  }),
  z.strictObject({ kind: z.literal('threshold'), action: saleAction, from: minor, to: minor }),
  z.strictObject({ kind: z.literal('debt-limit'), from: minor, to: minor }),
  z.strictObject({ kind: z.literal('new-number-cap'), from: minor, to: minor }),
  z.strictObject({
    kind: z.literal('override-cap'),
    cap: z.enum(['perAct', 'perCustomer', 'perTill']),
    from: minor,
    to: minor,
  }),
  /** Larger sums without a code are told only with others of the hour. */
  z.strictObject({ kind: z.literal('large-from'), from: minor, to: minor }),
  /** Customers are no longer told of repayments. */
  z.strictObject({ kind: z.literal('repayments-untold') }),
  /** Nor of corrections in their favour. */
  z.strictObject({ kind: z.literal('corrections-untold') }),
  z.strictObject({ kind: z.literal('correction-cap'), from: minor, to: minor }),
  /** Nor of returns. */
  z.strictObject({ kind: z.literal('returns-untold') }),
  /** Nor reminded of what they owe, or only from a larger sum on; `to` null: never. */
  z.strictObject({ kind: z.literal('reminders'), from: minor, to: z.nullable(minor) }),
  /** More money of returns goes out without a second operator, or in a day. */
  z.strictObject({
    kind: z.literal('return-cap'),
    cap: z.enum(['cashFrom', 'perDay']),
    from: minor,
    to: minor,
  }),
  /** Returns need the customer's code only from a larger sum on; `to` null: never. */
  z.strictObject({ kind: z.literal('return-code'), from: minor, to: z.nullable(minor) }),
  /** Customers earn more points, or points may pay more of a receipt; hundredths of a percent. */
  z.strictObject({
    kind: z.literal('points-share'),
    share: z.enum(['earn', 'redeem']),
    from: z.int(),
    to: z.int(),
  }),
  /** Another worth of a point, minor units: with it all points that customers have are worth more or less. */
  z.strictObject({ kind: z.literal('point-value'), from: minor, to: minor }),
  z.strictObject({ kind: z.literal('lifetime'), from: z.int(), to: z.int() }),
  z.strictObject({ kind: z.literal('checks'), from: z.int(), to: z.int() }),
  /** More messages to one phone give more codes to guess at. */
  z.strictObject({
    kind: z.literal('phone-limit'),
    limit: z.enum(['perPhoneHour', 'perPhoneDay']),
    from: z.int(),
    to: z.int(),
  }),
  /** Number prefixes now allowed in addition; empty: any. */
  z.strictObject({ kind: z.literal('prefixes'), added: z.array(z.string()) }),
  z.strictObject({
    kind: z.literal('group-rights'),
    group: z.strictObject({ id: slug, name: z.nullable(personName) }),
    rights: z.array(right),
  }),
  z.strictObject({
    kind: z.literal('operator-rights'),
    operator: personName,
    rights: z.array(right),
  }),
  z.strictObject({ kind: z.literal('new-owner'), operator: personName }),
  /** The second factor of an operator who may change the rules goes to another phone. */
  z.strictObject({ kind: z.literal('operator-phone'), operator: personName }),
  /** Set inactive, moved to a lower group, or removed: owners learn when an owner is replaced. */
  z.strictObject({ kind: z.literal('former-owner'), operator: personName }),
  /** The person who set the PIN can sign in as the owner. */
  z.strictObject({ kind: z.literal('owner-pin'), operator: personName }),
  /** Codes go through another service, another address of it, or another account there. */
  z.strictObject({
    kind: z.literal('provider'),
    what: z.enum(['service', 'address', 'account']),
    name: z.string(),
  }),
  /** The message no longer names the shop or the sum. */
  z.strictObject({ kind: z.literal('text'), action: saleAction }),
]);
export type Weakening = z.infer<typeof weakening>;

/** What an act moved or opened by right, without the customer's consent. */
export const actByRightKind = z.enum([
  'without-code',
  'import',
  'import-undone',
  'correction',
  'forgiveness',
  'points-given',
  'credit',
  'dispute-closed',
  'reviewed',
  'number-changed',
  'forgotten',
  'reminders-declined',
]);
export type ActByRightKind = z.infer<typeof actByRightKind>;

/** `waiting`: retried automatically; `maybe-sent`: the service did not answer, and the message is not repeated. */
export const ownerNoticeState = z.enum(['waiting', 'sent', 'maybe-sent', 'failed']);
export type OwnerNoticeState = z.infer<typeof ownerNoticeState>;

const recipients = z.array(
  z.strictObject({
    operator: id,
    /** Null once deleted, after a month. */
    phoneMasked: z.nullable(z.string()),
    state: ownerNoticeState,
    /** Why it failed, or why it is still waiting. */
    because: z.nullable(refusal),
  }),
);
export type OwnerRecipients = z.infer<typeof recipients>;

export const ownerChange = z.strictObject({
  at,
  /** Who made the change. */
  by: z.nullable(id),
  weakenings: z.array(weakening),
  /** One per number; empty where no owner has a phone. */
  recipients,
});
export type OwnerChange = z.infer<typeof ownerChange>;

const count = z.int().check(z.positive());

/** What owners are told of once a day, if anything happened. Sums in minor units and points, both positive. */
export const ownerSummary = z.strictObject({
  /** From the first thing it tells of until it was written. */
  since: at,
  at,
  /** By operator and kind; null: the entries name nobody. */
  acts: z.array(
    z.strictObject({
      operator: z.nullable(id),
      kind: actByRightKind,
      count,
      debt: minor,
      points: z.int().check(z.nonnegative()),
    }),
  ),
  /** Operators named there who have no proven phone: their own message may have reached nobody. */
  unproven: z.array(id),
  /** The only active operator, where they acted by right: nobody else sees it. */
  sole: z.nullable(id),
  flags: z.array(z.strictObject({ kind: z.catch(flagKind, 'other'), count })),
  /** Tills in contact again after days. `entries` and `amount` (without a code): what they did meanwhile. */
  tills: z.array(
    z.strictObject({
      till: id,
      name: z.string(),
      since: at,
      at,
      entries: z.int().check(z.nonnegative()),
      amount: minor,
    }),
  ),
  /** Wrong codes reached the day's bound: of so many numbers, and of the whole shop. */
  guessing: z.strictObject({ numbers: z.int().check(z.nonnegative()), shop: z.boolean() }),
  /**
   * By operator: counts of drawers that differ, drawers opened without a sale, receipts given up without the right to, cash taken
   * out, goods taken out of receipts after the total without the right to, prices below the list and discounts of a large share, points
   * for a customer with many sales that day, returned goods that were written off,
   * returns that nobody else approved or that whoever had sold the goods took back the same day, and returns and discounts that
   * they allowed to somebody else. `amount`: minor units, never negative. Cash taken out alone
   * sends no summary.
   */
  drawer: z.array(
    z.strictObject({
      operator: z.nullable(id),
      what: z.enum([
        'short',
        'over',
        'no-sale',
        'returned-alone',
        'returned-without-sale',
        'returned-own',
        'returned-without-code',
        'goods-written-off',
        'returns-approved',
        'discounts-allowed',
        'discounts-large',
        'free-prices',
        'label-prices',
        'goods-removed',
        'points-often',
        'receipt-cancelled',
        'paid-out',
        'taken-out',
      ]),
      count,
      amount: minor,
    }),
  ),
  /** How often each operator opened the settings. */
  openings: z.array(z.strictObject({ operator: id, count })),
  /**
   * The relay was put back from an older copy. `untold`: the number of messages and summary items that it does not send,
   * because they may have been sent before. Null: it was not put back.
   */
  putBack: z.nullable(z.strictObject({ untold: z.int().check(z.nonnegative()) })),
  /** One per number; empty where no owner has a proven phone. */
  recipients,
});
export type OwnerSummary = z.infer<typeof ownerSummary>;

/** `GET /owner-notices`: the newest changes and summaries first. */
export const ownerNoticesReply = z.strictObject({
  kind: z.literal('owner-notices'),
  changes: z.array(ownerChange),
  summaries: z.array(ownerSummary),
});
export type OwnerNoticesReply = z.infer<typeof ownerNoticesReply>;
