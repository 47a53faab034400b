// The confirmations of an entry after verification.
import type { Confirmation } from '$lib/contract/journal';
import type { VerifiedGrant } from '$lib/domain/confirmation';
import type { CheckedReserveCode } from '$lib/domain/reserve-code';

/** One confirmation of an entry after verification. `grant` and `verifier` only if the relay signed one. */
export type Judged = {
  readonly confirmation: Confirmation;
  readonly customer: string | null;
  readonly proof: {
    readonly kind: string;
    readonly grant?: VerifiedGrant | string;
    readonly verifier?: CheckedReserveCode | string;
  };
};

/** The id of the verified challenge or verifier, unless it came from the demo provider. */
export function realOf({ proof: { grant, verifier } }: Judged): string[] {
  if (typeof grant === 'object' && !grant.demo) return [grant.challenge];
  return typeof verifier === 'object' && !verifier.demo ? [verifier.id] : [];
}
