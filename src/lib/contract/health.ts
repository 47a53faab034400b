// `GET /health`: the facts the status chip is computed from.
import * as z from 'zod/mini';
import { refusal } from './challenge';
import { at, hash, id, jws } from './values';

export const providerState = z.strictObject({
  state: z.enum(['ready', 'not-configured', 'refusing', 'unreachable']),
  /** Set while `refusing`. `pumping`: the relay's own fraud guard stopped the codes. */
  because: z.optional(refusal),
  /** When the fraud guard's stop ends. */
  until: z.optional(at),
  /** As the provider reported it, with its currency if it names one; only for an operator elevated with `settings`. */
  balance: z.optional(z.strictObject({ amount: z.string(), currency: z.optional(z.string()) })),
  /** Whether the balance is below the manager's warning level. */
  low: z.boolean(),
  checkedAt: z.nullable(at),
  demo: z.boolean(),
});
export type ProviderState = z.infer<typeof providerState>;

/**
 * A till to which the relay sends no codes: too many codes were not answered, acts that a code confirmed are missing from its
 * journal, or twenty wrong codes were typed there in a day.
 */
export const stoppedTill = z.strictObject({
  till: id,
  name: z.string(),
  because: z.enum(['pumping', 'grant-unclaimed', 'wrong-codes']),
  since: at,
  /** Null: until somebody lifts it. */
  until: z.nullable(at),
});
export type StoppedTill = z.infer<typeof stoppedTill>;

/** How long a till in use may be silent before people get a message: it may be selling without the relay. */
export const SILENT_MS = 5 * 60_000;

/** A till with an open shift that has had no contact with the relay for `SILENT_MS`. `since`: its last contact. */
export const silentTill = z.strictObject({ till: id, name: z.string(), since: at });
export type SilentTill = z.infer<typeof silentTill>;

/** `GET /health`. Without a session only `contract` and `now`. */
export const health = z.strictObject({
  contract: z.int(),
  now: at,
  provider: z.optional(providerState),
  /** The requesting till and its current name, which may have been changed at another till. */
  till: z.optional(z.strictObject({ id, name: z.string() })),
  /** All tills stopped now; every till gets the list, so that a manager sees it at any of them. */
  stopped: z.optional(z.array(stoppedTill)),
  /** Other tills that may be selling without the relay; their acts are still missing in the shop's order. */
  silent: z.optional(z.array(silentTill)),
  /** A new watermark, if the relay has sent a message since this till's last one; the till sends it at its next sign-in. */
  watermark: z.optional(jws),
  policyVersion: z.optional(z.nullable(z.int())),
  /** SHA-256 of the signed policy: after a restore, two policies can have the same version. */
  policyMark: z.optional(z.nullable(hash)),
  /** Version of the newest change of this till's reserve codes; 0: none yet. */
  reserveVersion: z.optional(z.int().check(z.nonnegative())),
});
export type Health = z.infer<typeof health>;
