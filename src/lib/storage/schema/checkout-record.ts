// The schema of a checkout in a draft. No field can hold a code.
import { awaitingCode, refusal } from '$lib/contract/challenge';
import { right } from '$lib/contract/policy';
import { at, channel, id, moneyOnWire, saleAction } from '$lib/contract/values';
import type { Checkout, Got } from '$lib/domain/checkout-state';
import type { GivenConfirmation } from '$lib/domain/confirmation';
import type { Money } from '$lib/domain/money';
import * as z from 'zod/mini';

const count = z.int().check(z.nonnegative());
const kind = <K extends string>(word: K) => z.strictObject({ kind: z.literal(word) });
const ofAction = <K extends string>(word: K) =>
  z.strictObject({ kind: z.literal(word), action: saleAction });

/** `given`: confirmations as a sale attempt carries them; `amount`: minor units. */
export function checkoutSchema(
  given: z.ZodMiniType<GivenConfirmation>,
  amount: z.ZodMiniType<Money>,
): z.ZodMiniType<Checkout> {
  const need = z.strictObject({
    action: saleAction,
    amount,
    points: z.nullable(count),
    channel,
    chain: z.array(channel),
  });
  const ask = z.strictObject({ need, challenge: id });
  const got: z.ZodMiniType<Got> = z.strictObject({ need, challenge: id, confirmation: given });
  const asking = { need, challenge: id, rest: z.array(ask), got: z.array(got) };

  const noCode = z.discriminatedUnion('kind', [
    kind('unreachable'),
    kind('quarantined'),
    kind('provider-unreachable'),
    kind('did-not-arrive'),
    kind('phone-not-at-hand'),
    kind('expired'),
    kind('too-many-checks'),
    z.strictObject({ kind: z.literal('refused'), because: refusal }),
    z.strictObject({
      kind: z.literal('limited'),
      scope: z.enum(['phone', 'till', 'shop']),
      retryAt: at,
    }),
  ]);
  const stopped = z.discriminatedUnion('kind', [
    kind('challenge-differs'),
    kind('journal-behind'),
    kind('cancelled'),
    kind('superseded'),
    kind('unknown-challenge'),
    z.strictObject({
      kind: z.literal('phone-held'),
      phoneMasked: z.string(),
      since: at,
      until: z.optional(at),
    }),
    z.strictObject({ kind: z.literal('customer-disputed'), since: at }),
    z.strictObject({ kind: z.literal('phone-too-new'), until: at, allowed: moneyOnWire }),
  ]);
  const refused = z.discriminatedUnion('kind', [
    kind('empty'),
    kind('no-customer'),
    kind('no-credit'),
    kind('disputed'),
    ofAction('no-phone'),
    ofAction('confirmation-missing'),
    ofAction('grant-not-for-this-deal'),
    ofAction('grant-expired'),
    ofAction('grant-used'),
    ofAction('grant-forged'),
    ofAction('reserve-code-wrong'),
    ofAction('reserve-code-not-for-this'),
    ofAction('reserve-code-used'),
    z.strictObject({
      kind: z.literal('reserve-code-over-cap'),
      action: saleAction,
      allowed: amount,
    }),
    ofAction('override-no-right'),
    ofAction('reason-missing'),
    z.strictObject({ kind: z.literal('may-not-sell'), right }),
    z.strictObject({ kind: z.literal('tender-too-much'), over: amount }),
    z.strictObject({ kind: z.literal('over-limit'), allowed: amount }),
    z.strictObject({ kind: z.literal('not-enough-points'), held: z.int() }),
    z.strictObject({ kind: z.literal('points-over-share'), allowed: count }),
    z.strictObject({ kind: z.literal('points-worth-differs'), worth: amount }),
    z.strictObject({
      kind: z.literal('override-over-cap'),
      action: saleAction,
      scope: z.enum(['act', 'customer', 'till']),
      allowed: amount,
    }),
    z.strictObject({
      kind: z.literal('policy-refused'),
      because: z.enum(['missing', 'wrong-signature', 'older-version', 'wrong-shop', 'malformed']),
    }),
  ]);

  const states = z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('tendering'),
      voided: z.nullable(z.enum(['lines', 'tender', 'customer', 'phone', 'policy'])),
      refused: z.nullable(refused),
    }),
    z.strictObject({ kind: z.literal('sending'), ...asking }),
    z.strictObject({
      kind: z.literal('awaiting-code'),
      ...asking,
      view: awaitingCode,
      wrong: z.nullable(z.strictObject({ checksLeft: count })),
    }),
    z.strictObject({ kind: z.literal('checking'), ...asking, view: awaitingCode }),
    z.strictObject({
      kind: z.literal('no-code'),
      ...asking,
      because: noCode,
      view: z.nullable(awaitingCode),
    }),
    z.strictObject({ kind: z.literal('stopped'), ...asking, because: stopped }),
    z.strictObject({ kind: z.literal('saving'), got: z.array(got) }),
    z.strictObject({ kind: z.literal('not-saved'), got: z.array(got), because: z.string() }),
    z.strictObject({ kind: z.literal('saved'), sale: id }),
  ]);
  return states satisfies Knows<z.infer<typeof states>>;
}

/** Does not compile if this schema lacks a state of the domain, which then could not be stored. */
type Knows<Stored> = [Checkout] extends [DeepReadonly<Stored>] ? unknown : never;
type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
