// Challenges: one code request to one phone, for one action and amount, or both actions of a sale.
// Replies never hold the code.
import * as z from 'zod/mini';
import { challengeAmount } from './grant';
import { accountEntry } from './acts/account';
import { authorisedPerson } from './acts/customer';
import { tenderOfSale } from './acts/sale';
import {
  action,
  at,
  cardSalt,
  channel,
  hash,
  id,
  minor,
  moneyOnWire,
  phone,
  quantity,
  saleAction,
  signature,
} from './values';

/** Why a message was not sent: the adapters' `ErrorKind`, and reasons of the relay itself. */
export const refusal = z.enum([
  'auth',
  'account-not-ready',
  'account-blocked',
  'no-money',
  'bad-phone',
  'unreachable',
  'recipient-blocked',
  'region-forbidden',
  'rate-limit-recipient',
  'rate-limit-account',
  'fraud-guard',
  'duplicate',
  'text-forbidden',
  'text-not-approved',
  'text-too-long',
  'sender-not-approved',
  'bad-request',
  'temporary',
  'bad-reply',
  'timeout-unknown',
  'not-sent',
  'unknown',
  'not-configured',
  'channel-not-available',
  'country-not-allowed',
  'costly-number',
  'pumping',
  'journal-forked',
  'relay-put-back',
]);
export type Refusal = z.infer<typeof refusal>;

export const deliveryState = z.enum([
  'moderation',
  'queued',
  'sent',
  'delivered',
  'read',
  'expired',
  'failed',
  'not-found',
  'unknown',
]);
export type DeliveryState = z.infer<typeof deliveryState>;

/** Newest entry of the till's journal, with the entry's own time; `seq` 0 and a hash of zeros before the first. */
export const journalHead = z.strictObject({ seq: z.int().check(z.nonnegative()), hash, at });
export type JournalHead = z.infer<typeof journalHead>;

/**
 * When the till signed the head of its journal, and the signature over the canonical `journalHeadClaim`. No later entry may have
 * a time before `at`.
 */
export const headSigned = z.strictObject({ at, signature });
export type HeadSigned = z.infer<typeof headSigned>;

/** The largest request, bytes: enough for a receipt of some thousand lines. */
export const CHALLENGE_BYTES = 256 * 1024;

/** A line of the deal; minor units. `discount`: everything that is taken off the line. */
const dealLine = z.strictObject({
  product: z.nullable(id),
  quantity,
  unitPrice: minor,
  discount: minor,
});

/** What the customer confirms. The relay computes the deal's hash and sums from it. */
export const challengeDeal = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sale'),
    lines: z.array(dealLine).check(z.minLength(1)),
    tenders: z.array(tenderOfSale),
  }),
  z.strictObject({ kind: z.literal('reserve-codes'), issue: id }),
  z.strictObject({ kind: z.literal('phone-change'), newPhone: phone }),
  /** Two cards become one account: the balances of `from` go to `into`. Both customers are asked for a code. */
  z.strictObject({ kind: z.literal('merge'), from: id, into: id }),
  /** More debt, minor units, or fewer points. */
  z.strictObject({
    kind: z.literal('correction'),
    account: accountEntry.shape.account,
    delta: z.int(),
  }),
  /** The number of the authorised person who is to be added; their id is the `receiptId`. */
  z.strictObject({
    kind: z.literal('person'),
    name: authorisedPerson.shape.name,
    phone,
  }),
  /** A repayment is cancelled. `repayment`: hash of its entry. The amount of the challenge is what it took off the debt. */
  z.strictObject({ kind: z.literal('cancellation'), repayment: hash }),
  /**
   * Goods are returned. `sale`: hash of its entry. The amount of the challenge is all that is given back, points at their worth.
   */
  z.strictObject({ kind: z.literal('return'), sale: hash }),
  /** The customer's card is erased; their id is the `receiptId`. */
  z.strictObject({ kind: z.literal('forget') }),
]);

