// Enrolment, sessions and elevation: which device is asking, and for which person.
import * as z from 'zod/mini';
import { at, hash, id, publicKey } from './values';

/** Crockford base 32 without I, L, O, U; typed by hand or carried in a link's fragment. */
export const enrolmentToken = z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{10}$/));

export const tillName = z.string().check(z.trim(), z.minLength(1), z.maxLength(60));

/** `POST /tills`. */
export const enrolmentRequest = z.strictObject({
  tillId: id,
  enrolment: z.optional(enrolmentToken),
  name: tillName,
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

/** `POST /sessions/elevation`. The relay checks PIN and right against its own policy. */
export const elevationRequest = z.strictObject({
  operatorId: id,
  pin: z.string().check(z.regex(/^\d{4,12}$/)),
  code: z.optional(z.string().check(z.regex(/^\d{4,8}$/))),
  token: z.optional(enrolmentToken),
});
export type ElevationRequest = z.infer<typeof elevationRequest>;

export const elevationReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('elevated'), until: at }),
  z.strictObject({ kind: z.literal('code-sent'), phoneMasked: z.string(), expiresAt: at }),
  z.strictObject({ kind: z.literal('wrong-pin') }),
  z.strictObject({ kind: z.literal('wrong-code'), checksLeft: z.int() }),
  z.strictObject({ kind: z.literal('locked'), until: at }),
  z.strictObject({ kind: z.literal('no-right') }),
]);
export type ElevationReply = z.infer<typeof elevationReply>;

/** `GET /tills`. */
export const tillOnRelay = z.strictObject({
  id,
  name: z.string(),
  enrolledAt: at,
  seenAt: z.nullable(at),
  revokedAt: z.nullable(at),
});
export type TillOnRelay = z.infer<typeof tillOnRelay>;
export const tillsReply = z.strictObject({ kind: z.literal('tills'), tills: z.array(tillOnRelay) });

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

export const headSignature = z.strictObject({ seq: z.int(), hash, signature: z.string() });
