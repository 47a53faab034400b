// Enrolment, sessions and elevation: which device calls the relay, and on behalf of which operator.
import * as z from 'zod/mini';
import { limited, refusal } from './challenge';
import { at, channel, id, publicKey } from './values';

/** Crockford base 32 without I, L, O, U; typed by hand or passed in a link's fragment. */
export const enrolmentToken = z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{10}$/));

/** The till's name for the staff. Unique at the relay. */
export const tillName = z.string().check(z.trim(), z.minLength(1), z.maxLength(40));

/** `POST /tills`. */
export const enrolmentRequest = z.strictObject({
  tillId: id,
  enrolment: z.optional(enrolmentToken),
  /** The requested name: if another till has it, the relay adds a number. `GET /health` returns the result. */
  name: tillName,
  /** This device's till id before it re-enrolled; the new till takes over its name. */
  former: z.optional(id),
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
  }),
  z.strictObject({ kind: z.literal('token-needed') }),
  z.strictObject({ kind: z.literal('token-unknown') }),
  z.strictObject({ kind: z.literal('token-spent') }),
  z.strictObject({ kind: z.literal('token-expired') }),
  z.strictObject({ kind: z.literal('locked'), until: at }),
  z.strictObject({ kind: z.literal('till-differs') }),
]);
export type EnrolmentReply = z.infer<typeof enrolmentReply>;

/** What a till signs to open a session. `origin` binds the signature to the page's address. */
export const sessionClaim = z.strictObject({
  purpose: z.literal('session'),
  origin: z.string(),
  shop: id,
  till: id,
  at,
  nonce: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
});
export type SessionClaim = z.infer<typeof sessionClaim>;

/** `POST /sessions`. `signature`: base64url of the 64-byte P1363 signature over the canonical claim. */
export const sessionRequest = z.strictObject({
  tillId: id,
  at,
  nonce: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  signature: z.string().check(z.regex(/^[\w-]{86}$/)),
});

export const sessionReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('session'), token: z.string(), expiresAt: at, now: at }),
  z.strictObject({ kind: z.literal('stale-signature'), now: at }),
  z.strictObject({ kind: z.literal('wrong-signature') }),
  z.strictObject({ kind: z.literal('unknown-till') }),
  z.strictObject({ kind: z.literal('revoked') }),
]);
export type SessionReply = z.infer<typeof sessionReply>;

/** A code as typed. A string: leading zeros matter. */
const typedCode = z.string().check(z.regex(/^\d{4,8}$/));

/**
 * `POST /sessions/elevation`. The relay checks PIN and right against its own policy. If the operator's phone is proven,
 * the PIN alone makes the relay send a code there; a second call with that code, or with a `token` from the relay's own
 * machine, elevates.
 */
export const elevationRequest = z.strictObject({
  operatorId: id,
  pin: z.string().check(z.regex(/^\d{4,12}$/)),
  code: z.optional(typedCode),
  token: z.optional(enrolmentToken),
  /** Resends the same code. */
  resend: z.optional(z.literal(true)),
});
export type ElevationRequest = z.infer<typeof elevationRequest>;

/** Replies to requesting or checking a code to the operator's own phone, other than success. */
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
] as const;
export const operatorCodeReply = z.discriminatedUnion('kind', operatorCodeReplies);
export type OperatorCodeReply = z.infer<typeof operatorCodeReply>;

export const elevationReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('elevated'), until: at }),
  ...operatorCodeReplies,
  z.strictObject({ kind: z.literal('wrong-pin') }),
  z.strictObject({ kind: z.literal('wrong-token') }),
  z.strictObject({ kind: z.literal('locked'), until: at }),
  z.strictObject({ kind: z.literal('no-right') }),
]);
export type ElevationReply = z.infer<typeof elevationReply>;

const phoneStates = [
  z.strictObject({ kind: z.literal('proven'), phoneMasked: z.string() }),
  z.strictObject({ kind: z.literal('unproven'), phoneMasked: z.string() }),
  z.strictObject({ kind: z.literal('no-phone') }),
  /** A code sent by the demo provider proves nothing. */
  z.strictObject({ kind: z.literal('demo') }),
] as const;

/** `GET /operators/:id/phone-proof`: whether this operator's PIN alone still opens the settings. */
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

/** `GET /tills`. */
export const tillOnRelay = z.strictObject({
  id,
  name: z.string(),
  enrolledAt: at,
  seenAt: z.nullable(at),
  revokedAt: z.nullable(at),
  /** When another till replaced it under its name. */
  replacedAt: z.nullable(at),
  /** Number of the newest entry that it has stated, and of the newest that the relay holds; 0: none. */
  stated: z.int().check(z.nonnegative()),
  held: z.int().check(z.nonnegative()),
  /** Since when the relay has not held what the till states; null: it does. */
  differSince: z.nullable(at),
  /** Acts of the last 24 hours that a code confirmed and that are missing from its journal. */
  unclaimed: z.int().check(z.nonnegative()),
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
  z.strictObject({ kind: z.literal('elevation-needed') }),
  z.strictObject({ kind: z.literal('no-right') }),
  z.strictObject({ kind: z.literal('contract-mismatch'), relay: z.int() }),
  z.strictObject({ kind: z.literal('malformed'), path: z.string() }),
]);
export type GateRefusal = z.infer<typeof gateRefusal>;
