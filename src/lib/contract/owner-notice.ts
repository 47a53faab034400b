// Notices to owners: each policy change that weakens the customer's protection, and its delivery.
import * as z from 'zod/mini';
import { refusal } from './challenge';
import { right } from './policy';
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
  'correction',
  'forgiveness',
  'points-given',
  'credit',
  'dispute-closed',
  'reviewed',
  'number-changed',
]);
export type ActByRightKind = z.infer<typeof actByRightKind>;

/** `waiting`: retried automatically; `maybe-sent`: the service did not answer, and the message is not repeated. */
export const ownerNoticeState = z.enum(['waiting', 'sent', 'maybe-sent', 'failed']);
export type OwnerNoticeState = z.infer<typeof ownerNoticeState>;

export const ownerChange = z.strictObject({
  at,
  /** Who made the change. */
  by: z.nullable(id),
  weakenings: z.array(weakening),
  /** One per number; empty where no owner has a phone. */
  recipients: z.array(
    z.strictObject({
      operator: id,
      /** Null once deleted, after a month. */
      phoneMasked: z.nullable(z.string()),
      state: ownerNoticeState,
      /** Why it failed, or why it is still waiting. */
      because: z.nullable(refusal),
    }),
  ),
});
export type OwnerChange = z.infer<typeof ownerChange>;

/** `GET /owner-notices`: the newest changes first. */
export const ownerNoticesReply = z.strictObject({
  kind: z.literal('owner-notices'),
  changes: z.array(ownerChange),
});
export type OwnerNoticesReply = z.infer<typeof ownerNoticesReply>;