export const challengeRequest = z.strictObject({
  action,
  /** The operator who asks: the relay checks their rights, and only an entry of theirs may contain the grant. */
  operator: id,
  receiptId: id,
  /** `phone`: of the customer, or of the person to whom the code goes. */
  customer: z.strictObject({ id, phone, cardSalt }),
  /** The authorised person to whom the code goes, only for a sale; absent: it goes to the customer. */
  person: z.optional(id),
  amount: challengeAmount,
  /** The other action of the same sale, which the same code confirms: points beside a debt, or the reverse. */
  also: z.optional(z.strictObject({ action: saleAction, amount: challengeAmount })),
  deal: challengeDeal,
  channel: z.optional(channel),
  journalHead,
  headSigned,
});
export type ChallengeRequest = z.infer<typeof challengeRequest>;

const codeLength = z.int().check(z.gte(4), z.lte(8));

export const awaitingCode = z.strictObject({
  kind: z.literal('awaiting-code'),
  channel,
  phoneMasked: z.string(),
  codeLength,
  expiresAt: at,
  resendAt: at,
  sentAt: at,
  checksLeft: z.int().check(z.nonnegative()),
  sendsLeft: z.int().check(z.nonnegative()),
  delivery: deliveryState,
  /** The messages before the newest, oldest first; a code in one of them that arrives late is still valid. */
  earlier: z.array(z.strictObject({ channel, codeLength, sentAt: at, delivery: deliveryState })),
  /** The message that the relay sends automatically at that time unless the newest one is delivered before; null: none. */
  next: z.nullable(z.strictObject({ channel, at })),
  /** Channels a resend may use, in the order the manager chose. */
  channels: z.array(channel),
  demo: z.boolean(),
});
export type AwaitingCode = z.infer<typeof awaitingCode>;

export const spentBecause = z.enum(['expired', 'too-many-checks', 'cancelled', 'superseded']);
export type SpentBecause = z.infer<typeof spentBecause>;

/** `also`: the grant of the request's other action, which the same code confirmed. */
const verified = z.strictObject({
  kind: z.literal('verified'),
  grant: z.string(),
  also: z.optional(z.string()),
});
const spent = z.strictObject({ kind: z.literal('spent'), because: spentBecause });
const unknownChallenge = z.strictObject({ kind: z.literal('unknown-challenge') });
const refused = z.strictObject({ kind: z.literal('refused'), because: refusal });
const providerUnreachable = z.strictObject({ kind: z.literal('provider-unreachable') });
/**
 * Only channels with weak codes are available, and the sum is more than they may confirm now. `allowed`: the largest sum that one
 * of them may still confirm.
 */
const channelNotAvailable = z.strictObject({
  kind: z.literal('channel-not-available'),
  allowed: moneyOnWire,
});
export const limited = z.strictObject({
  kind: z.literal('limited'),
  scope: z.enum(['phone', 'till', 'shop']),
  retryAt: at,
});

/** Why an authorised person cannot confirm, or cannot be added. */
export const personRefused = z.strictObject({
  kind: z.literal('person-refused'),
  because: z.enum([
    /** They were removed, or never added with the customer's code. */
    'unknown-person',
    /** It is the number of the operator who asks. */
    'own-number',
    /** It is the customer's main number. */
    'main-number',
    'too-many',
  ]),
});

export type PersonRefused = z.infer<typeof personRefused>;

