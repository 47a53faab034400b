// Enrolment, sessions and elevation: which device calls the relay, and on behalf of which operator.
import * as z from 'zod/mini';
import { limited, refusal } from './challenge';
import { at, channel, hash, id, jws, minor, publicKey, signature, signName } from './values';

/** Crockford base 32 without I, L, O, U; typed by hand or passed in a link's fragment. */
export const enrolmentToken = z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{10}$/));

/** How long an elevation lasts, ms. */
export const ELEVATION_MS = 10 * 60_000;

/** The till's name for the staff. Unique at the relay. */
export const tillName = signName(40);

/** The till's number in its shop, from 1; never used again. Printed before the number of each of its receipts. */
export const tillNumber = z.int().check(z.positive());

/** `POST /tills`. */
export const enrolmentRequest = z.strictObject({
  tillId: id,
  enrolment: z.optional(enrolmentToken),
  /** The requested name: if another till has it, the relay adds a number. `GET /health` returns the result. */
  name: tillName,
  /** This device's till id before it re-enrolled; the new till takes over its name. */
  former: z.optional(id),
  /**
   * The highest number of this device's former tills. The new number is above it, even if the relay does not know those tills.
   */
  above: z.optional(tillNumber.check(z.lte(99_999))),
  publicKey,
});
export type EnrolmentRequest = z.infer<typeof enrolmentRequest>;

export const enrolmentReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('enrolled'),
    shop: z.strictObject({ id }),
    relayKey: publicKey,
    /** The signed policy, or null at first run. */
    policy: z.nullable(z.string()),
    contract: z.int(),
    number: tillNumber,
  }),
  z.strictObject({ kind: z.literal('token-needed') }),
  z.strictObject({ kind: z.literal('token-unknown') }),
  z.strictObject({ kind: z.literal('token-spent') }),
  z.strictObject({ kind: z.literal('token-expired') }),
  z.strictObject({ kind: z.literal('locked'), until: at }),
  z.strictObject({ kind: z.literal('till-differs') }),
]);
export type EnrolmentReply = z.infer<typeof enrolmentReply>;

const nonce = z.string().check(z.regex(/^[0-9a-f]{32}$/));
/** The end of the till's journal when it signs; `seq` 0 and a hash of zeros before the first entry. */
const head = z.strictObject({ seq: z.int().check(z.nonnegative()), hash });

/**
 * What a till signs to open a session. `origin` binds the signature to the page's address. With `at` and `head` it states
 * that no entry after `head` is older than `at`.
 */
export const sessionClaim = z.strictObject({
  purpose: z.literal('session'),
  origin: z.string(),
  shop: id,
  till: id,
  at,
  nonce,
  head,
});
export type SessionClaim = z.infer<typeof sessionClaim>;

const acknowledged = { watermark: jws, offered: z.int().check(z.positive()) };
/** The most former till ids of a device for which it sends the relay's watermarks: the newest ones. */
export const FORMER_SHOWN = 20;

/**
 * `POST /sessions`. `signature`: over the canonical claim. `acknowledged`: the relay's last watermark for this journal, and the
 * last entry that the till has ever offered; left out before the first watermark. `former`: the same for former ids of this
 * device, oldest first; a watermark of a later id covers the entries carried over under it. Left out if there is none.
 * `checkpoint`: the relay's last checkpoint that the till has downloaded; left out before the first. A relay that does not know
 * its own watermark, or whose order differs from its own checkpoint, was restored from an older copy.
 */
export const sessionRequest = z.strictObject({
  tillId: id,
  at,
  nonce,
  head,
  signature,
  acknowledged: z.optional(z.strictObject(acknowledged)),
  former: z.optional(
    z.array(z.strictObject({ till: id, ...acknowledged })).check(z.maxLength(FORMER_SHOWN)),
  ),
  checkpoint: z.optional(jws),
});
export type SessionRequest = z.infer<typeof sessionRequest>;
/** What the relay has signed for a till so far; by this it detects that it was restored from an older copy. */
export type SignedByRelay = Pick<SessionRequest, 'acknowledged' | 'former' | 'checkpoint'>;

