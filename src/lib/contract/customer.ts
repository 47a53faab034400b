// Which number is which customer's. The relay decides; a till can only ask.
import * as z from 'zod/mini';
import { noticeState } from './journal-upload';
import { limited } from './challenge';
import { at, hash, id, minor, phone } from './values';

/** `POST /customers/trusted` (elevated): numbers believed at once, for demo customers and imports. */
export const trustedRequest = z.strictObject({
  contacts: z
    .array(z.strictObject({ customer: id, phone }))
    .check(z.minLength(1), z.maxLength(500)),
});
export type TrustedRequest = z.infer<typeof trustedRequest>;
export const trustedReply = z.strictObject({
  kind: z.literal('trusted'),
  /** Customers whose registered number is another; theirs stays. */
  held: z.array(id),
});
export type TrustedReply = z.infer<typeof trustedReply>;

/** A change of number the old one has not said yes to. */
const change = {
  /** The new number. */
  phoneMasked: z.string(),
  /** The one whose card it is. */
  customers: z.array(id),
  askedAt: at,
  /** Name of the till that asked. */
  till: z.string(),
  /** Who changed the card, as that till's journal says; null: it has not said. */
  operator: z.nullable(id),
  /** How far the old number's message is; null: there is no number to write to. */
  told: z.nullable(noticeState),
};

/** `GET /phones/flags` (elevated): numbers a manager should look at. Nothing is refused because of them. */
export const phoneFlag = z.discriminatedUnion('kind', [
  /** It waits, and comes into force then unless it is called off: `DELETE /customers/:id/phone-change` (elevated) → 204. */
  z.strictObject({ kind: z.literal('change-waiting'), ...change, until: at }),
  /** It came into force by waiting; shown for a month. */
  z.strictObject({ kind: z.literal('changed-by-waiting'), ...change, since: at }),
  /** A number of the shop's own staff stands on customers' cards. */
  z.strictObject({
    kind: z.literal('staff-number'),
    phoneMasked: z.string(),
    operator: id,
    customers: z.array(id),
  }),
  /** One number stands on several cards. */
  z.strictObject({
    kind: z.literal('shared-number'),
    phoneMasked: z.string(),
    customers: z.array(id),
  }),
]);
export type PhoneFlag = z.infer<typeof phoneFlag>;
export const phoneFlagsReply = z.strictObject({
  kind: z.literal('phone-flags'),
  flags: z.array(phoneFlag),
});
export type PhoneFlagsReply = z.infer<typeof phoneFlagsReply>;

/**
 * `PUT /customers/:id/phone`: with a verified `change-phone` challenge to the old number, or null to start the 24 h wait.
 * The challenge's `dealHash` is `phoneChangeHash` of customer, old number and this one: it says yes to no other.
 */
export const phoneChangeRequest = z.strictObject({ phone, challenge: z.nullable(id) });
export type PhoneChangeRequest = z.infer<typeof phoneChangeRequest>;
export const phoneChangeReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('changed') }),
  z.strictObject({ kind: z.literal('waiting'), until: at }),
  z.strictObject({ kind: z.literal('not-registered') }),
  z.strictObject({ kind: z.literal('challenge-not-verified') }),
  /** The old number said yes to another one than this. */
  z.strictObject({ kind: z.literal('challenge-differs') }),
]);
export type PhoneChangeReply = z.infer<typeof phoneChangeReply>;

/** `GET /disputes`: open disputes that were written down at other tills than this, the oldest first. `entry`: hash of the `dispute`. */
export const disputesReply = z.strictObject({
  kind: z.literal('disputes'),
  disputes: z.array(z.strictObject({ entry: hash, customer: id, since: at })),
});
export type DisputesReply = z.infer<typeof disputesReply>;
export type DisputeElsewhere = DisputesReply['disputes'][number];

const heldNumber = { phoneMasked: z.string(), since: at };

/**
 * `POST /customers/:id/allowance`: what the relay would let this customer confirm now, by this number. Registers nothing and
 * sends nothing. `receiptId`: the receipt it is asked for, whose own codes do not count against it.
 */
export const allowanceRequest = z.strictObject({ phone, receiptId: z.nullable(id) });
export type AllowanceRequest = z.infer<typeof allowanceRequest>;

/** The rule that allows no more. */
export const allowanceBecause = z.discriminatedUnion('kind', [
  /** Frozen since then, at whichever till the entry is disputed. */
  z.strictObject({ kind: z.literal('disputed'), since: at }),
  /** Another number is the customer's. */
  z.strictObject({ kind: z.literal('phone-held'), ...heldNumber }),
  /** The number comes into force then; `held`: the one that is in force, null where there is none. */
  z.strictObject({
    kind: z.literal('change-waiting'),
    held: z.nullable(z.strictObject(heldNumber)),
  }),
  z.strictObject({ kind: z.literal('young-number') }),
]);

/** Of the relay's rules alone: what a card lets its customer owe is the till's to know. Null: no limit by them. */
export const allowanceReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('allowance'),
    /** Minor units that may still go on account. */
    onAccount: z.nullable(minor),
    points: z.nullable(z.int().check(z.nonnegative())),
    because: z.nullable(allowanceBecause),
    /** When that ends by itself; null: it does not. */
    until: z.nullable(at),
  }),
  /** The shop has no policy yet. */
  z.strictObject({ kind: z.literal('no-policy') }),
  /** Asked too often by this till. */
  limited,
]);
export type AllowanceReply = z.infer<typeof allowanceReply>;
