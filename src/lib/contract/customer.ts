// Which phone number belongs to which customer.
// The relay decides; a till can only request.
import * as z from 'zod/mini';
import { sealedPerson } from './acts/customer';
import { card, contact, MOST_CARDS, noticeState } from './journal-upload';
import { limited } from './challenge';
import { importPurpose, openingSums } from './grant';
import { at, cardSalt, hash, id, jws, minor, phone } from './values';

/** `POST /customers/trusted` (elevated): numbers trusted at once, for demo customers and imports. */
export const trustedRequest = z.strictObject({
  contacts: z.array(contact).check(z.minLength(1), z.maxLength(500)),
});
export type TrustedRequest = z.infer<typeof trustedRequest>;
export const trustedReply = z.strictObject({
  kind: z.literal('trusted'),
  /** Customers registered with a different number, which they keep. */
  held: z.array(id),
});

/**
 * `POST /customers/imports` (elevated): an owner approves opening balances, or taking them back; the entry contains the approval.
 * The till states sums and hash, and the relay compares both with the entry when it arrives.
 */
export const importRequest = z.strictObject({
  purpose: importPurpose,
  accounts: hash,
  sums: openingSums,
});
export type ImportRequest = z.infer<typeof importRequest>;
export const importReply = z.strictObject({ kind: z.literal('import-approved'), approval: jws });

/**
 * `POST /customers/forgettings` (elevated): an owner approves that this customer is forgotten; the entry contains the approval.
 */
export const forgetRequest = z.strictObject({ customer: id });
export type ForgetRequest = z.infer<typeof forgetRequest>;
export const forgetReply = z.strictObject({ kind: z.literal('forget-approved'), approval: jws });

/** `DELETE /customers/:id/forgetting` (elevated, an owner) → 204; 409: nobody asked for it, or it is over. */
export const forgettingNotWaiting = z.strictObject({ kind: z.literal('not-waiting') });

/**
 * `POST /phones/accepted` (elevated): an owner accepts pending numbers that do not take effect by themselves → 204; one code for
 * the list. Other pending numbers of their cards are dropped. `askedAt` identifies the request.
 */
export const numbersAccepted = z.strictObject({
  numbers: z
    .array(z.strictObject({ customer: id, askedAt: at }))
    .check(z.minLength(1), z.maxLength(500)),
});
export type NumbersAccepted = z.infer<typeof numbersAccepted>;
/** Of a request no number is pending, or it takes effect by itself: nothing of the list was accepted. */
export const changeNotWaiting = z.strictObject({ kind: z.literal('not-waiting') });

/** A change of number that the old number has not confirmed. */
const change = {
  /** The new number. */
  phoneMasked: z.string(),
  /** The customers whose card it is. */
  customers: z.array(id),
  askedAt: at,
  /** Name of the till that requested it. */
  till: z.string(),
  /** Who changed the card, by that till's journal; null: the relay does not have the entry yet. */
  operator: z.nullable(id),
  /** State of the message to the old number; null: there is no number to send it to. */
  notice: z.nullable(noticeState),
};

/** `GET /phones/flags` (elevated): numbers a manager should check. Nothing is refused because of them. */
export const phoneFlag = z.discriminatedUnion('kind', [
  /**
   * Pending. It takes effect at `until`, or later if the message is not sent by then, unless it is cancelled by
   * `DELETE /customers/:id/phone-change/:askedAt` (elevated) → 204. `until` null: an owner decides by
   * `POST /customers/:id/phone-change`, because two numbers are pending for the card or no earlier number can get a message.
   */
  z.strictObject({ kind: z.literal('change-waiting'), ...change, until: z.nullable(at) }),
  /** It took effect when the waiting time ended; listed for a month. */
  z.strictObject({ kind: z.literal('changed-by-waiting'), ...change, since: at }),
  /** A staff member's number is on customers' cards. */
  z.strictObject({
    kind: z.literal('staff-number'),
    phoneMasked: z.string(),
    operator: id,
    customers: z.array(id),
  }),
  /** One number is on several cards. */
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

/**
 * `PUT /customers/:id/phone`: with a verified `change-phone` challenge to the old number, which confirms the change to this
 * number only. Or with null: then the number takes effect 24 hours after the message about it was sent to all earlier numbers.
 * The till that registered a first number may correct it at once, within 15 minutes and while nobody has used it.
 */
export const phoneChangeRequest = z.strictObject({ phone, challenge: z.nullable(id) });
export const phoneChangeReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('changed') }),
  z.strictObject({ kind: z.literal('waiting'), until: at }),
  z.strictObject({ kind: z.literal('not-registered') }),
  /** Another number is pending, too, or no earlier number can get a message: an owner has to accept this one. */
  z.strictObject({ kind: z.literal('owner-decides') }),
  z.strictObject({ kind: z.literal('challenge-not-verified') }),
  /** The old number confirmed a different new number. */
  z.strictObject({ kind: z.literal('challenge-differs') }),
]);
export type PhoneChangeReply = z.infer<typeof phoneChangeReply>;

/** `POST /cards`: the cards and authorised persons that entries of any till name by these hashes. */
export const cardsRequest = z.strictObject({
  hashes: z.array(hash).check(z.maxLength(MOST_CARDS)),
});
/** The records that the relay has. It never gets one that was changed again before its upload, or damaged at its till. */
export const cardsReply = z.strictObject({
  kind: z.literal('cards'),
  cards: z.array(
    z.union([
      z.strictObject({ hash, ...card.shape }),
      z.strictObject({ hash, ...sealedPerson.shape }),
    ]),
  ),
});

const heldNumber = { phoneMasked: z.string(), since: at };

/**
 * `POST /customers/:id/allowance`: what the relay would let this customer confirm now with this number. Registers
 * nothing and sends nothing. `receiptId`: the receipt in question; codes that confirmed it already do not reduce its allowance.
 */
export const allowanceRequest = z.strictObject({ phone, cardSalt, receiptId: z.nullable(id) });
export type AllowanceRequest = z.infer<typeof allowanceRequest>;

/** The rule that sets the limit. */
export const allowanceBecause = z.discriminatedUnion('kind', [
  /** No credit since then; the disputed entry may be any till's. */
  z.strictObject({ kind: z.literal('disputed'), since: at }),
  /** A different number is registered for the customer. */
  z.strictObject({ kind: z.literal('phone-held'), ...heldNumber }),
  /** The number takes effect at `until`. `held`: the number in force. */
  z.strictObject({ kind: z.literal('change-waiting'), held: z.strictObject(heldNumber) }),
  z.strictObject({ kind: z.literal('young-number') }),
  /** The first number of a card with a history, which an owner has to accept. */
  z.strictObject({ kind: z.literal('unaccepted') }),
]);

/** Limits by the relay's rules alone; the till knows the card's own debt limit. Null: no limit. */
export const allowanceReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('allowance'),
    /** Minor units that may still go on account. */
    onAccount: z.nullable(minor),
    points: z.nullable(z.int().check(z.nonnegative())),
    because: z.nullable(allowanceBecause),
    /** When the limit ends by itself; null: it does not. */
    until: z.nullable(at),
  }),
  /** The shop has no policy yet. */
  z.strictObject({ kind: z.literal('no-policy') }),
  /** Too many requests from this till. */
  limited,
]);
export type AllowanceReply = z.infer<typeof allowanceReply>;
