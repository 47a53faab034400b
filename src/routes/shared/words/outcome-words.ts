// Words for why a settings act failed at the relay; null if it succeeded.
import type { PolicyReply } from '$lib/contract/policy';
import type { GateRefusal } from '$lib/contract/till';
import type { Outcome, Unreachable } from '$lib/relay-client/exchange';
import { t } from '$lib/ui/text/current.svelte';

/** Why the relay did not process the request. */
export function gateWords(outcome: GateRefusal | Unreachable): string {
  if (outcome.kind === 'unreachable') {
    const isOwn = outcome.because === 'disk-failed';
    return isOwn ? t().errors.journalUnread : t().errors.unreachable;
  }
  // the PIN dialogue was closed
  if (outcome.kind === 'elevation-needed') return t().settings.notElevated;
  return t().errors.gate[outcome.kind];
}

/** Why the policy was not changed. */
export function policyWords(outcome: Outcome<PolicyReply>): string | null {
  switch (outcome.kind) {
    case 'policy':
      return null;
    case 'policy-refused':
      return t().errors.policy[outcome.because];
    case 'policy-differs':
      return t().errors.policyDiffers;
    case 'no-policy':
      return t().errors.policyBecause.missing;
    default:
      return gateWords(outcome);
  }
}
