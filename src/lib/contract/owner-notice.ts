// Notices to owners: each policy change that weakens the customer's protection, and its delivery.
import * as z from 'zod/mini';
import { refusal } from './challenge';
import { right } from './policy';
import { flagKind } from './journal-upload';
import { weakeningKinds } from './settings';
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
  /** A value became larger, or the worth of a point another one. */
  z.strictObject({
    kind: z.enum([...weakeningKinds('larger'), ...weakeningKinds('other')]),
    from: minor,
    to: minor,
  }),
  /** Customers get no more messages about something. */
  z.strictObject({ kind: z.enum(weakeningKinds('off')) }),
  /** Something protects customers only from a larger sum on; `to` null: never. */
  z.strictObject({ kind: z.enum(weakeningKinds('later')), from: minor, to: z.nullable(minor) }),
  /** Customers get reminders of their debts only from a larger sum on; `to` null: never. */
  z.strictObject({ kind: z.literal('reminders'), from: minor, to: z.nullable(minor) }),
  z.strictObject({
    kind: z.literal('override-cap'),
    cap: z.enum(['perAct', 'perCustomer', 'perTill']),
    from: minor,
    to: minor,
  }),
  /** Returns may give back more cash without a second operator, or more money in a day. */
  z.strictObject({
    kind: z.literal('return-cap'),
    cap: z.enum(['cashFrom', 'perDay']),
    from: minor,
    to: minor,
  }),
  /** Customers earn more points, or points may pay more of a receipt; hundredths of a percent. */
  z.strictObject({
    kind: z.literal('points-share'),
    share: z.enum(['earn', 'redeem']),
    from: z.int(),
    to: z.int(),
  }),
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
  /** Codes for an operator who may change the rules go to another phone. */
  z.strictObject({ kind: z.literal('operator-phone'), operator: personName }),
  /** Set inactive, moved to a lower group, or removed: owners learn when an owner is replaced. */
  z.strictObject({ kind: z.literal('former-owner'), operator: personName }),
  /** The PIN of an owner was changed: the person who set it can sign in as the owner. */
  z.strictObject({ kind: z.literal('owner-pin'), operator: personName }),
  /** Codes go through another service, another address of it, or another account there. */
  z.strictObject({
    kind: z.literal('provider'),
    what: z.enum(['service', 'address', 'account']),
    name: z.string(),
  }),
  /** A till named the first number of a card that has a history: an owner has to accept it. `till`: its name. */
  z.strictObject({ kind: z.literal('first-number'), till: z.string(), phoneMasked: z.string() }),
  /** A customer's card is erased in a day, unless an owner stops it. `phoneMasked`: null if it has no number. */
  z.strictObject({ kind: z.literal('forgetting'), phoneMasked: z.nullable(z.string()) }),
  /** The shop got another name, which messages put before each code. */
  z.strictObject({ kind: z.literal('shop-name'), to: z.string() }),
  /** A new till got its name, which messages put before each of its codes. */
  z.strictObject({ kind: z.literal('till-named'), to: z.string() }),
  /** A till got another name, which messages put before each of its codes. */
  z.strictObject({ kind: z.literal('till-name'), from: z.string(), to: z.string() }),
  /** The message no longer names the shop or the sum. */
  z.strictObject({ kind: z.literal('text'), action: saleAction }),
]);
export type Weakening = z.infer<typeof weakening>;

/** What an act changed by right, without the customer's consent. */
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
  'prices-lowered',
  'goods-changed',
]);
export type ActByRightKind = z.infer<typeof actByRightKind>;

/** How many goods were changed, and one of them; `name` null: not known. */
export const goodsTold = z.strictObject({
  products: z.int().check(z.positive()),
  example: z.strictObject({
    name: z.nullable(z.string()),
    field: z.enum(['price', 'name', 'barcodes', 'tax', 'noDiscounts', 'askAge', 'marked']),
  }),
});
export type GoodsTold = z.infer<typeof goodsTold>;

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
  /** One per number; empty if no owner has a phone. */
  recipients,
});
export type OwnerChange = z.infer<typeof ownerChange>;

