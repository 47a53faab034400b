// Reserve codes: one-time codes a customer keeps for times without internet.
// The codes go only to the customer; a till gets only verifiers.
import * as z from 'zod/mini';
import { deliveryState, limited, refusal } from './challenge';
import { at, channel, hash, id, jws, minor, moneyOnWire } from './values';

/**
 * Payload of a compact JWS signed by the relay, by which one till can check one code of one customer. `salt`, `hash` and
 * `rounds`: PBKDF2-SHA256 over the code. `prefix`: its first two characters, to find the verifier without deriving a hash.
 */
export const reserveVerifier = z.strictObject({
  v: z.literal(1),
  purpose: z.literal('reserve-code'),
  shop: id,
  /** The only till where the code is valid. */
  till: id,
  customer: id,
  id,
  /** The issue the code belongs to; a later issue voids it. */
  issue: id,
  prefix: z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{2}$/)),
  salt: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  hash,
  rounds: z.int().check(z.gte(600_000), z.lte(10_000_000)),
  /** The largest sum one act may move with it, minor units. */
  cap: minor,
  /** True: no real message was sent; such a code proves nothing and is marked so on screen. */
  demo: z.boolean(),
  at,
});
export type ReserveVerifier = z.infer<typeof reserveVerifier>;

/** `PUT /reserve-codes/:id`: `challenge` is a verified `issue-reserve-codes` one of this till, valid for one issue. */
export const reserveCodesRequest = z.strictObject({ customer: id, challenge: id });
export type ReserveCodesRequest = z.infer<typeof reserveCodesRequest>;

/** Idempotent: a repeated request gets the same reply and sends nothing. Only `issued` means that codes were issued. */
export const reserveCodesReply = z.discriminatedUnion('kind', [
  /** 201, repeated: 200. The customer's earlier codes are void. */
  z.strictObject({
    kind: z.literal('issued'),
    /** Verifiers of the requesting till; other tills fetch their own. */
    verifiers: z.array(jws).check(z.maxLength(50)),
    /** Number of codes sent to the customer, for all tills. */
    codes: z.int().check(z.positive()),
    cap: moneyOnWire,
    channel,
    phoneMasked: z.string(),
    /** `unknown`: the service did not answer; the codes may have arrived. */
    delivery: deliveryState,
    at,
    demo: z.boolean(),
  }),
  /** 409: no valid, unused confirmation by this customer at this till. */
  z.strictObject({ kind: z.literal('challenge-not-verified') }),
  /** 409: this id was used for a different request. */
  z.strictObject({ kind: z.literal('issue-differs') }),
  /** 409: the number was registered less than a day ago. */
  z.strictObject({ kind: z.literal('phone-too-new'), until: at, allowed: moneyOnWire }),
  /** 422; `channel-not-available`: no channel of the service in use carries the relay's own text. */
  z.strictObject({ kind: z.literal('refused'), because: refusal }),
  /** 429. */
  limited,
  /** 503: nothing was sent. */
  z.strictObject({ kind: z.literal('provider-unreachable') }),
]);
export type ReserveCodesReply = z.infer<typeof reserveCodesReply>;

/**
 * `GET /reserve-codes?after=<version>` (0: from the beginning): changes for this till. `gone`: used, void or
 * reassigned. `version` is the `after` of the next call; `GET /health` gives the newest.
 */
export const reserveCodesNews = z.strictObject({
  kind: z.literal('reserve-codes'),
  verifiers: z.array(jws),
  gone: z.array(id),
  version: z.int().check(z.nonnegative()),
  more: z.boolean(),
});
export type ReserveCodesNews = z.infer<typeof reserveCodesNews>;
