// Health: the facts the status chip is made of.
import * as z from 'zod/mini';
import { refusal } from './challenge';
import { at, hash, id } from './values';

export const providerState = z.strictObject({
  state: z.enum(['ready', 'not-configured', 'refusing', 'unreachable']),
  /** Set while `refusing`. `pumping` is the relay's own stop. */
  because: z.optional(refusal),
  /** When the relay's own stop ends by itself. */
  until: z.optional(at),
  /** As the provider gave it, with its currency where it names one. */
  balance: z.optional(z.strictObject({ amount: z.string(), currency: z.optional(z.string()) })),
  /** Whether the balance is below what the manager wants to be warned of. */
  low: z.boolean(),
  checkedAt: z.nullable(at),
  demo: z.boolean(),
});
export type ProviderState = z.infer<typeof providerState>;

/** A till whose codes the relay has stopped by itself: they looked pumped. */
export const stoppedTill = z.strictObject({ till: id, name: z.string(), since: at, until: at });
export type StoppedTill = z.infer<typeof stoppedTill>;

/** `GET /health`. Without a session only `contract` and `now`. */
export const health = z.strictObject({
  contract: z.int(),
  now: at,
  provider: z.optional(providerState),
  /** The till that asks, and what it is called now: it may have been renamed at another. */
  till: z.optional(z.strictObject({ id, name: z.string() })),
  /** All tills that are stopped now, so that a manager learns of it at any of them. */
  stopped: z.optional(z.array(stoppedTill)),
  policyVersion: z.optional(z.nullable(z.int())),
  /** SHA-256 of the signed policy: after a restore two may have one version. */
  policyMark: z.optional(z.nullable(hash)),
  /** Newest change of this till's reserve codes; 0: there never was one. */
  reserveVersion: z.optional(z.int().check(z.nonnegative())),
});
export type Health = z.infer<typeof health>;
