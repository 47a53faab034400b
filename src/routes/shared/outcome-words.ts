// Words for how a settings act ended at the relay; null where it went well.
import type { PolicyReply } from '$lib/contract/policy';
import type { GateRefusal } from '$lib/contract/till';
import type { Outcome, Unreachable } from '$lib/relay-client/exchange';
import { t } from '$lib/ui/text/current.svelte';

/** Why the relay did not even look at it. */
export function gateWords(outcome: GateRefusal | Unreachable): string {
  if (outcome.kind === 'unreachable') return t().errors.unreachable;
  // the PIN dialogue was closed
  if (outcome.kind === 'elevation-needed') return t().settings.notElevated;
  return t().errors.gate[outcome.kind];
}

/** Why a change of the policy was not made. */
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
