// What the main act of taking money is, or why there is none yet.
// A whole receipt on account is never it unless the cashier asked for that by name.
import { sum, ZERO, type Money } from './money';
import { isCharged, type Settlement, type Tender } from './settlement';

export type TenderAct =
  | { readonly kind: 'nothing-given' }
  /** The total is zero, and nobody has said so yet. */
  | { readonly kind: 'nothing-to-pay' }
  /** Points pay a part; the rest is not decided. */
  | { readonly kind: 'rest-to-pay'; readonly left: Money }
  /** A card above what is due, or cash beside what is paid without it. */
  | { readonly kind: 'too-much'; readonly over: Money }
  | {
      readonly kind: 'take';
      readonly cash: Money;
      readonly changeDue: Money;
      /** Card and transfer beside cash that pays everything by itself: asked about before it is saved. */
      readonly beside: Money;
    }
  | { readonly kind: 'on-account'; readonly onAccount: Money };

export function tenderAct(given: {
  readonly settlement: Settlement;
  readonly tenders: readonly Tender[];
  /** What the cashier said, beyond the sums: put the rest on account; nothing is to be paid. */
  readonly said: { readonly onAccount: boolean; readonly nothingToPay: boolean };
}): TenderAct {
  const { settlement, tenders, said } = given;
  switch (settlement.kind) {
    case 'too-much':
      return settlement;
    case 'paid': {
      if (tenders.length === 0 && !said.nothingToPay) return { kind: 'nothing-to-pay' };
      const cash = sum(tenders.filter(({ kind }) => kind === 'cash').map(({ amount }) => amount));
      // all of the cash would be change: the rest was paid already, and was perhaps meant to be paid by this cash instead
      if (
        cash > ZERO &&
        settlement.changeDue >= cash &&
        tenders.some(({ kind }) => kind !== 'cash')
      )
        return { kind: 'too-much', over: cash };
      const charged = sum(tenders.filter(isCharged).map(({ amount }) => amount));
      const isCashEnough = cash > ZERO && settlement.changeDue >= charged;
      const beside = isCashEnough ? charged : ZERO;
      return { kind: 'take', cash, changeDue: settlement.changeDue, beside };
    }
    case 'short': {
      const { onAccount } = settlement;
      const isMoneyGiven = tenders.some(({ kind, amount }) => kind !== 'points' && amount > ZERO);
      if (said.onAccount || isMoneyGiven) return { kind: 'on-account', onAccount };
      return tenders.length > 0
        ? { kind: 'rest-to-pay', left: onAccount }
        : { kind: 'nothing-given' };
    }
  }
}
