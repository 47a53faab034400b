// What a proof is called, in one sentence: the same on the tag of the screen and on paper.
import { exhausted } from '$lib/domain/invariant';
import { operatorOf } from '$lib/domain/policy';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';
import type { ShownProof } from './shown-proof';

function nameOf(operator: string): string {
  const policy = till.policy.current;
  return (policy && operatorOf(policy, operator)?.name) ?? t().proof.unknownOperator;
}

export function proofWords(proof: ShownProof): string {
  const words = t().proof;
  switch (proof.kind) {
    case 'code':
      return words.code(words.channels[proof.grant.channel]);
    case 'reserve-code':
      return words.reserveCode;
    case 'wrong-reserve-code':
      return words.wrongReserveCode;
    case 'demo-code':
    case 'demo-reserve-code':
      return words.demo;
    case 'wrong-signature':
      return words.wrongSignature;
    case 'other-act':
      return words.otherAct;
    case 'not-required':
      return `${words.notRequired} · ${words.notRequiredBecause[proof.because]}`;
    case 'none':
      return `${words.none} · ${words.noneBecause[proof.because]}`;
    case 'override': {
      const because =
        proof.because === 'other' && proof.note !== null
          ? t().common.quoted(proof.note)
          : words.because[proof.because];
      const parts = [words.override, because, words.allowedBy(nameOf(proof.by))];
      if (proof.askedBy !== proof.by) parts.push(words.askedBy(nameOf(proof.askedBy)));
      return parts.join(' · ');
    }
    default:
      return exhausted(proof);
  }
}
