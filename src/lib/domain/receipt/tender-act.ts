// The main action that the payment screen offers for the tenders, or why none is possible yet.
// A whole receipt goes on account only if the cashier chose that explicitly.
import { sum, ZERO, type Money } from '$lib/domain/values/money';
import { isCharged, type Settlement, type Tender } from '$lib/domain/values/settlement';

export type TenderAct =
  | { readonly kind: 'nothing-given' }
  /** The total is zero, and the cashier has not confirmed it yet. */
  | { readonly kind: 'nothing-to-pay' }
  /** Points pay a part; how to pay the rest is undecided. */
  | { readonly kind: 'rest-to-pay'; readonly left: Money }
  /** A card payment above the amount due, or cash although the other tenders pay everything. */
  | { readonly kind: 'too-much'; readonly over: Money }
  | {
      readonly kind: 'take';
      readonly cash: Money;
      readonly changeDue: Money;
      /** Card and transfer given in addition to cash that pays everything: confirmed by the cashier before saving. */
      readonly beside: Money;
    }
  | { readonly kind: 'on-account'; readonly onAccount: Money };

export function tenderAct(given: {
  readonly settlement: Settlement;
  readonly tenders: readonly Tender[];
  /** The cashier's explicit choices: put the rest on account; nothing has to be paid. */
  readonly said: { readonly onAccount: boolean; readonly nothingToPay: boolean };
}): TenderAct {
  const { settlement, tenders, said } = given;
  switch (settlement.kind) {
    case 'too-much':
      return settlement;
    case 'paid': {
      if (tenders.length === 0 && !said.nothingToPay) return { kind: 'nothing-to-pay' };
      const cash = sum(tenders.filter(({ kind }) => kind === 'cash').map(({ amount }) => amount));
      // all of the cash would be change: the other tenders pay everything already; perhaps they were entered by mistake
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
