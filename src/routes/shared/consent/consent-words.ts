// Words for why an act on a customer's account, such as a correction, is refused.
import type { CorrectedOutcome } from '$lib/state/customers';
import { t } from '$lib/ui/text/current.svelte';
import { inMoney } from '../words/money-words';

export type CorrectionRefused = Extract<CorrectedOutcome, { kind: 'refused' }>['because'];

export function consentRefusedWords(because: CorrectionRefused): string {
  const words = t().correction.refused;
  switch (because.kind) {
    case 'no-right':
      return t().rights.need(t().rights.names[because.right]);
    case 'policy-refused':
      return `${t().errors.policyRefused} (${t().errors.policyBecause[because.because]})`;
    case 'over-limit':
    case 'more-than-owed':
    case 'over-correction-cap':
    case 'override-over-cap':
      return words[because.kind](inMoney(because.allowed));
    case 'not-enough-points':
      return words['not-enough-points'](t().common.points(because.held));
    case 'no-customer':
    case 'no-reason':
    case 'own-number':
    case 'disputed':
    case 'no-credit':
    case 'no-phone':
    case 'override-no-right':
      return words[because.kind];
    default:
      return words.other;
  }
}
