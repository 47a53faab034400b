// Words for why an authorised person could not be added or removed.
import type { AddedPersonOutcome } from '$lib/state/customers';
import { t } from '$lib/ui/text/current.svelte';

export type PersonRefused = Extract<AddedPersonOutcome, { kind: 'refused' }>['because'];

export function personWhy(
  outcome: Extract<AddedPersonOutcome, { kind: 'refused' | 'not-saved' }>,
): string {
  if (outcome.kind === 'not-saved') return t().errors.storage[outcome.because];
  const { because } = outcome;
  switch (because.kind) {
    case 'no-right':
      return t().rights.need(t().rights.names[because.right]);
    case 'policy-refused':
      return `${t().errors.policyRefused} (${t().errors.policyBecause[because.because]})`;
    default:
      return t().customers.persons.refused[because.kind];
  }
}
