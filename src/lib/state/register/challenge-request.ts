// Builds the request for a code: customer, amount, deal, and the head of this till's journal.
import type { ChallengeRequest } from '$lib/contract/challenge';
import type { Currency } from '$lib/contract/values';
import type { Need } from '$lib/domain/confirmation';
import type { Customer } from '$lib/domain/customer';
import { challengeAmountOf, dealOf } from '$lib/domain/deal';
import type { Receipt } from '$lib/domain/receipt';
import type { TillDb } from '$lib/storage/database/db';
import { headIn } from '$lib/storage/journal/reader';

/** One need of a receipt and the customer it concerns. */
export type Question = {
  readonly receipt: Receipt;
  readonly need: Need;
  readonly customer: Customer;
  readonly currency: Currency;
};

/** Null if the customer has no phone. Throws StorageError. */
export async function challengeRequest(
  db: TillDb,
  { receipt, need, customer, currency }: Question,
): Promise<ChallengeRequest | null> {
  if (customer.phone === null) return null;
  const { lines, tenders } = dealOf(receipt, need.action, customer, need, currency);
  const { seq, hash, at } = await headIn(db);
  return {
    action: need.action,
    receiptId: receipt.id,
    customer: { id: customer.id, phone: customer.phone, cardSalt: customer.cardSalt },
    amount: challengeAmountOf(need, currency),
    deal: {
      kind: 'sale',
      lines: lines.map(({ productId: product, ...rest }) => ({ product, ...rest })),
      tenders: [...tenders],
    },
    channel: need.channel,
    journalHead: { seq, hash, at },
  };
}