/**
 * What a till signs on each request that needs an operator's PIN, so that a copied bearer token is of no use on another device.
 * `path`: below `/api/v1`, with its query. `body`: SHA-256 of the body's bytes, of the empty text without a body.
 */
export const requestClaim = z.strictObject({
  purpose: z.literal('request'),
  origin: z.string(),
  shop: id,
  till: id,
  at,
  nonce,
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
  path: z.string(),
  body: hash,
});
export type RequestClaim = z.infer<typeof requestClaim>;

/** The parts of `SIGNATURE_HEADER`. */
export const requestSignature = z.strictObject({ at, nonce, signature });
export type RequestSignature = z.infer<typeof requestSignature>;

export const sessionReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('session'),
    token: z.string(),
    expiresAt: at,
    now: at,
    /** Newer than all before it; left out if the relay has no entry of this till's journal. */
    watermark: z.optional(jws),
  }),
  z.strictObject({ kind: z.literal('stale-signature'), now: at }),
  z.strictObject({ kind: z.literal('wrong-signature') }),
  z.strictObject({ kind: z.literal('unknown-till') }),
  z.strictObject({ kind: z.literal('revoked') }),
]);
export type SessionReply = z.infer<typeof sessionReply>;

/** A code as typed. A string: leading zeros matter. */
const typedCode = z.string().check(z.regex(/^\d{4,8}$/));

/**
 * How an operator proved who they are to the relay. `pin`: by their PIN, enough for changes; an owner consents to protected ones.
 * `phone`: also by a code to their own proven phone, which the protected lists need. Before the first real messaging service the
 * PIN is enough for both.
 */
export const elevationLevel = z.enum(['pin', 'phone']);
export type ElevationLevel = z.infer<typeof elevationLevel>;

/**
 * `POST /sessions/elevation`. The relay checks PIN and right against its own policy. For the level `phone` the PIN alone
 * makes the relay send a code to the operator's own proven phone; a second call with that code, or with a `token` from
 * the relay's own machine, elevates.
 */
export const elevationRequest = z.strictObject({
  operatorId: id,
  pin: z.string().check(z.regex(/^\d{4,12}$/)),
  level: elevationLevel,
  code: z.optional(typedCode),
  token: z.optional(enrolmentToken),
  /** Resends the same code. */
  resend: z.optional(z.literal(true)),
});
export type ElevationRequest = z.infer<typeof elevationRequest>;

/**
 * No code is sent or accepted; a token from the relay's own machine is needed. `no-proven-owner`: no owner's phone can get a
 * code. `unanswered`: too many codes to owners were not answered. `wrong-codes`: too many codes were wrong within a day, at this
 * till or for this operator's number. `not-this-machine`: an owner has to save the first real messaging service on the relay's
 * own machine, or with a token and a code.
 */
const tokenNeeded = z.strictObject({
  kind: z.literal('token-needed'),
  because: z.enum(['no-proven-owner', 'unanswered', 'wrong-codes', 'not-this-machine']),
});
export type TokenNeeded = z.infer<typeof tokenNeeded>;

/** Replies to requesting or checking a code to an operator's phone, other than success. */
const operatorCodeReplies = [
  z.strictObject({
    kind: z.literal('code-sent'),
    channel,
    phoneMasked: z.string(),
    codeLength: z.int().check(z.gte(4), z.lte(8)),
    sentAt: at,
    expiresAt: at,
    resendAt: at,
    checksLeft: z.int().check(z.nonnegative()),
    sendsLeft: z.int().check(z.nonnegative()),
  }),
  z.strictObject({ kind: z.literal('wrong-code'), checksLeft: z.int().check(z.positive()) }),
  /** The code is no longer valid; request another. */
  z.strictObject({ kind: z.literal('spent'), because: z.enum(['expired', 'too-many-checks']) }),
  z.strictObject({ kind: z.literal('too-early'), resendAt: at }),
  z.strictObject({ kind: z.literal('no-sends-left') }),
  z.strictObject({ kind: z.literal('refused'), because: refusal }),
  limited,
  z.strictObject({ kind: z.literal('provider-unreachable') }),
  tokenNeeded,
] as const;
export const operatorCodeReply = z.discriminatedUnion('kind', operatorCodeReplies);
export type OperatorCodeReply = z.infer<typeof operatorCodeReply>;

