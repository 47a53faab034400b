// Words for an invalid sum of the drawer, and for why acts of the drawer are refused.
import { MAX_AMOUNT } from '$lib/domain/values/money';
import { t } from '$lib/ui/text/current.svelte';

/** The digits of the largest sum, minor units. */
const MOST_DIGITS = String(MAX_AMOUNT).length;

/** Why the input is not a valid sum. */
export const sumWrongWords = (typed: string): string =>
  typed.replace(/\D/g, '').length > MOST_DIGITS ? t().shift.amountTooLong : t().shift.amountWrong;

/** Why an act of the drawer was refused. */
export function refusalWords(because: {
  readonly kind: string;
  readonly [more: string]: unknown;
}): string {
  const words = t().shift;
  switch (because.kind) {
    case 'no-right':
      return t().errors.gate['no-right'];
    case 'under-way':
      return words.underWay[because['what'] as 'payment' | 'code'];
    case 'not-counted':
      return words.notCounted;
    case 'left-too-much':
      return words.leftTooMuch;
    case 'no-reason':
      return words.explanationMissing;
    case 'no-note':
      return words.noteMissing;
    case 'no-amount':
      return words.amountWrong;
    case 'shift-open':
      return words.shiftOpen;
    case 'no-shift':
      return words.noShift;
    case 'float-not-counted':
      return t().errors.floatNotCounted;
    default:
      return t().errors.policyRefused;
  }
}
