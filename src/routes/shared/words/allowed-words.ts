// Words for what a customer may take on account and redeem, and for the limiting rule.
import type {
  Allowance,
  AllowanceBecause,
  DebtLimit,
  PointsLimit,
} from '$lib/domain/customers/allowance';
import { ZERO } from '$lib/domain/values/money';
import type { NotAllowed } from '$lib/state/register/deps';
import { till } from '$lib/state/till.svelte';
import { formatMoment, formatUntil, inOnePiece } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { inAmount, inMoney } from './money-words';

/** One line for a customer's row: the amount that may go on account, and the reason if it is not the debt limit. */
export function allowedWords({
  amount,
  because,
  until,
}: Pick<Allowance, 'amount' | 'because' | 'until'>): string {
  const words = t().allowed;
  if (amount === null || because === null) return words.noLimit;
  const left = amount === ZERO ? words.nothingNow : words.left(inAmount(amount));
  switch (because.kind) {
    case 'debt-limit':
      return amount === ZERO ? words.nothingLeft : left;
    case 'no-phone':
      return amount === ZERO ? words.noPhone : words.leftWithoutPhone(inAmount(amount));
    case 'no-credit':
    case 'disputed':
      return reasonWords(because, until);
    default:
      return `${left} · ${reasonWords(because, until)}`;
  }
}

/** The reason alone, beside an amount; empty for the debt limit, which needs none. */
export function reasonWords(because: AllowanceBecause, until: Allowance['until']): string {
  const words = t().allowed;
  switch (because.kind) {
    case 'debt-limit':
      return '';
    case 'no-credit':
      return t().till.noCredit;
    case 'disputed':
      return words.disputed;
    case 'no-phone':
      return words.noPhone;
    case 'young-number':
      return words.because.young(shortly(until));
    case 'change-waiting':
      return words.because.waiting(shortly(until));
    case 'unaccepted':
      return words.because.unaccepted;
    case 'phone-held':
      return words.because.held(inOnePiece(because.phoneMasked));
  }
}

/** A sentence: why this receipt cannot be saved. */
export function notAllowedWords({ action, limit }: NotAllowed): string {
  return action === 'redeem-points' ? pointsRefusal(limit) : debtRefusal(limit);
}

/** A sentence: why this amount cannot go on account, and which amount can. Also used for the relay's refusal. */
export function debtRefusal({ amount, because, until }: DebtLimit): string {
  const { tender, code } = t();
  const tooNew = code.stopped['phone-too-new'];
  switch (because.kind) {
    case 'debt-limit':
      return amount === ZERO ? tender.overLimitNothing : tender.overLimit(inMoney(amount));
    case 'no-credit':
      return tender.noCredit;
    case 'disputed':
      return tender.disputed;
    case 'no-phone':
      return tender.needsPhone;
    case 'young-number':
      return amount === ZERO
        ? tooNew.nothing(moment(until))
        : tooNew.debt(moment(until), inMoney(amount));
    case 'change-waiting':
      return code.stopped['phone-held'](inOnePiece(because.phoneMasked), moment(until));
    case 'unaccepted':
      return amount === ZERO
        ? code.stopped['phone-unaccepted'].nothing
        : code.stopped['phone-unaccepted'].debt(inMoney(amount));
    case 'phone-held':
      return code.stopped['phone-held'](inOnePiece(because.phoneMasked), null);
  }
}

/** A sentence: why no more points than this can be redeemed. */
export function pointsRefusal({ amount, because, until }: PointsLimit): string {
  const words = t().allowed.points;
  if (amount > 0) return words.upTo(t().common.points(amount));
  switch (because.kind) {
    case 'young-number':
      return words.young(shortly(until));
    case 'change-waiting':
      return words.waiting(shortly(until));
    case 'unaccepted':
      return words.unaccepted;
    case 'phone-held':
      return words.held(inOnePiece(because.phoneMasked));
    case 'no-phone':
      return words.noPhone;
    default:
      return words.disputed;
  }
}

const shortly = (until: number | null): string =>
  until === null ? '' : formatUntil(until, till.now(), language.current);
const moment = (until: number | null): string =>
  until === null ? '' : formatMoment(until, till.now(), language.current);
