// Reserve codes: one-time codes a customer carries for the day the internet is down. They go to the customer alone; a till gets only what it checks them by.
import * as z from 'zod/mini';
import { deliveryState, limited, refusal } from './challenge';
import { at, channel, hash, id, jws, minor, moneyOnWire } from './values';

/** Ten characters of Crockford base 32: no I, L, O or U. */
export const reserveCode = z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{10}$/));

/**
 * Payload of a compact JWS by the relay's key: what one till checks one code of one customer by. `salt`, `hash` and
 * `rounds` are PBKDF2-SHA256 over the code; `prefix`, its first two characters, finds it without a derivation.
 */
export const reserveVerifier = z.strictObject({
  v: z.literal(1),
  purpose: z.literal('reserve-code'),
  shop: id,
  /** The only till at which the code is good. */
  till: id,
  customer: id,
  id,
  /** The issue it came with; a later one voids it. */
  issue: id,
  prefix: z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{2}$/)),
  salt: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  hash,
  rounds: z.int().check(z.gte(600_000), z.lte(10_000_000)),
  /** The most one act may move by it, minor units. */
  cap: minor,
  /** True: no message left the machine; such a code proves nothing and is shown so. */
  demo: z.boolean(),
  at,
});
export type ReserveVerifier = z.infer<typeof reserveVerifier>;

/** `PUT /reserve-codes/:id`: `challenge` is a verified `issue-reserve-codes` challenge of this till, good for one issue. */
export const reserveCodesRequest = z.strictObject({ customer: id, challenge: id });
export type ReserveCodesRequest = z.infer<typeof reserveCodesRequest>;

/** The same request again gets the same answer and sends nothing. After any but `issued`, nothing was issued. */
export const reserveCodesReply = z.discriminatedUnion('kind', [
  /** 201, again 200. The customer's former codes are void. */
  z.strictObject({
    kind: z.literal('issued'),
    /** Those of the asking till; the others are told to theirs. */
    verifiers: z.array(jws).check(z.maxLength(50)),
    /** How many the customer was sent in all. */
    codes: z.int().check(z.positive()),
    cap: moneyOnWire,
    channel,
    phoneMasked: z.string(),
    /** `unknown`: the service never answered, they may have arrived. */
    delivery: deliveryState,
    at,
    demo: z.boolean(),
  }),
  /** 409: no yes of this customer, to this till, within its time and not used before. */
  z.strictObject({ kind: z.literal('challenge-not-verified') }),
  /** 409: this id was another request. */
  z.strictObject({ kind: z.literal('issue-differs') }),
  /** 409: the number is younger than a day. */
  z.strictObject({ kind: z.literal('phone-too-new'), until: at, allowed: moneyOnWire }),
  /** 422; `channel-not-available`: no channel of the service in use carries a text of our own. */
  z.strictObject({ kind: z.literal('refused'), because: refusal }),
  /** 429. */
  limited,
  /** 503: surely nothing was sent. */
  z.strictObject({ kind: z.literal('provider-unreachable') }),
]);
export type ReserveCodesReply = z.infer<typeof reserveCodesReply>;

/**
 * `GET /reserve-codes?after=<version>` (0: from the beginning): what changed for this till since. `gone`: used, void or
 * given to another. `version` is the `after` of the next call; `GET /health` tells the newest.
 */
export const reserveCodesNews = z.strictObject({
  kind: z.literal('reserve-codes'),
  verifiers: z.array(jws),
  gone: z.array(id),
  version: z.int().check(z.nonnegative()),
  more: z.boolean(),
});
export type ReserveCodesNews = z.infer<typeof reserveCodesNews>;
