// Words for repayments: why one cannot be accepted, and where a debt comes from.
import type { RepaidOutcome } from '$lib/state/customers';
import { t } from '$lib/ui/text/current.svelte';
import { inMoney } from '../shared/words/money-words';

export type RepaymentRefused = Extract<RepaidOutcome, { kind: 'refused' }>['because'];

export function refusedWords(because: RepaymentRefused): string {
  const words = t().repayment.refused;
  switch (because.kind) {
    case 'no-right':
      return t().rights.need(t().rights.names[because.right]);
    case 'policy-refused':
      return words.policy(t().errors.policyBecause[because.because]);
    case 'tender-too-much':
      return words['tender-too-much'](inMoney(because.over));
    case 'float-not-counted':
      return t().errors.floatNotCounted;
    default:
      return words[because.kind];
  }
}