/** `PUT /challenges/:id`: 201 or 200 for `awaiting-code`; 409, 422, 429, 503 for the named refusals. */
export const challengeReply = z.discriminatedUnion('kind', [
  awaitingCode,
  verified,
  spent,
  z.strictObject({ kind: z.literal('challenge-differs') }),
  /** The policy in force has no such operator; perhaps they were removed. */
  z.strictObject({ kind: z.literal('operator-unknown') }),
  /** The deal's sums do not follow from the policy in force, which is newer than the till's. */
  z.strictObject({ kind: z.literal('policy-changed') }),
  /** `until`: when the requested number takes effect, if a change to it is pending. */
  z.strictObject({
    kind: z.literal('phone-held'),
    phoneMasked: z.string(),
    since: at,
    until: z.optional(at),
  }),
  z.strictObject({ kind: z.literal('phone-too-new'), until: at, allowed: moneyOnWire }),
  /** The first number of a card with a history: until an owner accepts it, it confirms debts of at most `allowed`. */
  z.strictObject({ kind: z.literal('phone-unaccepted'), allowed: moneyOnWire }),
  personRefused,
  /** Since then the customer disputes an entry, at any till: nothing more goes on account until the dispute is settled. */
  z.strictObject({ kind: z.literal('customer-disputed'), since: at }),
  /** The debt would exceed what the customer may owe; `allowed`: what may still go on account. */
  z.strictObject({ kind: z.literal('over-limit'), allowed: moneyOnWire }),
  /** The customer has too few points, or they would pay too large a share; `allowed`: points. */
  z.strictObject({ kind: z.literal('points-short'), allowed: z.int().check(z.nonnegative()) }),
  /** The relay knows this customer's card with another salt. */
  z.strictObject({ kind: z.literal('card-differs') }),
  /** This till gets no codes until an owner allows them again. */
  z.strictObject({ kind: z.literal('codes-stopped') }),
  z.strictObject({ kind: z.literal('journal-behind') }),
  /**
   * The relay was restored from an older copy and does not know yet what customers owe at these tills, given by name. It waits
   * until each of them has signed in and uploaded its journal, at most until `until`, or until an owner decides not to wait.
   */
  z.strictObject({ kind: z.literal('tills-awaited'), tills: z.array(z.string()), until: at }),
  /** The relay keeps this till's journal apart from the shop's, and sends it no codes until it is re-enrolled. */
  z.strictObject({ kind: z.literal('quarantined') }),
  refused,
  limited,
  channelNotAvailable,
  providerUnreachable,
]);
export type ChallengeReply = z.infer<typeof challengeReply>;

/** `GET /challenges/:id`. */
export const challengeStatus = z.discriminatedUnion('kind', [
  awaitingCode,
  verified,
  spent,
  unknownChallenge,
]);
export type ChallengeStatus = z.infer<typeof challengeStatus>;

/** `POST /challenges/:id/sends`. */
export const sendRequest = z.strictObject({ channel: z.optional(channel) });
export const sendReply = z.discriminatedUnion('kind', [
  awaitingCode,
  spent,
  unknownChallenge,
  z.strictObject({ kind: z.literal('too-early'), resendAt: at }),
  z.strictObject({ kind: z.literal('no-sends-left') }),
  refused,
  limited,
  channelNotAvailable,
  providerUnreachable,
]);
export type SendReply = z.infer<typeof sendReply>;

/** `POST /challenges/:id/page`: an address for the customer's own phone, where they type the code themselves. */
export const pageReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('page'),
    url: z.string(),
    expiresAt: at,
    /** The page opens only on the relay's own machine: the relay has no public address. */
    local: z.boolean(),
  }),
  /** The relay has no public address, so no phone could open the page. */
  z.strictObject({ kind: z.literal('no-address') }),
  spent,
  unknownChallenge,
]);
export type PageReply = z.infer<typeof pageReply>;

/** `POST /challenges/:id/checks`. A string: leading zeros matter. */
export const checkRequest = z.strictObject({ code: z.string().check(z.regex(/^\d{4,8}$/)) });
export const checkReply = z.discriminatedUnion('kind', [
  verified,
  z.strictObject({ kind: z.literal('wrong-code'), checksLeft: z.int().check(z.nonnegative()) }),
  spent,
  unknownChallenge,
]);
export type CheckReply = z.infer<typeof checkReply>;
