// Settlement: compares tenders with the total.
// The only place that decides who owes whom.
import { invariant } from './invariant';
import { money, subtract, sum, type Money } from './money';

export type MoneyTenderKind = 'cash' | 'card' | 'transfer';

/** Minor units by tender. */
export type MoneyParts = Readonly<Record<MoneyTenderKind, number>>;

export const NO_MONEY: MoneyParts = { cash: 0, card: 0, transfer: 0 };

export const sumOfParts = ({ cash, card, transfer }: MoneyParts): number => cash + card + transfer;

/** What the customer gives. For points, `amount` is their worth. */
export type Tender =
  | { readonly kind: 'cash'; readonly amount: Money }
  | ChargedTender
  | { readonly kind: 'points'; readonly points: number; readonly amount: Money };

export type ChargedTender = { readonly kind: 'card' | 'transfer'; readonly amount: Money };

/** Card and transfer: the money has moved outside the till, and editing the receipt does not return it. */
export function isCharged(tender: Tender): tender is ChargedTender {
  return tender.kind === 'card' || tender.kind === 'transfer';
}

/** All amounts are positive or zero; the kind says who owes whom. */
export type Settlement =
  | { readonly kind: 'paid'; readonly changeDue: Money }
  | { readonly kind: 'short'; readonly onAccount: Money }
  | { readonly kind: 'too-much'; readonly over: Money };

/** Change comes only from cash: card, transfer and points above the total are `too-much`. */
export function settle(total: Money, tenders: readonly Tender[]): Settlement {
  invariant(total >= 0, 'a receipt is worth nothing or more');
  invariant(
    tenders.every((tender) => tender.amount >= 0),
    'a tender is never negative',
  );
  const cash = sum(tenders.filter((t) => t.kind === 'cash').map((t) => t.amount));
  const other = sum(tenders.filter((t) => t.kind !== 'cash').map((t) => t.amount));
  if (other > total) return { kind: 'too-much', over: subtract(other, total) };
  const given = money(cash + other);
  return given >= total
    ? { kind: 'paid', changeDue: subtract(given, total) }
    : { kind: 'short', onAccount: subtract(total, given) };
}
