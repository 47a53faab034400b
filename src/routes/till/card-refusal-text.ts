// Words for why a customer's card was not saved.
import type { CardOutcome } from '$lib/state/customers';
import { t } from '$lib/ui/text/current.svelte';

export function cardRefusalText(outcome: Exclude<CardOutcome, { kind: 'saved' }>): string {
  const words = t().errors;
  if (outcome.kind === 'not-saved') return words.storage[outcome.because];
  if (outcome.because.kind === 'customer-forgotten') return words.customerForgotten;
  if (outcome.because.kind === 'changed-meanwhile') return words.cardChanged;
  if (outcome.because.kind === 'no-right') return words.gate['no-right'];
  return `${words.policyRefused} (${words.policyBecause[outcome.because.because]})`;
}
