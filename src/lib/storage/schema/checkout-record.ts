// The schema of a checkout in a draft: needs, confirmations and challenge ids.
// No field can hold a code.
import { channel, id, saleAction } from '$lib/contract/values';
import type { StoredCheckout } from '$lib/domain/consent/checkout-state';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import type { Money } from '$lib/domain/values/money';
import * as z from 'zod/mini';

/** `given`: schema of the confirmations of a sale attempt; `amount`: minor units. */
export function checkoutSchema(
  given: z.ZodMiniType<GivenConfirmation>,
  amount: z.ZodMiniType<Money>,
): z.ZodMiniType<StoredCheckout> {
  const need = z.strictObject({
    action: saleAction,
    amount,
    points: z.nullable(z.int().check(z.nonnegative())),
    channel,
    chain: z.array(channel),
  });
  const to = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.enum(['undecided', 'customer']) }),
    z.strictObject({ kind: z.literal('person'), person: id }),
  ]);
  const ask = { need, challenge: id, to };
  const also = z.nullable(z.strictObject({ need, challenge: id }));
  return z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('tendering'),
      voided: z.nullable(z.enum(['lines', 'tender', 'customer', 'phone', 'policy', 'operator'])),
    }),
    z.strictObject({
      kind: z.literal('confirming'),
      asks: z.array(z.strictObject({ ...ask, also })),
      got: z.array(z.strictObject({ ...ask, confirmation: given })),
      askedBy: z.nullable(id),
    }),
  ]);
}