export const elevationReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('elevated'), until: at }),
  ...operatorCodeReplies,
  /** The level `phone` needs the operator's own proven phone, or a token. */
  z.strictObject({ kind: z.literal('no-proven-phone') }),
  z.strictObject({ kind: z.literal('wrong-pin') }),
  z.strictObject({ kind: z.literal('wrong-token') }),
  z.strictObject({ kind: z.literal('locked'), until: at }),
  z.strictObject({ kind: z.literal('no-right') }),
]);
export type ElevationReply = z.infer<typeof elevationReply>;

/** The parts of `CONSENT_HEADER`. */
export const consent = z.strictObject({
  code: z.optional(typedCode),
  token: z.optional(enrolmentToken),
  resend: z.optional(z.literal(true)),
});
export type Consent = z.infer<typeof consent>;

/** Why a protected change was not made yet. Repeating the same request with a code or token makes it. */
export const consentState = z.discriminatedUnion('kind', [
  ...operatorCodeReplies,
  z.strictObject({ kind: z.literal('wrong-token') }),
  /** The first real messaging service has to send its first code to an owner, but no owner has a number. */
  z.strictObject({ kind: z.literal('owner-phone-needed') }),
]);
export type ConsentState = z.infer<typeof consentState>;

const phoneStates = [
  z.strictObject({ kind: z.literal('proven'), phoneMasked: z.string() }),
  z.strictObject({ kind: z.literal('unproven'), phoneMasked: z.string() }),
  z.strictObject({ kind: z.literal('no-phone') }),
  /** A code sent by the demo provider proves nothing. */
  z.strictObject({ kind: z.literal('demo') }),
] as const;

/** `GET /operators/:id/phone-proof`: whether this operator can get a code, to read lists or, as an owner, to consent. */
export const phoneProof = z.discriminatedUnion('kind', phoneStates);
export type PhoneProof = z.infer<typeof phoneProof>;

/** `POST /operators/:id/phone-proof` (elevated, by that operator): sends a code; with a code, proves the phone. */
export const phoneProofRequest = z.strictObject({
  code: z.optional(typedCode),
  resend: z.optional(z.literal(true)),
});
export type PhoneProofRequest = z.infer<typeof phoneProofRequest>;
export const phoneProofReply = z.discriminatedUnion('kind', [
  ...phoneStates,
  ...operatorCodeReplies,
]);
export type PhoneProofReply = z.infer<typeof phoneProofReply>;

/**
 * The entries that a till has carried over from one former till id that this relay never enrolled. They have no effect until an
 * owner accepts them. `sums`: of the customers' balances by these entries, minor units; debts and prepayments are not offset.
 */
const formerJournal = {
  former: id,
  entries: z.int().check(z.positive()),
  /** The entry that arrived last. */
  head: z.strictObject({ seq: z.int().check(z.nonnegative()), hash }),
  /** SHA-256 over the hashes of all these entries, in the order of their arrival. */
  digest: hash,
  sums: z.strictObject({
    customers: z.int().check(z.nonnegative()),
    debt: minor,
    prepaid: minor,
    points: z.int().check(z.nonnegative()),
  }),
};

/** `POST /tills/:id/former-journal` (elevated) → 204: an owner accepts exactly these entries, and they count from now on. */
export const formerAccepted = z.strictObject(formerJournal);
export type FormerAccepted = z.infer<typeof formerAccepted>;
/** No entries of that former till wait for an owner, or not exactly these: more have arrived, or they were accepted before. */
export const formerNotWaiting = z.strictObject({ kind: z.literal('not-waiting') });

