// What a code confirms: the whole deal as the till shows it. Any edit makes another hash, and the code void.
import type { ChallengeAmount } from '$lib/contract/grant';
import type { TenderOfSale } from '$lib/contract/journal';
import type { Action } from '$lib/contract/values';
import { hashOf } from './canonical';

export type DealLine = {
  readonly productId: string;
  /** Thousandths of the unit of sale. */
  readonly quantity: number;
  /** Minor units. */
  readonly unitPrice: number;
  readonly discount: number;
};

export type Deal = {
  readonly receiptId: string;
  readonly action: Action;
  readonly customerId: string;
  readonly phone: string;
  readonly amount: ChallengeAmount;
  readonly lines: readonly DealLine[];
  readonly tenders: readonly TenderOfSale[];
};

/** The parts of an open receipt a deal is made of (domain `Receipt` fits). */
export type ReceiptOfDeal = {
  readonly id: string;
  readonly lines: readonly {
    readonly product: string;
    readonly quantity: number;
    readonly unitPrice: number;
    readonly discount: number;
  }[];
  readonly tenders: readonly TenderOfSale[];
};

/** The one way a receipt becomes a deal: the till asks with it, storage checks with it. */
export function dealOf(
  receipt: ReceiptOfDeal,
  asked: { action: Action; customer: { id: string; phone: string }; amount: ChallengeAmount },
): Deal {
  return {
    receiptId: receipt.id,
    action: asked.action,
    customerId: asked.customer.id,
    phone: asked.customer.phone,
    amount: asked.amount,
    lines: receipt.lines.map((line) => ({
      productId: line.product,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      discount: line.discount,
    })),
    tenders: receipt.tenders,
  };
}

/** SHA-256 hex over the canonical deal; fields the deal does not have are left out of it. */
export function dealHash(deal: Deal): Promise<string> {
  const { receiptId, action, customerId, phone, amount } = deal;
  const lines = deal.lines.map(({ productId, quantity, unitPrice, discount }) => ({
    productId,
    quantity,
    unitPrice,
    discount,
  }));
  const tenders = deal.tenders.map((tender) =>
    tender.kind === 'points'
      ? { kind: tender.kind, amount: tender.amount, points: tender.points }
      : { kind: tender.kind, amount: tender.amount },
  );
  return hashOf({ receiptId, action, customerId, phone, amount, lines, tenders });
}

/** What a grant carries in place of the number: SHA-256 hex over canonical `{ shop, phone }`. */
export function phoneHash(shop: string, phone: string): Promise<string> {
  return hashOf({ shop, phone });
}
