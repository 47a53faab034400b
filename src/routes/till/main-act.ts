// The main button of the tender view: label, reason if disabled, and action.
import { ZERO, type Money } from '$lib/domain/values/money';
import type { Need } from '$lib/domain/consent/confirmation';
import { tenderAct, type TenderAct } from '$lib/domain/receipt/tender-act';
import { isCharged } from '$lib/domain/values/settlement';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';
import { allowedWords, pointsRefusal } from '../shared/words/allowed-words';
import { inAmount, inMoney } from '../shared/words/money-words';
import type { TenderTyping } from './tender-typing.svelte';

export type MainAct = {
  readonly title: string;
  readonly note: string;
  /** `saves`: completes the receipt. `leads`: opens a further question. */
  readonly mark: 'saves' | 'leads';
  /** Null: disabled, and the text gives the reason. */
  readonly run: (() => void) | null;
};

export function tenderActNow(typing: TenderTyping): TenderAct {
  const { settlement, receipt } = till.register;
  return tenderAct({
    settlement,
    tenders: receipt.tenders,
    said: { onAccount: typing.onAccountAsked, nothingToPay: typing.saysNothing },
  });
}

/** `needs`: the needs for which a code will be requested. */
export function mainAct(
  act: TenderAct,
  needs: readonly Need[],
  open: { readonly picker: () => void; readonly phone: () => void; readonly both: () => void },
): MainAct {
  const words = t().tender.main;
  const { register } = till;
  const save = () => register.checkout.save();
  const off = (title: string, note: string): MainAct => ({ title, note, mark: 'leads', run: null });
  switch (act.kind) {
    case 'nothing-given':
      return off(words.typeCash, words.orOtherWay);
    case 'nothing-to-pay':
      return off(words.nothingToPay, words.touchExact);
    case 'rest-to-pay':
      return off(words.leftToPay(inMoney(act.left)), words.anyWay);
    case 'too-much':
      return off(words.tooMuch(inMoney(act.over)), words.takeBack);
    case 'take': {
      const title = acceptWords(act.cash);
      const points = register.notAllowed;
      if (points?.action === 'redeem-points') return off(title, pointsRefusal(points.limit));
      const change =
        act.changeDue > ZERO
          ? words.change(inMoney(act.changeDue))
          : act.cash > ZERO
            ? words.noChange
            : words.paidInFull;
      if (act.beside > ZERO) return { title, note: change, mark: 'leads', run: open.both };
      const note = needs.length > 0 ? aboutCode(change) : change;
      return { title, note, mark: needs.length > 0 ? 'leads' : 'saves', run: save };
    }
    case 'on-account':
      return onAccount(act.onAccount);
  }

  /** Cash is what the keypad asks for; another way is named. */
  function acceptWords(cash: Money): string {
    if (cash > ZERO) return words.accept(inAmount(cash), null);
    const charged = register.receipt.tenders.filter(isCharged);
    const [only] = charged;
    return only !== undefined && charged.length === 1
      ? words.accept(inAmount(only.amount), only.kind)
      : t().tender.save;
  }

  function aboutCode(detail: string): string {
    return till.connectivity.state === 'offline'
      ? words.cannotSendCode(detail)
      : words.sendsCode(detail);
  }

  function onAccount(amount: Money): MainAct {
    const title = t().tender.saveOnAccount;
    const sum = inMoney(amount);
    const { customer, receipt, notAllowed } = register;
    if (!till.signIn.may('sell-on-account')) return off(title, words.noPermission);
    if (receipt.customer === null)
      return {
        title: t().tender.chooseForDebt,
        note: words.short(sum),
        mark: 'leads',
        run: open.picker,
      };
    // still being read
    if (customer === null) return off(title, sum);
    if (customer.phone === null && (needs.length > 0 || isForPhone(notAllowed)))
      return { title: t().tender.addPhone, note: words.forCode, mark: 'leads', run: open.phone };
    if (notAllowed?.action === 'redeem-points') return off(title, pointsRefusal(notAllowed.limit));
    if (notAllowed !== null) return off(title, allowedWords(notAllowed.limit));
    return needs.length > 0
      ? { title, note: aboutCode(sum), mark: 'leads', run: save }
      : { title, note: sum, mark: 'saves', run: save };
  }
}

const isForPhone = (refused: typeof till.register.notAllowed): boolean =>
  refused?.limit.because.kind === 'no-phone';
