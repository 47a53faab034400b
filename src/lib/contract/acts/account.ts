// Steps of debt and points, and how an act that moves them was confirmed.
import * as z from 'zod/mini';
import { at, grantJws, id, jws, minor, reserveCode, saleAction } from '$lib/contract/values';

/** One signed step of a customer's running total: minor units for `debt` (up: owes more), points for `points`. */
export const accountEntry = z.strictObject({
  customer: id,
  account: z.enum(['debt', 'points']),
  delta: z.int(),
});
export type AccountEntry = z.infer<typeof accountEntry>;

/** Steps whose sums are exact in any order. */
export const accounts = z
  .array(accountEntry)
  .check(
    z.refine((steps) =>
      Number.isSafeInteger(steps.reduce((sum, { delta }) => sum + Math.abs(delta), 0)),
    ),
  );

export const overrideReason = z.enum([
  'no-internet',
  'provider-failed',
  'code-did-not-arrive',
  'phone-not-at-hand',
  'other',
]);
export type OverrideReason = z.infer<typeof overrideReason>;

/** The till's knowledge of its connections when a person went on without a code. */
export const connectivityFact = z.strictObject({
  state: z.enum(['codes-can-be-sent', 'provider-unavailable', 'offline']),
  /** Last exchange with the relay, and the relay's last with the provider; null: never. */
  relayAt: z.nullable(at),
  providerAt: z.nullable(at),
  /** The outcome that allowed going on without a code: `unreachable`, `refused:no-money`, `too-many-checks`. */
  noCodeBecause: z.string().check(z.maxLength(80)),
});
export type ConnectivityFact = z.infer<typeof connectivityFact>;

/**
 * The customer was not asked: a right allows moving the balances. `import-untold`: they get no message about their imported debt;
 * the first code sent to them names it, and it stays unconfirmed until that code is entered.
 */
export const unasked = z.strictObject({
  kind: z.literal('none'),
  action: saleAction,
  amount: minor,
  because: z.enum(['demo', 'import', 'import-untold']),
});

/** A balance is changed in the customer's favour outside a sale: nobody has to consent; a daily cap of the policy limits it. */
const byRight = z.strictObject({
  kind: z.literal('by-right'),
  action: saleAction,
  amount: minor,
});

/** How an action was confirmed. `amount` is minor units (for points: what they are worth). */
export const confirmation = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('code'),
    action: saleAction,
    amount: minor,
    challenge: id,
    grant: grantJws,
  }),
  z.strictObject({
    kind: z.literal('reserve-code'),
    action: saleAction,
    amount: minor,
    /** The act has used the code up, so that nobody can use it again. */
    code: reserveCode,
    /** Id of its verifier, and the whole verifier as signed by the relay: till, customer, cap. */
    verifier: id,
    signed: jws,
  }),
  z.strictObject({
    kind: z.literal('override'),
    action: saleAction,
    amount: minor,
    /** The operator who entered the act, and the one whose right was used; the same unless a colleague authorised it. */
    askedBy: id,
    by: id,
    because: overrideReason,
    note: z.nullable(z.string().check(z.maxLength(300))),
    connectivity: connectivityFact,
    /** The caps in force and how much of them was used before this act, minor units. */
    caps: z.strictObject({
      perAct: minor,
      perCustomer: minor,
      perTill: minor,
      usedByCustomer: minor,
      usedByTill: minor,
    }),
  }),
  z.strictObject({
    kind: z.literal('not-required'),
    action: saleAction,
    amount: minor,
    because: z.enum(['method-none', 'below-threshold']),
  }),
  unasked,
  byRight,
]);
export type Confirmation = z.infer<typeof confirmation>;
