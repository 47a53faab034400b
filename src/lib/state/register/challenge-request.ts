// Builds the request for a code: customer, amount and deal.
import type { Currency } from '$lib/contract/values';
import type { Need } from '$lib/domain/consent/confirmation';
import type { CodeTo } from '$lib/domain/consent/checkout-state';
import { answeringPhone, type Customer } from '$lib/domain/customers/customer';
import { challengeAmountOf, dealOf } from '$lib/domain/consent/deal';
import type { Receipt } from '$lib/domain/receipt/receipt';
import type { UnsignedChallenge } from '$lib/relay-client/relay-client';

/** One need of a receipt and the customer it concerns. */
export type Question = {
  readonly receipt: Receipt;
  readonly need: Need;
  /** Another need that the same code confirms; null: none. */
  readonly also: Need | null;
  readonly customer: Customer;
  /** Whose phone receives the code. */
  readonly to: CodeTo;
  readonly currency: Currency;
  /** The operator who asks. */
  readonly operator: string;
};

/** Null if the customer has no phone, or the person is no longer on their card. */
export function challengeRequest({
  receipt,
  need,
  also,
  customer,
  to,
  currency,
  operator,
}: Question): UnsignedChallenge | null {
  const person = to.kind === 'person' ? to.person : null;
  const phone = answeringPhone(customer, person);
  if (phone === null) return null;
  const { lines, tenders } = dealOf(receipt, need.action, customer, need, currency);
  return {
    action: need.action,
    operator,
    receiptId: receipt.id,
    customer: { id: customer.id, phone, cardSalt: customer.cardSalt },
    ...(person !== null && { person }),
    amount: challengeAmountOf(need, currency),
    ...(also !== null && {
      also: { action: also.action, amount: challengeAmountOf(also, currency) },
    }),
    deal: {
      kind: 'sale',
      lines: lines.map(({ productId: product, ...rest }) => ({ product, ...rest })),
      tenders: [...tenders],
    },
    channel: need.channel,
  };
}
