// The name of a proof, the same on screen and on paper, and the colour of its tag.
import { exhausted } from '$lib/domain/values/invariant';
import { operatorOf } from '$lib/domain/policy/policy';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';
import type { ShownProof } from '$lib/storage/journal/proof-judge';

function nameOf(operator: string): string {
  const policy = till.policy.current;
  return (policy && operatorOf(policy, operator)?.name) ?? t().proof.unknownOperator;
}

export function proofWords(proof: ShownProof): string {
  const words = t().proof;
  switch (proof.kind) {
    case 'code':
      return (proof.grant.person === null ? words.code : words.personCode)(
        words.channels[proof.grant.channel],
      );
    case 'reserve-code':
      return words.reserveCode;
    case 'wrong-reserve-code':
      return words.wrongReserveCode;
    case 'demo-code':
      return words.demoCode;
    case 'demo-reserve-code':
      return words.demoReserveCode;
    case 'wrong-signature':
      return words.wrongSignature;
    case 'other-act':
      return words.otherAct;
    case 'not-required':
      return `${words.notRequired} · ${words.notRequiredBecause[proof.because]}`;
    case 'none':
      return `${words.none} · ${words.noneBecause[proof.because]}`;
    case 'by-right':
      return words.byRight;
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

/** The kind of messaging service the shop uses now. */
export type Service = 'demo' | 'real';

/** A proof by the demo service, which proves nothing. */
export function isOfDemo(proof: ShownProof): boolean {
  return (
    proof.kind === 'demo-code' ||
    proof.kind === 'demo-reserve-code' ||
    (proof.kind === 'none' && proof.because === 'demo')
  );
}

/**
 * Green: the customer's own code. Grey: the demo service while it is in use, which proves nothing but is no fault. Amber: by
 * an operator's right, or the demo service in a shop that no longer uses it. Red: unconfirmed.
 */
export function proofTone(proof: ShownProof, service: Service): 'go' | 'plain' | 'warn' | 'bad' {
  if (isOfDemo(proof)) return service === 'real' ? 'warn' : 'plain';
  switch (proof.kind) {
    case 'code':
    case 'reserve-code':
      return 'go';
    case 'override':
    case 'by-right':
      return 'warn';
    case 'none':
    case 'demo-code':
    case 'demo-reserve-code':
    case 'wrong-reserve-code':
    case 'wrong-signature':
    case 'other-act':
    case 'not-required':
      return 'bad';
    default:
      return exhausted(proof);
  }
}
