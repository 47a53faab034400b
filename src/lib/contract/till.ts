// Enrolment, sessions and elevation: which device is asking, and for which person.
import * as z from 'zod/mini';
import { limited, refusal } from './challenge';
import { at, channel, id, publicKey } from './values';

/** Crockford base 32 without I, L, O, U; typed by hand or carried in a link's fragment. */
export const enrolmentToken = z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{10}$/));

/** The name of a till: what staff calls it. The relay keeps no two the same. */
export const tillName = z.string().check(z.trim(), z.minLength(1), z.maxLength(40));

/** `POST /tills`. */
export const enrolmentRequest = z.strictObject({
  tillId: id,
  enrolment: z.optional(enrolmentToken),
  /** As asked for: where another till has it, the relay adds a number. `GET /health` tells what it has become. */
  name: tillName,
  /** The till this device was before it re-enrolled: it hands on its name. */
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

/** What a till signs to open a session. `origin` ties the signature to the address in the browser's bar. */
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
export type SessionRequest = z.infer<typeof sessionRequest>;

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
 * `POST /sessions/elevation`. The relay checks PIN and right against its own policy. Where the operator's phone is proven the
 * PIN alone sends a code there; the same call with it, or with a `token` of the relay's own machine in its place, elevates.
 */
export const elevationRequest = z.strictObject({
  operatorId: id,
  pin: z.string().check(z.regex(/^\d{4,12}$/)),
  code: z.optional(typedCode),
  token: z.optional(enrolmentToken),
  /** Once more the same code. */
  resend: z.optional(z.literal(true)),
});
export type ElevationRequest = z.infer<typeof elevationRequest>;

/** How asking for, or checking, a code to the operator's own phone ends when it isn't the right one. */
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
  /** The code opens nothing any more; ask for another. */
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
  /** The demo proves nothing. */
  z.strictObject({ kind: z.literal('demo') }),
] as const;

/** `GET /operators/:id/phone-proof`: whether this operator's PIN alone still opens the settings. */
export const phoneProof = z.discriminatedUnion('kind', phoneStates);
export type PhoneProof = z.infer<typeof phoneProof>;

/** `POST /operators/:id/phone-proof` (elevated, the operator himself): without a code one is sent, with it the phone is proven. */
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
  /** When another till took its place under its name. */
  replacedAt: z.nullable(at),
});
export type TillOnRelay = z.infer<typeof tillOnRelay>;
export const tillsReply = z.strictObject({ kind: z.literal('tills'), tills: z.array(tillOnRelay) });

/** `PUT /tills/:id/name`. */
export const tillRename = z.strictObject({ name: tillName });
export type TillRename = z.infer<typeof tillRename>;
export const tillRenamed = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('till-renamed'), name: z.string() }),
  /** Another till in use has it, perhaps in other letters. */
  z.strictObject({ kind: z.literal('name-taken') }),
  /** There is none of this id, or it is no longer in use. */
  z.strictObject({ kind: z.literal('not-found') }),
]);
export type TillRenamed = z.infer<typeof tillRenamed>;

/** `POST /tills/enrolments`: a fresh token, and the link it makes where the relay has a public address. */
export const enrolmentOffer = z.strictObject({
  kind: z.literal('enrolment'),
  token: enrolmentToken,
  link: z.nullable(z.string()),
  expiresAt: at,
});
export type EnrolmentOffer = z.infer<typeof enrolmentOffer>;

/** Refusals any authenticated call may meet. */
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
