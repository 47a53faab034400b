// Settlement: compares tenders with the total.
// The only place that decides who owes whom.
import { inCash, payableInCash, type CashRounding } from './cash-rounding';
import { invariant } from './invariant';
import { subtract, sum, ZERO, type Money } from './money';

export type MoneyTenderKind = 'cash' | 'card' | 'transfer';

/** Minor units by tender. */
export type MoneyParts = Readonly<Record<MoneyTenderKind, number>>;

export const MONEY_KINDS = [
  'cash',
  'card',
  'transfer',
] as const satisfies readonly MoneyTenderKind[];

export const NO_MONEY: MoneyParts = { cash: 0, card: 0, transfer: 0 };

export const sumOfParts = ({ cash, card, transfer }: MoneyParts): number => cash + card + transfer;

export const isSameMoney = (one: MoneyParts, other: MoneyParts): boolean =>
  MONEY_KINDS.every((kind) => one[kind] === other[kind]);

export type MovedMoney = {
  readonly from: MoneyTenderKind;
  readonly to: MoneyTenderKind;
  readonly amount: number;
};

/** The money, minor units, that moves from one kind to another if `was` becomes `is`; both have the same sum. */
export function movedBetween(was: MoneyParts, is: MoneyParts): readonly MovedMoney[] {
  const left = { ...was };
  const moved: MovedMoney[] = [];
  for (const to of MONEY_KINDS)
    for (const from of MONEY_KINDS) {
      const amount = Math.min(left[from] - is[from], is[to] - left[to]);
      if (from === to || amount <= 0) continue;
      left[from] -= amount;
      left[to] += amount;
      moved.push({ from, to, amount });
    }
  return moved;
}

/** What the customer gives. For points, `amount` is their worth. */
export type Tender =
  | { readonly kind: 'cash'; readonly amount: Money }
  | ChargedTender
  | { readonly kind: 'points'; readonly points: number; readonly amount: Money };

export type ChargedTender = { readonly kind: 'card' | 'transfer'; readonly amount: Money };

/** Card and transfer: the money has moved outside the till, and editing the receipt does not return it. */
export const isCharged = (tender: Tender): tender is ChargedTender =>
  tender.kind === 'card' || tender.kind === 'transfer';

/** All amounts are positive or zero; the kind says who owes whom. */
export type Settlement =
  | {
      readonly kind: 'paid';
      readonly changeDue: Money;
      /** Signed: added to the total so that cash can pay it. */
      readonly rounding: Money;
    }
  | { readonly kind: 'short'; readonly onAccount: Money }
  | { readonly kind: 'too-much'; readonly over: Money };

/**
 * Compares tenders with the total. Change comes only from cash: card, transfer and points above the total are `too-much`. Cash
 * counts in whole steps, so the change can always be paid. The sum is rounded only if cash pays all that the other tenders leave;
 * cash of zero does if rounding takes all of it off.
 */
export function settle(
  total: Money,
  tenders: readonly Tender[],
  cashRounding: CashRounding,
): Settlement {
  invariant(total >= 0, 'a receipt is worth nothing or more');
  invariant(
    tenders.every((tender) => tender.amount >= 0),
    'a tender is never negative',
  );
  const inCoins = tenders.filter((t) => t.kind === 'cash');
  const cash = sum(inCoins.map(({ amount }) => payableInCash(amount, cashRounding)));
  const other = sum(tenders.filter((t) => t.kind !== 'cash').map((t) => t.amount));
  if (other > total) return { kind: 'too-much', over: subtract(other, total) };
  const rest = subtract(total, other);
  const due = inCash(rest, cashRounding);
  if (inCoins.length > 0 && cash >= due)
    return { kind: 'paid', changeDue: subtract(cash, due), rounding: subtract(due, rest) };
  return rest === ZERO
    ? { kind: 'paid', changeDue: ZERO, rounding: ZERO }
    : { kind: 'short', onAccount: subtract(rest, cash) };
}