/** `since`: when the first of these entries arrived. */
export const formerWaiting = z.strictObject({ ...formerJournal, since: at });
export type FormerWaiting = z.infer<typeof formerWaiting>;

/** `GET /tills`. */
export const tillOnRelay = z.strictObject({
  id,
  number: tillNumber,
  name: z.string(),
  enrolledAt: at,
  seenAt: z.nullable(at),
  revokedAt: z.nullable(at),
  /** When another till replaced it under its name. */
  replacedAt: z.nullable(at),
  /** Number of the newest entry that the till has stated, and of the newest one that the relay has; 0: none. */
  stated: z.int().check(z.nonnegative()),
  held: z.int().check(z.nonnegative()),
  /** Since when the relay has lacked entries that the till states; null: it has them all. */
  differSince: z.nullable(at),
  /** Number of other entries of the shop's order that it has not downloaded yet, and when the first of them arrived. */
  notDownloaded: z.int().check(z.nonnegative()),
  notDownloadedSince: z.nullable(at),
  /** Since when its sums of debt and points differ from the relay's; null: they agree, or were not compared. */
  sumsDifferSince: z.nullable(at),
  /** Acts of the last 24 hours that a code confirmed and that are missing from its journal. */
  unclaimed: z.int().check(z.nonnegative()),
  /** Entries that it carried over from another relay's time and that no owner has accepted, by former till. */
  waiting: z.array(formerWaiting),
  /** Whether the relay, restored from an older copy, waits for this till's journal before it sends codes for debts and points. */
  isAwaited: z.boolean(),
});
export type TillOnRelay = z.infer<typeof tillOnRelay>;
export const tillsReply = z.strictObject({ kind: z.literal('tills'), tills: z.array(tillOnRelay) });

/** `PUT /tills/:id/name`. */
export const tillRename = z.strictObject({ name: tillName });
export const tillRenamed = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('till-renamed'), name: z.string() }),
  /** Another active till has the name, perhaps in different case. */
  z.strictObject({ kind: z.literal('name-taken') }),
  /** No till has this id, or it is no longer in use. */
  z.strictObject({ kind: z.literal('not-found') }),
]);
export type TillRenamed = z.infer<typeof tillRenamed>;

/** `POST /tills/enrolments`: a fresh token, and the enrolment link if the relay has a public address. */
export const enrolmentOffer = z.strictObject({
  kind: z.literal('enrolment'),
  token: enrolmentToken,
  link: z.nullable(z.string()),
  expiresAt: at,
});
export type EnrolmentOffer = z.infer<typeof enrolmentOffer>;

/** Refusals that any authenticated call may get. */
export const gateRefusal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('session-unknown') }),
  z.strictObject({ kind: z.literal('unknown-till') }),
  z.strictObject({ kind: z.literal('revoked') }),
  z.strictObject({ kind: z.literal('elevation-needed'), level: elevationLevel }),
  /** The request carries no signature of the till, or a wrong one. */
  z.strictObject({ kind: z.literal('wrong-signature') }),
  /** Signed too long ago, or used before. */
  z.strictObject({ kind: z.literal('stale-signature'), now: at }),
  z.strictObject({ kind: z.literal('no-right') }),
  /** The relay keeps this till's journal apart from the shop's, so the till gets nothing of the shop until it is re-enrolled. */
  z.strictObject({ kind: z.literal('journal-set-aside') }),
  /** A protected change needs an owner's consent. `operator`: the owner whose phone gets the code; null: nobody's. */
  z.strictObject({
    kind: z.literal('consent-needed'),
    state: consentState,
    operator: z.nullable(id),
  }),
  z.strictObject({ kind: z.literal('contract-mismatch'), relay: z.int() }),
  z.strictObject({ kind: z.literal('malformed'), path: z.string() }),
]);
export type GateRefusal = z.infer<typeof gateRefusal>;
