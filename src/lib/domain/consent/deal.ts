// Deal: the data that the customer's code is bound to.
// Any edit of the receipt makes a different deal.
import type { ChallengeAmount } from '$lib/contract/grant';
import type { TenderOfSale } from '$lib/contract/acts/sale';
import type { Policy } from '$lib/contract/policy';
import type { Currency, SaleAction } from '$lib/contract/values';
import type { Customer } from '$lib/domain/customers/customer';
import { discountOf } from '$lib/domain/receipt/discounts';
import { actionsOf, movedBy, type MovedAction } from './confirmation';
import { invariant } from '$lib/domain/values/invariant';
import { toWire } from '$lib/domain/values/money';
import { pricesOf, type Receipt } from '$lib/domain/receipt/receipt';
import type { Tender } from '$lib/domain/values/settlement';

/** Plain JSON; money in minor units, quantities in thousandths. */
export type Deal = {
  readonly receiptId: string;
  readonly action: SaleAction;
  readonly customerId: string;
  /** Salt of the customer's card: without it, the phone number could be guessed from the deal's hash. */
  readonly cardSalt: string;
  readonly phone: string;
  readonly amount: ChallengeAmount;
  readonly lines: readonly {
    readonly productId: string | null;
    readonly quantity: number;
    readonly unitPrice: number;
    readonly discount: number;
  }[];
  readonly tenders: readonly TenderOfSale[];
};

/** The amount in challenge and grant: money for a debt, points with their worth for a redemption. */
export function challengeAmountOf(
  need: Pick<MovedAction, 'amount' | 'points'>,
  currency: Currency,
): Exclude<ChallengeAmount, null> {
  const worth = toWire(need.amount, currency);
  return need.points === null ? worth : { points: need.points, worth };
}

export const tenderToWire = (tender: Tender): TenderOfSale =>
  tender.kind === 'points'
    ? { kind: 'points', amount: tender.amount, points: tender.points }
    : { kind: tender.kind, amount: tender.amount };

type CardWithNumber = Pick<Customer, 'id' | 'phone' | 'cardSalt'>;

/** The deal of one action of this receipt with this customer. Throws if they have no phone. */
export function dealOf(
  receipt: Receipt,
  action: SaleAction,
  customer: CardWithNumber,
  need: Pick<MovedAction, 'amount' | 'points'>,
  currency: Currency,
): Deal {
  invariant(customer.phone !== null, 'a deal is confirmed by a phone');
  const prices = pricesOf(receipt);
  return {
    receiptId: receipt.id,
    action,
    customerId: customer.id,
    cardSalt: customer.cardSalt,
    phone: customer.phone,
    amount: challengeAmountOf(need, currency),
    lines: receipt.lines.map((line, place) => ({
      productId: line.product,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      discount: discountOf(prices[place] ?? { discounts: [] }),
    })),
    tenders: receipt.tenders.map(tenderToWire),
  };
}

/** Every deal of a receipt, by action; none for a customer without a phone. */
export function dealsOf(
  receipt: Receipt,
  customer: CardWithNumber,
  { shop, cashRounding }: Pick<Policy, 'shop' | 'cashRounding'>,
): Partial<Record<SaleAction, Deal>> {
  const deals: Partial<Record<SaleAction, Deal>> = {};
  if (customer.phone === null) return deals;
  for (const moved of actionsOf(movedBy(receipt, cashRounding))) {
    deals[moved.action] = dealOf(receipt, moved.action, customer, moved, shop.currency);
  }
  return deals;
}