const count = z.int().check(z.positive());

/** The daily message to owners, sent only if anything happened. Sums in minor units and points, both positive. */
export const ownerSummary = z.strictObject({
  /** The time of its first item, and the time when it was written. */
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
      /** Of `prices-lowered` and `goods-changed`; null for other acts. */
      goods: z.nullable(goodsTold),
    }),
  ),
  /** Operators in `acts` without a proven phone: their message may not have been delivered to anybody. */
  unproven: z.array(id),
  /** The only active operator, if they acted by right: nobody else can notice it. */
  sole: z.nullable(id),
  flags: z.array(z.strictObject({ kind: z.catch(flagKind, 'other'), count })),
  /** Tills that were in contact again after days. `entries`, `amount` (without a code): what they did in between. */
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
  /** How many numbers and tills reached the daily limit of wrong codes, and whether the whole shop did. */
  guessing: z.strictObject({
    numbers: z.int().check(z.nonnegative()),
    tills: z.int().check(z.nonnegative()),
    shop: z.boolean(),
  }),
  /**
   * Acts that an owner should see, by operator: drawer counts with a difference, counts again that change one, drawers opened without a sale, tenders corrected, receipts
   * cancelled or goods taken out without the right, cash taken out, overpayments paid out, prices below the list, list prices below those of the shop's goods,
   * large discounts, points for a customer with many sales that day, returned goods written off, returns that nobody else
   * approved, returns of the operator's own sales, and returns and discounts that they allowed to somebody else. `amount`: minor
   * units, never negative. A summary is not sent for cash taken out alone.
   */
  drawer: z.array(
    z.strictObject({
      operator: z.nullable(id),
      what: z.enum([
        'short',
        'over',
        'float-short',
        'float-over',
        'no-sale',
        'tender-corrected',
        'returned-alone',
        'returned-without-sale',
        'returned-own',
        'returned-without-code',
        'goods-written-off',
        'returns-approved',
        'discounts-allowed',
        'discounts-large',
        'free-prices',
        'list-below',
        'label-prices',
        'goods-removed',
        'receipt-held',
        'terminal-short',
        'terminal-over',
        'recounted',
        'card-often',
        'not-required',
        'receipt-cancelled',
        'paid-out',
        'taken-out',
        'refunded',
      ]),
      count,
      amount: minor,
    }),
  ),
  /** What operators who gave discounts by hand sold in closed shifts, and took off the prices, minor units. */
  sold: z.array(z.strictObject({ operator: z.nullable(id), sales: minor, discounts: minor })),
  /**
   * Customers who earned at least half of the points that one may earn in a day, with the most points of any 24 hours, the largest
   * first.
   */
  earned: z.array(z.strictObject({ customer: id, points: z.int().check(z.positive()) })),
  /**
   * Customers who repaid debts by card or transfer, together at least the sum that is large for messages, minor units, the largest
   * first.
   */
  repaid: z.array(z.strictObject({ customer: id, amount: minor })),
  /** How often each operator opened the settings. */
  openings: z.array(z.strictObject({ operator: id, count })),
  /**
   * The relay was restored from an older copy. `untold`: the number of messages and summary items that it does not send, because
   * they may have been sent before. Null: it was not restored.
   */
  putBack: z.nullable(z.strictObject({ untold: z.int().check(z.nonnegative()) })),
  /** One per number; empty if no owner has a proven phone. */
  recipients,
});
export type OwnerSummary = z.infer<typeof ownerSummary>;

/** `GET /owner-notices`: the newest changes and summaries first. */
export const ownerNoticesReply = z.strictObject({
  kind: z.literal('owner-notices'),
  changes: z.array(ownerChange),
  summaries: z.array(ownerSummary),
});
